"""Passage recall@5 on the dev parts of three multi-hop corpora and one of single hops, and the speed of a search.

    python eval/benchmarks/passages.py $KGQA_DATASETS/multihop_text [--work DIR]
        [--corpora musique hotpotqa 2wiki sample] [--rerank]

Through the public Engine: passages ingested, indexed, searched. One setting for all corpora: the defaults of the
package, none of them fitted to these questions; no language model anywhere. A question's recall is the share of its
gold passages among the first five; passages are told apart by id, since titles repeat. "low", "high": 95 % bootstrap
interval of the mean; "gain": the paired difference to dense, with its interval, and "over best" to the channel that
was named best before the run, the walk. "sample": questions that one passage of the sample graph answers, its facts
and entities in the graph. With --work the indexed stores are
kept there and used again. --rerank also ranks again by late interaction, which reads 20 passages a question.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import Figures, finish, options, percentile
from numpy.typing import NDArray

from kgqa import Engine
from kgqa.types import Passage

K = 5
RESAMPLES = 10_000
FILES = {"musique": "musique", "hotpotqa": "hotpotqa", "2wiki": "2wikimultihopqa"}
TEMPLATES = {
    "uses": "What is {} used for?",
    "sources": "Where is {} found?",
    "name": "What does the name of {} come from?",
    "description": "What is {} like?",
}
BEST = "ppr"
SYSTEMS: dict[str, dict[str, Any]] = {
    "bm25": {"channels": ["bm25"]},
    "dense": {"channels": ["dense"]},
    "rrf of both": {"channels": ["bm25", "dense"], "fusion": "rrf"},
    "convex of both": {"channels": ["bm25", "dense"]},
    "bridge": {"channels": ["bridge"]},
    "ppr": {"channels": ["ppr"]},
    "rrf of all": {"fusion": "rrf"},
    "hybrid": {},
}
RERANKED: dict[str, dict[str, Any]] = {"hybrid, late interaction": {"rerank": "late"}}


@dataclass(frozen=True, slots=True)
class Corpus:
    """Passages (title, text) and questions with the places of their gold passages."""

    passages: list[Any]
    questions: list[tuple[str, frozenset[str]]]

    def records(self) -> Iterator[Any]:
        for place, passage in enumerate(self.passages):
            yield passage if isinstance(passage, dict) else Passage(passage_id(place), passage[1], title=passage[0])


def passage_id(place: int) -> str:
    return f"p{place:05d}"


def read_corpus(folder: Path, name: str) -> Corpus:
    """MuSiQue's gold is told by title and text; the titles of the other two are keys."""
    if name == "sample":
        return read_sample()
    stem = FILES[name]
    documents = json.loads((folder / f"{stem}_corpus.json").read_text(encoding="utf-8"))
    asked = json.loads((folder / f"{stem}_questions.json").read_text(encoding="utf-8"))
    if isinstance(documents, dict):
        passages = [(title, "".join(sentences)) for title, sentences in documents.items()]
    else:
        passages = [(document["title"], document["text"]) for document in documents]
    by_content = {passage: passage_id(place) for place, passage in reversed(list(enumerate(passages)))}
    by_title = {title: passage_id(place) for place, (title, _) in reversed(list(enumerate(passages)))}
    questions = []
    for row in asked:
        if "paragraphs" in row:
            gold = {
                by_content[part["title"], part["paragraph_text"]] for part in row["paragraphs"] if part["is_supporting"]
            }
        else:
            titles = row.get("supporting_titles") or [title for title, _ in row["supporting_facts"]]
            gold = {by_title[title] for title in titles}
        questions.append((row["question"], frozenset(gold)))
    return Corpus(passages, questions)


def read_sample() -> Corpus:
    """The sample graph, whole, and a question for each of its passages about an element."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from examples.elements.recipe import build

    facts = build().facts
    questions = []
    for record in facts:
        if "passage" in record:
            name, part = record["passage"]["title"].split(": ")
            questions.append((TEMPLATES[part].format(name.lower()), frozenset({record["passage"]["id"]})))
    return Corpus(list(facts), questions[::4])


def recalls(engine: Engine, questions: Sequence[tuple[str, frozenset[str]]], **how: Any) -> NDArray[np.float64]:
    """The recall of each question. shape: (questions,)"""
    out = []
    for question, gold in questions:
        found = engine.search(question, k=K, kind="passage", **how).to_dict()["results"]
        out.append(len(gold & {result["id"] for result in found}) / len(gold))
    return np.array(out)


def interval(values: NDArray[np.float64], seed: int) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean (Efron, 1979)."""
    drawn = np.random.default_rng(seed).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def row(found: Mapping[str, NDArray[np.float64]], system: str, seed: int) -> dict[str, float]:
    values, dense, best = found[system], found["dense"], found[BEST]
    low, high = interval(values, seed)
    gain_low, gain_high = interval(values - dense, seed)
    over_low, over_high = interval(values - best, seed)
    figures = {"recall@5": values.mean(), "low": low, "high": high, "gain": (values - dense).mean()}
    figures |= {"gain low": gain_low, "gain high": gain_high}
    figures |= {"over best": (values - best).mean(), "over low": over_low, "over high": over_high}
    return {name: round(100 * float(value), 2) for name, value in figures.items()}


def speed(engine: Engine, questions: Sequence[str]) -> dict[str, float]:
    """Milliseconds of one search with all channels, its words encoded anew, and searches a second in batches.

    "cpu": by processor time, which other users of the machine change less.
    """
    encoder = engine.rooms().encoder
    singles, worked = [], []
    for number, question in enumerate(questions):
        begin, cpu = time.perf_counter(), time.process_time()
        engine.search(f"{question} {'?' * (number % 3 + 1)}", kind="passage")
        singles.append(1000 * (time.perf_counter() - begin))
        worked.append(1000 * (time.process_time() - cpu))
    encoding = []
    for question in questions:
        begin = time.perf_counter()
        encoder.encode([f"{question} !"])
        encoding.append(1000 * (time.perf_counter() - begin))
    many = [f"{question} {mark}" for mark in ".;:" for question in questions]
    begin, cpu = time.perf_counter(), time.process_time()
    count = sum(1 for _ in engine.search_all(many, kind="passage"))
    return {
        "median ms": round(statistics.median(singles), 2),
        "p95 ms": round(percentile(sorted(singles), 0.95), 2),
        "cpu median ms": round(statistics.median(worked), 2),
        "of it encoding ms": round(statistics.median(encoding), 2),
        "searches/s in batches": round(count / (time.perf_counter() - begin), 1),
        "searches/cpu s in batches": round(count / (time.process_time() - cpu), 1),
    }


def measure(
    folder: Path, name: str, work: Path, seed: int, systems: Mapping[str, dict[str, Any]]
) -> tuple[Figures, dict[str, NDArray[np.float64]]]:
    corpus = read_corpus(folder, name)
    place = work / f"{name}.kgqa"
    figures: Figures = {}
    known = (place / "store.db").is_file()
    with Engine.open(place) if known else Engine.create(place) as engine:
        if not known:
            begin = time.perf_counter()
            engine.ingest(corpus.records(), source_name=name)
            engine.rooms()
            ready = time.perf_counter()
            engine.index()
            count = engine.store.counts().passages
            rate = count / (ready - begin)
            seconds = {"encoding s": round(time.perf_counter() - ready, 1), "passages/s before": round(rate, 1)}
            figures[f"{name}: indexed"] = {"passages": count, **seconds}
        found = {system: recalls(engine, corpus.questions, **how) for system, how in systems.items()}
        for system in found:
            figures[f"{name}: {system}"] = row(found, system, seed)
        figures[f"{name}: speed"] = speed(engine, [question for question, _ in corpus.questions])
    return figures, found


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpora", nargs="+", choices=[*FILES, "sample"], default=[*FILES, "sample"])
    parser.add_argument("--work", type=Path)
    parser.add_argument("--rerank", action="store_true")
    arguments = parser.parse_args()
    systems = SYSTEMS | (RERANKED if arguments.rerank else {})
    figures: Figures = {}
    values: list[dict[str, NDArray[np.float64]]] = []
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        for name in arguments.corpora:
            rows, found = measure(arguments.folder, name, work, arguments.seed, systems)
            figures |= rows
            values.append(found)
    together = {system: np.concatenate([found[system] for found in values]) for system in systems}
    for system in systems:
        figures[f"all: {system}"] = row(together, system, arguments.seed)
    finish(arguments, "passages", figures, k=K, corpora=arguments.corpora, resamples=RESAMPLES)


if __name__ == "__main__":
    main()
