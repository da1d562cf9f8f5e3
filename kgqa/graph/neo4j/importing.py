"""Files for Neo4j's own offline import: the graph as ``write`` would have made it, from a store's sorted export.

Written in one pass; in memory are only the nodes' names. Labels and properties that need all attributes of an entity
are made after the import, from the mark ``KgqaStale``.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from kgqa.errors import InputError
from kgqa.graph.assertions import EntityField, RelationField, Said, entity_facts, relation_facts
from kgqa.graph.keys import NodeKey, identifier, node_key, pack_qualifiers
from kgqa.graph.neo4j.import_rows import BETWEEN, HEADERS, NODES, Rows, cell_of, listed
from kgqa.graph.neo4j.names import MENTIONS, SAME_AS, STALE, stored_id, type_of
from kgqa.graph.neo4j.packing import ASSERTIONS, ENTITIES, PASSAGES, STATEMENTS, pack
from kgqa.graph.neo4j.projection import entity_properties, literal_properties
from kgqa.graph.neo4j.publishing import refresh_stale
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.showing import current_view
from kgqa.graph.neo4j.statements import shown_qualifiers
from kgqa.graph.neo4j.writer import digest, source_name
from kgqa.types import Entity, Passage, Progress, Record, Relation, Same, Triple

Ref = str | NodeKey
FORMAT = "neo4j-import"
_PLAIN = re.compile(r"[\w .-]+")  # what a header can name; the qualifiers whole are in a column of their own
_KINDS = {bool: "boolean", int: "long", float: "double", str: "string"}


_EMPTY = tuple(
    f"MATCH (n:{label}) WHERE n.facts IS NULL CALL (n) {{ SET n.facts = [], n.runs = [] }} "
    "IN TRANSACTIONS OF 10000 ROWS"
    for label in ("Entity", "Relation")
)
"""The import has no empty lists."""
_MARK = "MATCH (n:Entity)-[a]->(:Literal) WITH DISTINCT n CALL (n) { SET n:KgqaStale } IN TRANSACTIONS OF 10000 ROWS"


def finish_import(server: Server) -> None:
    """After an offline import: what the files could not say is made in the database, once."""
    for query in (*_EMPTY, _MARK):
        server.schema(query)
    refresh_stale(server.write, current_view(server, server.location), (), graph=None)
    server.schema("CALL db.awaitIndexes(3600)")
    server.write("MATCH (m:KgqaMeta) REMOVE m.imported")


class ImportFiles:
    """The files of one graph in a new folder. ``arguments`` are those of ``neo4j-admin database import full``."""

    def __init__(self, folder: Path, *, format: int, language: str) -> None:
        self._folder, self._format, self._language = folder, format, language
        self._nodes: dict[Ref, int] = {}
        self._relations: dict[str, tuple[int, str]] = {}
        self._relation_facts: dict[str, list[Said]] = defaultdict(list)
        self._runs: dict[str, int] = {}
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self._passages = 0
        self._shapes: dict[tuple[tuple[str, str], ...], tuple[str, Rows]] = {}
        self._open = ExitStack()
        self._rows: dict[str, Rows] = {}
        self.records = 0

    @property
    def arguments(self) -> list[str]:
        """Options and files, to be given from within the folder."""
        nodes = [f"--nodes={name}.csv" for name in NODES]
        edges = [f"--relationships={name}.csv" for name in ("mentions", "same", *(s[0] for s in self._shapes.values()))]
        options = ["--array-delimiter=U+001F", "--multiline-fields=true", "--id-type=integer", "--bad-tolerance=0"]
        return [*nodes, *edges, *options, "--read-buffer-size=64m"]

    def write(self, records: Iterable[Record], progress: Progress | None = None) -> None:
        """Writes every file. ``records`` come as a store exports them: by kind, an entity's together, sorted."""
        with self._open:
            for name, header in HEADERS.items():
                self._rows[name] = self._start(name, header.split())
            for _, group in groupby(self._counted(records, progress), key=_together):
                same = list(group)
                if entities := [record for record in same if isinstance(record, Entity)]:
                    self._entity(entities)
                elif triples := [record for record in same if isinstance(record, Triple)]:
                    self._statements(triples)
                else:
                    self._other(same[0])
            self._finish()

    def _counted(self, records: Iterable[Record], progress: Progress | None) -> Iterator[Record]:
        for record in records:
            self.records += 1
            if progress is not None and self.records % 10_000 == 0:
                progress("writing", self.records, None)
            yield record

    def _start(self, name: str, header: Sequence[str]) -> Rows:
        file: IO[str] = self._open.enter_context((self._folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
        rows = Rows(file)
        rows.writerow(header)
        return rows

    # --- records

    def _source(self, name: str | None, *kinds: int) -> int:
        """The run of a source, of which one more assertion is counted."""
        run = self._runs.get(name or "")
        if run is None:
            run = self._begin(source_name(name or ""))
        counts = self._counts[name or ""]
        counts[ASSERTIONS] += 1
        for kind in kinds:
            counts[kind] += 1
        return run

    def _begin(self, source: str) -> int:
        if BETWEEN in source:
            raise InputError(f"the name of the source {source!r} holds U+001F, which separates names in the files")
        run = self._runs[source] = len(self._runs) + 1
        return run

    def _facts(self, facts: Iterable[Said], counted: bool) -> tuple[str | None, str | None]:
        texts = list(dict.fromkeys(facts))
        present = (ENTITIES,) if counted else ()
        runs = [self._source(said.source, *(present if said.field == EntityField.PRESENT else ())) for said in texts]
        return listed([pack(said) for said in texts]), listed([str(run) for run in runs])

    def _entity(self, records: list[Entity]) -> None:
        id = records[0].id
        facts = [
            said._replace(field=int(said.field), source=record.source or "")
            for record in records
            for said in entity_facts(record, self._language)
        ]
        self._put_entity(id, facts)

    def _put_entity(self, id: str, facts: Sequence[Said]) -> int:
        number = self._nodes[id] = len(self._nodes)
        shown, labels = entity_properties(id, facts, ())
        texts, runs = self._facts(facts, counted=True)
        made = min((self._runs[said.source] for said in facts), default=1)
        names = shown.get("aliases", [])
        simple = "dimension" not in shown and not any(BETWEEN in name for name in (*labels, *names))
        labels = ["Entity", *labels] if simple else ["Entity", STALE]
        about = [shown["id"], shown["long_id"], shown["name"], listed(names) if simple else None]
        row = [number, number, *about, shown.get("description"), texts, runs, made, BETWEEN.join(labels)]
        self._rows["entities"].writerow(row)
        return number

    def _node(self, ref: Ref) -> int:
        known = self._nodes.get(ref)
        if known is not None:
            return known
        if isinstance(ref, str):
            return self._put_entity(ref, ())
        number = self._nodes[ref] = len(self._nodes)
        about = literal_properties(ref)
        names = ("key", "value", "type", "unit", "lang", "dimension", "lo", "hi")
        self._rows["literals"].writerow([number, number, *map(about.get, names), 1, "Literal"])
        return number

    def _relation(self, name: str) -> str:
        known = self._relations.get(name)
        if known is None:
            known = self._relations[name] = (len(self._relations), type_of(name))
        return known[1]

    def _statements(self, records: list[Triple]) -> None:
        """Statements of one triple, which differ in qualifiers or source."""
        first = records[0]
        said: dict[str, list[str]] = defaultdict(list)
        for record in records:
            said[pack_qualifiers(record.qualifiers) if record.qualifiers else ""].append(record.source or "")
        head, tail = (node_key(ref) if not isinstance(ref, str) else ref for ref in (first.head, first.tail))
        ends = [self._node(head), self._node(tail), self._relation(first.relation)]
        for qualifiers, sources in said.items():
            runs = [str(self._source(source, STATEMENTS)) for source in sources]
            if not qualifiers:
                self._shape(()).writerow([*ends, BETWEEN.join(sources), BETWEEN.join(runs), None])
                continue
            shown = shown_qualifiers(qualifiers)
            named = sorted(name for name in shown if _PLAIN.fullmatch(name))
            shape = tuple((name, _KINDS[type(shown[name])]) for name in named)
            row = [*ends, listed(sources), listed(runs), qualifiers or None]
            self._shape(shape).writerow([*row, *(cell_of(shown[name]) for name, _ in shape)])

    def _shape(self, shape: tuple[tuple[str, str], ...]) -> Rows:
        if shape not in self._shapes:
            name = f"statements-{len(self._shapes)}"
            header = ":START_ID(node) :END_ID(node) :TYPE sources:string[] runs:long[] qualifiers:string".split()
            self._shapes[shape] = name, self._start(name, [*header, *(f"{key}:{kind}" for key, kind in shape)])
        return self._shapes[shape][1]

    def _other(self, record: Record) -> None:
        match record:
            case Relation():
                self._relation(record.id)
                for said in relation_facts(record, self._language):
                    if said.field == RelationField.INVERSE_OF:
                        self._relation(said.value)
                    fact = said._replace(field=int(said.field), source=record.source or "")
                    self._relation_facts[record.id].append(fact)
            case Passage():
                self._passage(record)
            case Same():
                run = self._source(record.source)
                pair = [self._node(identifier(id, "an entity id")) for id in sorted((record.a, record.b))]
                self._rows["same"].writerow([*pair, SAME_AS, record.source, run])

    def _passage(self, passage: Passage) -> None:
        run = self._source(passage.source, PASSAGES)
        content = (passage.text, passage.title, passage.language, passage.document, passage.offset)
        key = digest(passage.id, passage.source, *content)
        number, self._passages = self._passages, self._passages + 1
        about = [*stored_id(passage.id), *content, passage.source, run]
        self._rows["passages"].writerow([number, key, *about, "Passage"])
        for span in passage.mentions:
            said = [span.start, span.end, passage.source, self._source(passage.source)]
            self._rows["mentions"].writerow([number, self._node(span.entity), MENTIONS, *said])

    def _finish(self) -> None:
        for name, (number, type) in self._relations.items():
            texts, runs = self._facts(self._relation_facts.get(name, ()), counted=False)
            row = [number, number, *stored_id(name), type, name, texts, runs, "Relation"]
            self._rows["relations"].writerow(row)
        for number, (name, counts) in enumerate(sorted(self._counts.items())):
            self._rows["sources"].writerow([number, name, *counts, 1, "true", "Source"])
        revision = 1 if self._counts else 0
        about = [
            "kgqa",
            self._format,
            self._language,
            secrets.token_hex(16),
            revision,
            revision,
            revision,
            "false",
            "true",
        ]
        self._rows["meta"].writerow([0, *about, "KgqaMeta"])
        numbers = [len(self._nodes), len(self._relations), len(self._runs) + 1]
        self._rows["counter"].writerow([0, "kgqa", *numbers, "KgqaCounter"])
        (self._folder / "arguments.json").write_text(json.dumps(self.arguments, indent=1), encoding="utf-8")


def _together(record: Record) -> Any:
    """What entities of one id have in common, triples of one edge; any other record stands alone."""
    match record:
        case Entity():
            return record.id
        case Triple():
            return record.head, record.relation, record.tail
        case _:
            return object()
