"""Errors planted in a graph, and how many of the 100 most suspicious statements are errors.

    python eval/benchmarks/suspicious.py [--set codex-s|sample ...] [--share 0.05] [--hard] [--out FILE]

So many as ``--share`` of the statements are added as errors: an end replaced, half of them by any entity, half by one
that stands at that end of the relation elsewhere (right in type); with --hard those statements of CoDEx that people
found false. Beside the share of errors among the first 100: the
base rate, which is what guessing would find, and the lift over it. codex-s needs KGQA_DATASETS.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from common import finish, options
from embeddings import SETS, records

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kgqa import Engine, Entity, Triple
from kgqa.config import load_settings

K = 100
ERRORS = "errors"


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--set", nargs="+", choices=("codex-s", "sample"), default=["sample"])
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--hard", action="store_true", help="codex-s: plant its verified hard negatives")
    arguments = parser.parse_args()
    figures = {name: measure(name, arguments.share, arguments.seed, hard=arguments.hard) for name in arguments.set}
    finish(arguments, "planted errors", figures, k=K, share=arguments.share)


def measure(name: str, share: float, seed: int, *, hard: bool) -> dict[str, Any]:
    """Plants, asks the engine, counts."""
    said = list(facts(name))
    links = [row for row in said if isinstance(row, Triple) and isinstance(row.tail, str)]
    rng = np.random.default_rng(seed)
    errors, typed = negatives(links, share, rng) if hard and name == "codex-s" else planted(links, share, rng)
    settings = load_settings(seed=seed, device="cpu")
    with tempfile.TemporaryDirectory() as work, Engine.create(Path(work) / "store", settings=settings) as engine:
        engine.ingest(said, source_name="facts")
        engine.ingest([Triple(*row) for row in sorted(errors)], source_name=ERRORS)
        start, processor = time.perf_counter(), time.process_time()
        report = engine.suspicious(k=K)
        wall, spent = time.perf_counter() - start, time.process_time() - processor
    found = [(item.head, item.relation, item.tail) for item in report.items]
    base = len(errors) / report.judged
    precision = sum(row in errors for row in found) / len(found)
    return {
        "statements": report.judged,
        "errors": len(errors),
        "precision at 100": round(precision, 3),
        "of which right in type": round(sum(row in typed for row in found) / len(found), 3),
        "base rate": round(base, 4),
        "lift": round(precision / base, 1),
        "s": round(wall, 1),
        "processor s": round(spent, 1),
    }


def facts(name: str) -> Iterator[Any]:
    if name == "sample":
        from examples.elements import recipe

        with tempfile.TemporaryDirectory() as folder:
            recipe.write(Path(folder))
            with Engine.create(Path(folder) / "store", settings=load_settings()) as engine:
                engine.ingest(Path(folder) / "facts.jsonl", source_name="facts")
                yield from engine.store.export()
        return
    place = os.environ.get("KGQA_DATASETS")
    if not place:
        sys.exit("KGQA_DATASETS is not set: name the folder of the data sets")
    types = json.loads((Path(place) / "codex/types/entity2types.json").read_text(encoding="utf-8"))
    named: set[str] = set()
    for part in range(3):
        for row in records(Path(place), SETS[name], part):
            if isinstance(row, Triple):
                named |= {str(row.head), str(row.tail)}
                yield row
    for id in sorted(named):
        yield Entity(id, types=tuple(types.get(id, ())))


Row = tuple[str, str, str]


def negatives(links: list[Triple], share: float, rng: np.random.Generator) -> tuple[set[Row], set[Row]]:
    """So many of the statements that people found false, all of them right in type."""
    folder = (Path(os.environ["KGQA_DATASETS"]) / SETS["codex-s"].files[0]).parent
    here = {(row.head, row.relation, row.tail) for row in links}
    rows: list[Row] = []
    for part in ("valid", "test"):
        for line in (folder / f"{part}_negatives.txt").read_text(encoding="utf-8").splitlines():
            head, relation, tail = line.split("\t")
            rows.append((head, relation, tail))
    rows = sorted(set(rows) - here)
    chosen = rng.permutation(len(rows))[: int(share * len(links))]
    errors = {rows[place] for place in chosen.tolist()}
    return errors, errors


def planted(links: list[Triple], share: float, rng: np.random.Generator) -> tuple[set[Row], set[Row]]:
    """The errors, and those of them that are right in type."""
    here = {(row.head, row.relation, row.tail) for row in links}
    names = sorted({end for row in links for end in (row.head, row.tail)}, key=str)
    ends: dict[tuple[str, int], list[Any]] = {}
    for row in links:
        ends.setdefault((row.relation, 0), []).append(row.head)
        ends.setdefault((row.relation, 1), []).append(row.tail)
    errors: set[Row] = set()
    typed: set[Row] = set()
    wanted = int(share * len(links))
    while len(errors) < wanted:
        row, side = links[int(rng.integers(len(links)))], int(rng.integers(2))
        right = len(errors) % 2 == 1
        pool = ends[row.relation, side] if right else names
        new = pool[int(rng.integers(len(pool)))]
        error = (new, row.relation, row.tail) if side == 0 else (row.head, row.relation, new)
        if error in here or error in errors:
            continue
        errors.add(error)
        if right:
            typed.add(error)
    return errors, typed


if __name__ == "__main__":
    main()
