"""``ask`` without a language model on a generated graph of 1,000,000 triples with hubs: 200 questions of 1 to 3 hops.

    python eval/benchmarks/ask.py [--triples 1000000] [--questions 200] [--work FOLDER] [--out eval/results/ask.json]

One thread. Models are warm: loaded, and 40 other questions asked before. Times by wall clock and by processor, as the
machine may be shared. The peer is handed the gold plan and only has to execute it: three indexed joins in SQLite, names
in and names out, without linking, search, evidence or verdict. ``right`` is the share of questions whose answers are
exactly those of the gold plan; answers beyond the engine's limit are compared by their number.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from asking_graph import Asked, World
from common import Figures, finish, measured, options, peak_memory, percentile

from kgqa.types import Answer, Triple

WARM_UP = 40
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--work", type=Path, help="keeps the store between runs")
    parser.add_argument("--child", choices=("build", "ours", "peer"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        world = World(arguments.triples, arguments.seed)
        part = {"build": build, "ours": ours, "peer": peer}[arguments.child]
        print(json.dumps(part(world, arguments.work, world.questions(arguments.questions, seed=arguments.seed))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        words = ["--triples", str(arguments.triples), "--questions", str(arguments.questions)]
        words += ["--seed", str(arguments.seed), "--work", str(work), "--child"]
        parts = {name: measured(__file__, *words, name) for name in ("build", "peer", "ours")}
        figures: Figures = {"build": parts["build"]}
        figures |= parts["ours"]["rows"]
        figures["sqlite3, gold plan given"] = parts["peer"]["row"]
        finish(arguments, "ask", figures, triples=arguments.triples, questions=arguments.questions)


def build(world: World, work: Path, asked: list[Asked]) -> dict[str, Any]:
    """Writes the graph and what is built from it, once for a folder; the peer's tables and the gold answers too."""
    from kgqa import Engine

    if (work / "gold.json").exists():
        return {}
    begin = time.perf_counter()
    with Engine.create(work / "store") as engine:
        engine.store.write(world.records(), source="generated")
        engine.rooms()
    seconds = time.perf_counter() - begin
    connection = sqlite3.connect(work / "peer.db")
    connection.execute("CREATE TABLE e (h TEXT, r TEXT, t TEXT)")
    triples = (record for record in world.records() if isinstance(record, Triple))
    rows = ((t.head, t.relation, t.tail if isinstance(t.tail, str) else t.tail.value) for t in triples)
    connection.executemany("INSERT INTO e VALUES (?, ?, ?)", rows)
    connection.execute("CREATE INDEX forward ON e (h, r, t)")
    connection.execute("CREATE INDEX backward ON e (t, r, h)")
    connection.execute("ANALYZE")
    connection.commit()
    (work / "gold.json").write_text("{}", encoding="utf-8")
    return {"build s": seconds, "peak MB": peak_memory()}


def ours(world: World, work: Path, asked: list[Asked]) -> dict[str, Any]:
    from kgqa import Engine
    from kgqa.config import load_settings

    gold = [follow(sqlite3.connect(work / "peer.db"), question) for question in asked]
    begin = time.process_time()
    with Engine.open(work / "store", settings=load_settings(threads=1)) as engine:
        engine.rooms()
        opened = time.process_time() - begin
        for question in world.questions(WARM_UP, seed=world.seed + 1):
            engine.ask(question.question)
        wall: list[float] = []
        processor: list[float] = []
        stages: dict[str, list[float]] = defaultdict(list)
        hops: dict[int, list[float]] = defaultdict(list)
        right = answered = 0
        for question, names in zip(asked, gold, strict=True):
            clock, cpu = time.perf_counter(), time.process_time()
            answer = engine.ask(question.question)
            wall.append(1000 * (time.perf_counter() - clock))
            processor.append(1000 * (time.process_time() - cpu))
            hops[len(question.path)].append(processor[-1])
            for stage, spent in answer.timing_ms.items():
                stages[stage].append(spent)
            answered += not answer.abstained
            right += is_right(answer, names)
    rows: dict[str, dict[str, float]] = {
        "ask, wall ms": spread(wall),
        "ask, cpu ms": spread(processor),
        **{f"{count} hops, cpu ms": spread(times) for count, times in sorted(hops.items())},
        **{f"{stage}, wall ms": spread(times) for stage, times in stages.items() if stage != "total"},
        "answers": {"right": right / len(asked), "answered": answered / len(asked)},
        "process": {"peak MB": peak_memory(), "open cpu s": opened},
    }
    return {"rows": rows}


def peer(world: World, work: Path, asked: list[Asked]) -> dict[str, Any]:
    connection = sqlite3.connect(work / "peer.db")
    for question in world.questions(WARM_UP, seed=world.seed + 1):
        follow(connection, question)
    times = []
    for question in asked:
        begin = time.perf_counter()
        follow(connection, question)
        times.append(1000 * (time.perf_counter() - begin))
    return {"row": {**spread(times), "peak MB": peak_memory()}}


def follow(connection: sqlite3.Connection, asked: Asked) -> set[str]:
    """What the gold path leads to, the start left out."""
    ends = [("t", "h") if inverse else ("h", "t") for _, inverse in asked.path]
    last = len(ends) - 1
    tables = ", ".join(f"e AS e{i}" for i in range(len(ends)))
    wheres = [f"e0.{ends[0][0]} = ?"]
    wheres += [f"e{i}.{ends[i][0]} = e{i - 1}.{ends[i - 1][1]}" for i in range(1, len(ends))]
    wheres += [f"e{i}.r = ?" for i in range(len(ends))]
    back = [i for i in range(1, len(ends)) if asked.path[i] == (asked.path[i - 1][0], not asked.path[i - 1][1])]
    wheres += [f"e{i}.{ends[i][1]} <> ?" for i in back]
    sql = f"SELECT DISTINCT e{last}.{ends[last][1]} FROM {tables} WHERE {' AND '.join(wheres)}"  # fixed words only
    values = (asked.start, *(relation for relation, _ in asked.path), *(asked.start for _ in back))
    found = {row[0] for row in connection.execute(sql, values)}
    return found - {asked.start} or found


def is_right(answer: Answer, gold: set[str]) -> bool:
    names = {item.id or str(item.value) for item in answer.answers}
    return answer.answers_total == len(gold) and names <= gold


def spread(times: list[float]) -> dict[str, float]:
    ascending = sorted(times)
    shares = {"median": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: percentile(ascending, share) for name, share in shares.items()} | {
        "mean": sum(times) / max(1, len(times))
    }


if __name__ == "__main__":
    main()
