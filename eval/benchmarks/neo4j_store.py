"""A generated graph into a real Neo4j server and out again, beside plain batched UNWIND + MERGE over the same driver.

Entities have names and types, triples a source. Each section is a figure of its own: ``plain`` (the peer: merges nodes
and then, one type a statement, relationships; twice), ``load``, ``again`` (the same load, which changes nothing),
``export`` (to a snapshot), ``refresh`` (of the snapshot after 1,000 more triples), ``bulk`` (from a JSONL file through
the offline import to a server that answers what an entity is called). With ``--work DIR`` the server's data and the
figures are kept there, so that a run that was stopped goes on, and sections can be run one at a time.
``neo4j-rust-ext`` is used where it is installed (``pip install kgqa[neo4j-fast]``), which the settings tell.

Run: python eval/benchmarks/neo4j_store.py [--triples 1000000] [--sections load,again] [--work DIR] [--out FILE]
(Java 17, Maven)
"""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import common
import psutil

from kgqa.config import load_settings
from kgqa.engine.bulk import bulk_ingest
from kgqa.engine.ingesting import IngestOptions
from kgqa.evaluation.record import provenance
from kgqa.graph.formats import write_jsonl
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local import LocalServer, RunningServer
from kgqa.graph.snapshot import refresh_snapshot
from kgqa.types import Entity, Record, Triple

RELATIONS, TYPES, PER_ENTITY, BATCH = 50, 20, 5, 10_000
SECTIONS = ("plain", "load", "again", "export", "refresh", "bulk")


def main() -> None:
    parser = common.options(__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--heap", default="4g")
    parser.add_argument("--sections", default=",".join(SECTIONS))
    parser.add_argument("--work", type=Path, help="a folder to keep the data and figures in, and to go on from")
    given = parser.parse_args()
    settings = {"triples": given.triples, "heap": given.heap, "rust": find_spec("neo4j._rust") is not None}
    with ExitStack() as stack:
        place = given.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        kept = Kept(place / "figures.json", [settings, given.seed, provenance([], seed=given.seed)["commit"]])
        run = Run(place, given.triples, given.seed, given.heap, stack)
        for name in given.sections.split(","):
            if name not in kept.figures:
                busy = psutil.getloadavg()[0]
                kept.note(name, {**getattr(run, name)(), "machine load": round(busy, 1)})
    figures: common.Figures = {name: kept.figures[name] for name in SECTIONS if name in kept.figures}
    if "plain" in figures and "load" in figures:
        ratio = figures["load"]["triples/s"] / figures["plain"]["triples/s"]
        figures["load / plain"] = {"ratio": round(ratio, 3)}
    common.finish(given, "neo4j_store", figures, **settings)


class Kept:
    """Figures of sections that are done, as long as they are of the same code and settings."""

    def __init__(self, path: Path, of: Any) -> None:
        self._path, self._of = path, of
        path.parent.mkdir(parents=True, exist_ok=True)
        stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self.figures: dict[str, dict[str, Any]] = stored["figures"] if stored.get("of") == of else {}

    def note(self, section: str, figures: dict[str, Any]) -> None:
        self.figures[section] = figures
        text = json.dumps({"of": self._of, "figures": self.figures}, indent=1)
        self._path.write_text(text, encoding="utf-8")


def records(triples: int, seed: int) -> Iterator[Record]:
    """Heads drawn unevenly, so that there are hubs; one entity for five triples."""
    rng, entities = random.Random(seed), max(2, triples // PER_ENTITY)
    for number in range(entities):
        yield Entity(f"Q{number}", label=f"Éntity {number}", types=(f"type {number % TYPES}",))
    for number in range(triples):
        head, tail = int(entities * rng.random() ** 2), int(entities * rng.random())
        yield Triple(f"Q{head}", f"relation {number % RELATIONS}", f"Q{tail}")


@dataclass
class Run:
    """The sections, on servers in ``place``; each is started when it is first needed and ends with ``stack``."""

    place: Path
    triples: int
    seed: int
    heap: str
    stack: ExitStack

    def server(self, name: str) -> RunningServer:
        local = LocalServer(self.place / name, cache=load_settings().cache)
        running = self.stack.enter_context(local.running(heap=self.heap))
        os.environ["NEO4J_PASSWORD"] = running.password
        os.environ.pop("NEO4J_USERNAME", None)
        return running

    def ours(self) -> tuple[RunningServer, Neo4jStore]:
        """The server of our graph, which ``load`` begins anew."""
        if not hasattr(self, "_ours"):
            server = self.server("ours")
            count = query(server, "MATCH (n:KgqaMeta) RETURN count(n)")
            self._ours = server, self.stack.enter_context(Neo4jStore.connect(server.uri, create=not count[0]))
        return self._ours

    def load(self) -> dict[str, Any]:
        _, store = self.ours()
        for source in store.sources():
            store.delete(source=source.name)
        return self.written()

    def again(self) -> dict[str, Any]:
        return self.written()

    def written(self) -> dict[str, Any]:
        server, store = self.ours()
        return self.clocked(
            server, lambda: store.write(records(self.triples, self.seed), source="generated"), self.triples
        )

    def export(self) -> dict[str, Any]:
        server, store = self.ours()
        fresh = Path(tempfile.mkdtemp(dir=self.place)) / "snapshot"
        figures = self.clocked(server, lambda: refresh_snapshot(fresh, store), self.triples)
        refresh_snapshot(self.place / "snapshot", store)
        return figures

    def refresh(self) -> dict[str, Any]:
        server, store = self.ours()
        refresh_snapshot(self.place / "snapshot", store)
        start = store.counts().statements % (self.triples // PER_ENTITY - 1_001)
        more = [Triple(f"Q{number}", "relation 0", f"Q{number + 1}") for number in range(start, start + 1_000)]
        store.write(more, source="more")
        return self.clocked(server, lambda: refresh_snapshot(self.place / "snapshot", store), 1_000)

    def bulk(self) -> dict[str, Any]:
        facts = self.place / "facts.jsonl"
        write_jsonl(records(self.triples, self.seed), facts)
        settings = load_settings()
        local = LocalServer(Path(tempfile.mkdtemp(dir=self.place)), cache=settings.cache)
        begin = time.perf_counter()
        try:
            told = bulk_ingest([str(facts)], IngestOptions(), settings, server=local.folder)
            with Neo4jStore.connect(told["uri"], password=local.password()) as store:
                answered = store.entity("Q0")
                wall = time.perf_counter() - begin
                counted = store.counts()
            if answered is None or answered.label != "Éntity 0":
                raise SystemExit(f"the server answers wrongly: {answered}")
        finally:
            local.stop()
        return {"wall s": round(wall, 2), "triples/s": round(self.triples / wall), "statements": counted.statements}

    def plain(self) -> dict[str, Any]:
        server = self.server("plain")
        query(server, "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
        query(server, "CREATE CONSTRAINT plain IF NOT EXISTS FOR (n:Thing) REQUIRE n.id IS UNIQUE")
        first = self.clocked(server, lambda: merge_plainly(server, records(self.triples, self.seed)), self.triples)
        again = self.clocked(server, lambda: merge_plainly(server, records(self.triples, self.seed)), self.triples)
        return {**first, "again/s": again["triples/s"]}

    @staticmethod
    def clocked(server: RunningServer, work: Callable[[], object], triples: int) -> dict[str, Any]:
        """Wall time, and processor time of this process and of the server."""

        def now() -> tuple[float, float, float]:
            theirs = psutil.Process(server.process.pid).cpu_times()
            return time.perf_counter(), time.process_time(), theirs.user + theirs.system

        begun = now()
        work()
        wall, ours, theirs = (end - begin for end, begin in zip(now(), begun, strict=True))
        seconds = {"wall s": wall, "client s": ours, "server s": theirs}
        return {"triples/s": round(triples / wall), **{name: round(value, 2) for name, value in seconds.items()}}


def merge_plainly(server: RunningServer, stream: Iterator[Record]) -> None:
    from neo4j import GraphDatabase

    nodes = "UNWIND $rows AS row MERGE (n:Thing {id: row.id}) SET n.name = row.name, n.type = row.type"
    with (
        GraphDatabase.driver(
            server.uri.rpartition("/")[0], auth=("neo4j", server.password), notifications_min_severity="OFF"
        ) as driver,
        driver.session() as session,
    ):
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


def query(server: RunningServer, text: str) -> list[Any]:
    from neo4j import GraphDatabase

    with (
        GraphDatabase.driver(
            server.uri.rpartition("/")[0], auth=("neo4j", server.password), notifications_min_severity="OFF"
        ) as driver,
        driver.session() as session,
    ):
        return [row[0] for row in session.run(text)]


if __name__ == "__main__":
    main()
