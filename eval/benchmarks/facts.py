"""Statements found for questions of the sample graph: by their words, by graph embeddings, and by both.

    python eval/benchmarks/facts.py [--work DIR]

Through the public Engine: the sample graph ingested, embeddings trained with the defaults. Questions are those of the
dev halves of the wordings and compositional suites whose answers a statement links with a thing that they name; right
are the statements between the two. Names are linked by the engine, not given. "MRR": of the first right statement;
"recall@5": of the right ones, at most five; in %, with 95 % bootstrap intervals of the mean; "over": the paired
difference of MRR to `facts`, the peer. "stated edges" is what remains of `edges` without embeddings: a statement that
stands is believed, any other is not, so that only the words of relations tell. With --work the store is kept and used
again.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import Figures, finish, options
from numpy.typing import NDArray

from kgqa import Engine
from kgqa.assets import asset
from kgqa.graph.snapshot import Snapshot
from kgqa.index.text import TextIndex
from kgqa.retrieval.results import TripleResult
from kgqa.retrieval.retriever import Retriever

K, RESAMPLES = 20, 10_000
SUITES = ("wordings/dev.jsonl", "compositional/dev.jsonl")
SYSTEMS: Mapping[str, dict[str, Any]] = {
    "facts": {"channels": ["facts"]},
    "edges": {"channels": ["edges"]},
    "both, convex": {"channels": ["facts", "edges"]},
    "both, rrf": {"channels": ["facts", "edges"], "fusion": "rrf"},
}
DOUBT = -20.0
Triple = tuple[str, str, str]


class Stated:
    """In place of embeddings: what stands is believed."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def edge_scores(self, triples: NDArray[np.int64]) -> NDArray[np.float64]:
        holds = (tail in self._snapshot.neighbours(head, relation, False) for head, relation, tail in triples.tolist())
        return np.array([0.0 if held else DOUBT for held in holds])


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the statements that are right for it."""

    question: str
    right: frozenset[Triple]


def read_questions(facts: Sequence[dict[str, Any]]) -> list[Asked]:
    """The questions that one statement answers, with their right ones."""
    between: dict[frozenset[str], set[Triple]] = {}
    for record in facts:
        if "triple" in record:
            said = record["triple"]
            if isinstance(said["tail"], str):
                key = (said["head"], said["relation"], said["tail"])
                between.setdefault(frozenset((key[0], key[2])), set()).add(key)
    out = []
    for suite in SUITES:
        for line in asset(f"eval/suites/{suite}").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            pairs = [frozenset((a, b)) for a in row.get("names", ()) for b in row["answers"] if isinstance(b, str)]
            if right := frozenset(key for pair in pairs for key in between.get(pair, ())):
                out.append(Asked(row["question"], right))
    return out


def judge(retriever: Retriever, asked: Sequence[Asked], **how: Any) -> NDArray[np.float64]:
    """Reciprocal rank, recall at 5 and milliseconds of each question. shape: (questions, 3)"""
    out = []
    for item in asked:
        began = time.process_time()
        found = retriever.search(item.question, k=K, kind="triple", **how)
        spent = 1000 * (time.process_time() - began)
        hits = [(row.head, row.relation, row.tail) in item.right for row in found if isinstance(row, TripleResult)]
        first = next((1 / place for place, hit in enumerate(hits, start=1) if hit), 0.0)
        out.append((first, sum(hits[:5]) / min(5, len(item.right)), spent))
    return np.array(out)


def interval(values: NDArray[np.float64], seed: int) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean (Efron, 1979)."""
    drawn = np.random.default_rng(seed).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def row(own: NDArray[np.float64], peer: NDArray[np.float64], seed: int) -> dict[str, float]:
    low, high = interval(own[:, 0], seed)
    over_low, over_high = interval(own[:, 0] - peer[:, 0], seed)
    shares = {"MRR": own[:, 0].mean(), "low": low, "high": high, "recall@5": own[:, 1].mean()}
    shares |= {"over": (own[:, 0] - peer[:, 0]).mean(), "over low": over_low, "over high": over_high}
    figures = {name: round(100 * float(value), 1) for name, value in shares.items()}
    return {"questions": len(own), **figures, "cpu median ms": round(float(np.median(own[:, 2])), 1)}


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from examples.elements.recipe import build

    facts = list(build().facts)
    asked = read_questions(facts)
    with tempfile.TemporaryDirectory() as temporary:
        place = (given.work or Path(temporary)) / "facts.kgqa"
        known = (place / "store.db").is_file()
        with Engine.open(place) if known else Engine.create(place) as engine:
            if not known:
                engine.ingest(facts, source_name="elements")
                engine.train("embeddings")
            rooms = engine.rooms()
            found = {name: judge(rooms.retriever, asked, **how) for name, how in SYSTEMS.items()}
            with TextIndex.open(place / "text") as text:
                stated = Retriever(
                    rooms.store,
                    rooms.snapshot,
                    text,
                    encoder=rooms.encoder,
                    link=rooms.linker.link,
                    edges=Stated(rooms.snapshot),
                )
                for name in ("edges", "both, convex"):
                    found[f"{name}, stated"] = judge(stated, asked, **SYSTEMS[name])
    figures: Figures = {name: row(values, found["facts"], given.seed) for name, values in found.items()}
    figures["embeddings over stated"] = row(found["both, convex"], found["both, convex, stated"], given.seed)
    finish(given, "facts", figures, k=K, resamples=RESAMPLES)


if __name__ == "__main__":
    main()
