"""Three hops on MetaQA, names in and names out, along the gold paths of dev questions, beside five peers.

    python eval/benchmarks/hop.py $KGQA_DATASETS/metaqa [--single 2000] [--batch 10000]

All contenders give the same names (checked), and all drop the entity asked about right after a hop straight back.
Single: one question after the other, median and 95th percentile. Batch: all at once where the contender can.
"""

from __future__ import annotations

import random
import re
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from common import Figures, each_microseconds, finish, median_seconds, options, percentile

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Triple

RELATIONS = {
    "director": "directed_by",
    "actor": "starred_actors",
    "writer": "written_by",
    "genre": "has_genre",
    "language": "in_language",
    "year": "release_year",
}
Path3 = tuple[tuple[str, bool], ...]
Question = tuple[str, Path3]
Single = Callable[[Question], list[str]]
Batch = Callable[[Sequence[Question]], list[list[str]]]


def read_questions(folder: Path, seed: int) -> list[Question]:
    with (folder / "3-hop/dev.txt").open(encoding="utf-8") as texts:
        names = [re.search(r"\[(.*)\]", line)[1] for line in texts]  # type: ignore[index]  # every line has one
    kinds = (folder / "3-hop/qa_dev_qtype.txt").read_text(encoding="utf-8").split()
    questions = []
    for name, kind in zip(names, kinds, strict=True):
        stops = kind.split("_to_")
        pairs = pairwise(stops)
        path = tuple((RELATIONS[b], False) if a == "movie" else (RELATIONS[a], True) for a, b in pairs)
        questions.append((name, path))
    random.Random(seed).shuffle(questions)
    return questions


def turns_back(path: Path3, i: int) -> bool:
    return i > 0 and path[i][0] == path[i - 1][0] and path[i][1] != path[i - 1][1]


def snapshot_contender(snapshot: Snapshot) -> tuple[Single, Batch]:
    def numbered(path: Path3) -> list[tuple[int, bool]]:
        return [(snapshot.relation_number(relation) or 0, inverse) for relation, inverse in path]

    def single(question: Question) -> list[str]:
        start = snapshot.node(question[0])
        return [] if start is None else snapshot.labels(snapshot.reach(start, numbered(question[1])))

    def batch(questions: Sequence[Question]) -> list[list[str]]:
        groups: dict[Path3, list[int]] = defaultdict(list)
        for i, question in enumerate(questions):
            groups[question[1]].append(i)
        out: list[list[str]] = [[]] * len(questions)
        for path, places in groups.items():
            starts = [-1 if node is None else node for node in snapshot.nodes([questions[i][0] for i in places])]
            positions, ends = snapshot.follow(starts, numbered(path))
            names = snapshot.labels(ends)
            cuts = np.searchsorted(positions, np.arange(len(places) + 1)).tolist()
            for i, low, high in zip(places, cuts, cuts[1:], strict=False):
                out[i] = names[low:high]
        return out

    return single, batch


def dict_contender(triples: Sequence[Triple]) -> Single:
    rows: dict[tuple[str, bool], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        rows[triple.relation, False][str(triple.head)].append(str(triple.tail))
        rows[triple.relation, True][str(triple.tail)].append(str(triple.head))

    def single(question: Question) -> list[str]:
        name, path = question
        found = {name}
        for i, step in enumerate(path):
            table = rows[step]
            found = {other for near in found for other in table.get(near, ())}
            if turns_back(path, i):
                found.discard(name)
        return list(found)

    return single


def networkx_contender(triples: Sequence[Triple]) -> Single:
    import networkx as nx

    graph = nx.MultiDiGraph()
    for triple in triples:
        graph.add_edge(triple.head, triple.tail, triple.relation)
    out, into = graph.succ, graph.pred

    def single(question: Question) -> list[str]:
        name, path = question
        found = {name}
        for i, (relation, inverse) in enumerate(path):
            near = into if inverse else out
            found = {other for node in found for other, edges in near[node].items() if relation in edges}
            if turns_back(path, i):
                found.discard(name)
        return list(found)

    return single


def three_hops_sql(path: Path3, start: str) -> str:
    """A join of three hops. Relations are placeholders; only the direction shapes the text."""
    ends = [("t", "h") if inverse else ("h", "t") for _, inverse in path]
    wheres = [f"e0.{ends[0][0]} = {start}"]
    wheres += [f"e{i}.{ends[i][0]} = e{i - 1}.{ends[i - 1][1]}" for i in (1, 2)]
    wheres += [f"e{i}.r = ?" for i in range(3)]
    wheres += [f"e{i}.{ends[i][1]} <> {start}" for i in range(3) if turns_back(path, i)]
    return f"SELECT DISTINCT e2.{ends[2][1]} FROM e AS e0, e AS e1, e AS e2 WHERE {' AND '.join(wheres)}"


def sqlite_contender(triples: Sequence[Triple], place: Path) -> Single:
    connection = sqlite3.connect(place)
    connection.execute("CREATE TABLE e (h TEXT, r TEXT, t TEXT)")
    connection.executemany("INSERT INTO e VALUES (?, ?, ?)", [(t.head, t.relation, t.tail) for t in triples])
    connection.execute("CREATE INDEX forward ON e (h, r, t)")
    connection.execute("CREATE INDEX backward ON e (t, r, h)")
    connection.execute("ANALYZE")

    def single(question: Question) -> list[str]:
        name, path = question
        sql = three_hops_sql(path, "?1").replace("r = ?", "r = ?{}").format(2, 3, 4)
        return [row[0] for row in connection.execute(sql, (name, *(relation for relation, _ in path)))]

    return single


def oxigraph_contender(triples: Sequence[Triple]) -> Single:
    import pyoxigraph as ox

    store = ox.Store()
    nodes: dict[str, Any] = {}

    def node(name: str) -> Any:
        return nodes.setdefault(name, ox.NamedNode(f"urn:n:{len(nodes)}"))

    relations = {name: ox.NamedNode(f"urn:r:{name}") for name in {t.relation for t in triples}}
    store.bulk_extend(ox.Quad(node(str(t.head)), relations[t.relation], node(str(t.tail))) for t in triples)
    names = {value: name for name, value in nodes.items()}

    def single(question: Question) -> list[str]:
        name, path = question
        start = nodes[name]
        found = {start}
        for i, (relation, inverse) in enumerate(path):
            edge = relations[relation]
            if inverse:
                found = {q.subject for near in found for q in store.quads_for_pattern(None, edge, near, None)}
            else:
                found = {q.object for near in found for q in store.quads_for_pattern(near, edge, None, None)}
            if turns_back(path, i):
                found.discard(start)
        return [names[value] for value in found]

    return single


def duckdb_contender(triples: Sequence[Triple]) -> Batch:
    import duckdb
    import pandas as pd

    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.register("frame", pd.DataFrame([(t.head, t.relation, t.tail) for t in triples], columns=["h", "r", "t"]))
    connection.execute("CREATE TABLE e AS SELECT * FROM frame")

    def batch(questions: Sequence[Question]) -> list[list[str]]:
        groups: dict[Path3, list[int]] = defaultdict(list)
        for i, question in enumerate(questions):
            groups[question[1]].append(i)
        out: list[list[str]] = [[] for _ in questions]
        for path, places in groups.items():
            asked = pd.DataFrame({"i": places, "name": [questions[i][0] for i in places]})
            connection.register("asked", asked)
            sql = three_hops_sql(path, "asked.name").replace("SELECT DISTINCT ", "SELECT DISTINCT asked.i, ")
            rows = connection.execute(sql.replace(" FROM ", " FROM asked, "), [relation for relation, _ in path])
            for i, name in rows.fetchall():
                out[i].append(name)
        return out

    return batch


def measure(
    single: Single | None, batch: Batch | None, asked: Sequence[Question], many: Sequence[Question]
) -> dict[str, float]:
    figures: dict[str, float] = {}
    if single is not None:
        times = each_microseconds(single, asked)
        figures |= {"single µs": percentile(times, 0.5), "p95 µs": percentile(times, 0.95)}
    whole = batch if batch is not None else lambda questions: [single(item) for item in questions]  # type: ignore[misc]  # one of both is given
    seconds = median_seconds(lambda: whole(many), repeats=5)
    return figures | {"batch/s": len(many) / seconds}


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--single", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=10_000)
    arguments = parser.parse_args()
    questions = read_questions(arguments.folder, arguments.seed)
    asked, many = questions[: arguments.single], questions[: arguments.batch]
    with (arguments.folder / "kb.txt").open(encoding="utf-8") as lines:
        triples = [Triple(*line.rstrip("\n").split("|")) for line in lines]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        store = SQLiteStore.create(root / "store")
        store.write(triples, source="kb.txt")
        snapshot = open_snapshot(root / "snapshot", store)
        single, batch = snapshot_contender(snapshot)
        contenders: dict[str, tuple[Single | None, Batch | None]] = {
            "snapshot": (single, batch),
            "dict of lists": (dict_contender(triples), None),
            "networkx": (networkx_contender(triples), None),
            "sqlite3": (sqlite_contender(triples, root / "peer.db"), None),
            "pyoxigraph": (oxigraph_contender(triples), None),
            "duckdb": (None, duckdb_contender(triples)),
        }
        expected = [sorted(names) for names in batch(asked)]
        figures: Figures = {}
        for contender, (one, all_at_once) in contenders.items():
            given = all_at_once(asked) if all_at_once is not None else [one(item) for item in asked]  # type: ignore[misc]  # as above
            if [sorted(names) for names in given] != expected:
                raise SystemExit(f"{contender} gives other names than the snapshot")
            begin = time.perf_counter()
            figures[contender] = measure(one, all_at_once, asked, many)
            figures[contender] |= {"measured s": time.perf_counter() - begin}  # type: ignore[operator]  # a dict
        ours = figures["snapshot"]
        for contender in list(figures)[1:]:
            ratios = {c: ours[c] / figures[contender][c] for c in ("single µs", "batch/s") if c in figures[contender]}
            figures[f"snapshot / {contender}"] = ratios
        finish(arguments, "3-hop MetaQA paths, names in, names out", figures, single=len(asked), batch=len(many))
        store.close()


if __name__ == "__main__":
    main()
