"""A generated graph into a real Neo4j server and out again, beside plain batched UNWIND + MERGE over the same driver.

Entities have names and types, triples a source. Measured: the first load, the same load again, the export to a
snapshot, and the snapshot's refresh after 1,000 more triples. The peer merges nodes and then, one type a statement,
relationships. Run with neo4j-rust-ext installed where it is to be had.

Run: python eval/benchmarks/neo4j_store.py [--triples 1000000] [--out eval/results/neo4j_store.json] (Java 17, Maven)
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import common
import psutil

from kgqa.config import load_settings
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local import LocalServer, RunningServer
from kgqa.graph.snapshot import refresh_snapshot
from kgqa.types import Entity, Record, Triple

RELATIONS, TYPES, PER_ENTITY, BATCH = 50, 20, 5, 10_000


def main() -> None:
    parser = common.options(__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--heap", default="4g")
    given = parser.parse_args()
    figures: common.Figures = {}
    with tempfile.TemporaryDirectory() as place:
        local = LocalServer(Path(place) / "server", cache=load_settings().cache)
        with local.running(heap=given.heap) as server:
            os.environ["NEO4J_PASSWORD"] = server.password
            figures["plain UNWIND + MERGE"] = measure_plain(server, given.triples, given.seed)
            empty(server)
            figures["kgqa"] = measure_ours(server, given.triples, given.seed, Path(place) / "snapshot")
    ours, plain = figures["kgqa"], figures["plain UNWIND + MERGE"]
    figures["ratio"] = {name: round(ours[name] / plain[name], 3) for name in plain if name in ours}
    common.finish(given, "neo4j_store", figures, triples=given.triples, heap=given.heap)


def records(triples: int, seed: int) -> Iterator[Record]:
    """Heads drawn unevenly, so that there are hubs; one entity for five triples."""
    rng, entities = random.Random(seed), max(2, triples // PER_ENTITY)
    for number in range(entities):
        yield Entity(f"Q{number}", label=f"Éntity {number}", types=(f"type {number % TYPES}",))
    for number in range(triples):
        head, tail = int(entities * rng.random() ** 2), int(entities * rng.random())
        yield Triple(f"Q{head}", f"relation {number % RELATIONS}", f"Q{tail}")


def measure_ours(server: RunningServer, triples: int, seed: int, folder: Path) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with Neo4jStore.connect(server.uri, create=True) as store:
        for what in ("load/s", "again/s"):
            with clocked(server) as clock:
                store.write(records(triples, seed), source="generated")
            figures |= clock.told(what, triples)
        with clocked(server) as clock:
            refresh_snapshot(folder, store)
        figures |= clock.told("snapshot/s", triples)
        more = [Triple(f"Q{number}", "relation 0", f"Q{number + 1}") for number in range(1_000)]
        store.write(more, source="more")
        with clocked(server) as clock:
            refresh_snapshot(folder, store)
        figures["refresh s"] = round(clock.wall, 2)
    return figures


def measure_plain(server: RunningServer, triples: int, seed: int) -> dict[str, Any]:
    from neo4j import GraphDatabase

    figures: dict[str, Any] = {}
    with (
        GraphDatabase.driver(server.uri.rpartition("/")[0], auth=("neo4j", server.password)) as driver,
        driver.session() as session,
    ):
        session.run("CREATE CONSTRAINT plain FOR (n:Thing) REQUIRE n.id IS UNIQUE").consume()
        nodes = "UNWIND $rows AS row MERGE (n:Thing {id: row.id}) SET n.name = row.name, n.type = row.type"
        for what in ("load/s", "again/s"):
            with clocked(server) as clock:
                stream = records(triples, seed)
                while batch := list(islice(stream, BATCH)):
                    by_type: dict[str, list[dict[str, str]]] = defaultdict(list)
                    rows = []
                    for record in batch:
                        if isinstance(record, Entity):
                            rows.append({"id": record.id, "name": record.label, "type": record.types[0]})
                        elif isinstance(record, Triple):
                            by_type[record.relation].append({"h": str(record.head), "t": str(record.tail)})
                    with session.begin_transaction() as transaction:
                        if rows:
                            transaction.run(nodes, rows=rows).consume()
                        for relation, pairs in by_type.items():
                            merge = (
                                "UNWIND $rows AS row MATCH (h:Thing {id: row.h}) MATCH (t:Thing {id: row.t}) "
                                f"MERGE (h)-[a:`{relation}`]->(t) SET a.source = 'generated'"
                            )
                            transaction.run(merge, rows=pairs).consume()
                        transaction.commit()
            figures |= clock.told(what, triples)
    return figures


def empty(server: RunningServer) -> None:
    from neo4j import GraphDatabase

    query = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
    with (
        GraphDatabase.driver(server.uri.rpartition("/")[0], auth=("neo4j", server.password)) as driver,
        driver.session() as session,
    ):
        session.run(query).consume()


class clocked:
    """Wall time, and processor time of this process and the server together."""

    def __init__(self, server: RunningServer) -> None:
        self._process = psutil.Process(server.process.pid)
        self.wall = self.cpu = 0.0

    def _now(self) -> tuple[float, float]:
        server = self._process.cpu_times()
        return time.perf_counter(), time.process_time() + server.user + server.system

    def __enter__(self) -> clocked:
        self._begun = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = (now - then for now, then in zip(self._now(), self._begun, strict=True))

    def told(self, what: str, triples: int) -> dict[str, Any]:
        return {what: round(triples / self.wall), f"{what} a processor second": round(triples / self.cpu)}


if __name__ == "__main__":
    main()
