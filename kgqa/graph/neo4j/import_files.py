"""Files for Neo4j's own offline import: the rows of a graph as ``write`` would have made it.

Labels and properties that need all attributes of an entity are made after the import, from the mark ``KgqaStale``.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Self

from kgqa.errors import InputError
from kgqa.graph.assertions import EntityField, RelationField, Said, relation_facts
from kgqa.graph.keys import NodeKey
from kgqa.graph.neo4j.import_rows import BETWEEN, HEADERS, NODES, Rows, cell_of, listed
from kgqa.graph.neo4j.names import MENTIONS, SAME_AS, STALE, stored_id, type_of
from kgqa.graph.neo4j.packing import ASSERTIONS, ENTITIES, PASSAGES, STATEMENTS, pack
from kgqa.graph.neo4j.projection import entity_properties, literal_properties
from kgqa.graph.neo4j.statements import shown_qualifiers
from kgqa.graph.neo4j.writer import digest, source_name
from kgqa.types import Passage, Relation

Ref = str | NodeKey
_PLAIN = re.compile(r"[\w .-]+")  # what a header can name; the qualifiers whole are in a column of their own
_KINDS = {bool: "boolean", int: "long", float: "double", str: "string"}
_STATEMENT = ":START_ID(node) :END_ID(node) :TYPE sources:string[] runs:long[] qualifiers:string".split()


class ImportFiles:
    """The files of one graph in a new folder, open within its context; ``finish`` writes what stands at the end.

    ``arguments`` are those of ``neo4j-admin database import full``. Every node is given once, before what leads to it.
    """

    def __init__(self, folder: Path, *, format: int, language: str) -> None:
        self.folder, self.language = folder, language
        self._format = format
        self.nodes: dict[Ref, int] = {}
        """Number of each entity and literal given so far."""
        self._relations: dict[str, tuple[int, str]] = {}
        self._relation_facts: dict[str, list[Said]] = defaultdict(list)
        self._runs: dict[str, int] = {}
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self._passages = 0
        self._shapes: dict[tuple[tuple[str, str], ...], tuple[str, Rows]] = {}
        self._open = ExitStack()
        self._rows: dict[str, Rows] = {}

    def __enter__(self) -> Self:
        for name, header in HEADERS.items():
            self._rows[name] = self._start(name, header.split())
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()

    def arguments(self, folder: str = "") -> list[str]:
        """Options and files, to be given from within the folder or, with its name and ``/``, from the one above."""
        edges = ("mentions", "same", *(name for name, _ in self._shapes.values()))
        files = [f"--nodes={folder}{name}.csv" for name in NODES]
        files += [f"--relationships={folder}{name}.csv" for name in edges]
        options = ["--array-delimiter=U+001F", "--multiline-fields=true", "--id-type=integer", "--bad-tolerance=0"]
        return [*files, *options, "--read-buffer-size=64m"]

    def _start(self, name: str, header: Sequence[str]) -> Rows:
        file: IO[str] = self._open.enter_context((self.folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
        rows = Rows(file)
        rows.writerow(header)
        return rows

    # --- sources

    def _begin(self, source: str) -> int:
        """The run of a source. Raises InputError for a name that the files or the server cannot hold."""
        run = self._runs.get(source)
        if run is None:
            if BETWEEN in source_name(source):
                raise InputError(f"the name of the source {source!r} holds U+001F, which separates names in the files")
            run = self._runs[source] = len(self._runs) + 1
        return run

    def _said(self, source: str, *kinds: int, times: int = 1) -> int:
        """The run of a source, of which so many more assertions are counted."""
        run = self._begin(source)
        counts = self._counts[source]
        for kind in (ASSERTIONS, *kinds):
            counts[kind] += times
        return run

    def _facts(self, facts: Iterable[Said], counted: bool) -> tuple[str | None, str | None]:
        texts = list(dict.fromkeys(facts))
        present = (ENTITIES,) if counted else ()
        runs = [self._said(said.source, *(present if said.field == EntityField.PRESENT else ())) for said in texts]
        return listed([pack(said) for said in texts]), listed([str(run) for run in runs])

    # --- nodes and relations

    def entity(self, id: str, facts: Sequence[Said]) -> int:
        """The row of an entity, with all that is said of it; gives its number."""
        number = self.nodes[id] = len(self.nodes)
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

    def literal(self, key: NodeKey) -> int:
        """The row of a literal; gives its number."""
        number = self.nodes[key] = len(self.nodes)
        about = literal_properties(key)
        names = ("key", "value", "type", "unit", "lang", "dimension", "lo", "hi")
        self._rows["literals"].writerow([number, number, *map(about.get, names), 1, "Literal"])
        return number

    def node(self, ref: Ref) -> int:
        """The number of a node, which gets a row where it has none."""
        known = self.nodes.get(ref)
        if known is not None:
            return known
        return self.entity(ref, ()) if isinstance(ref, str) else self.literal(ref)

    def relation(self, name: str) -> tuple[int, str]:
        """Number and relationship type of a relation."""
        known = self._relations.get(name)
        if known is None:
            known = self._relations[name] = (len(self._relations), type_of(name))
        return known

    def say_of_relation(self, relation: Relation, source: str) -> None:
        self.relation(relation.id)
        for said in relation_facts(relation, self.language):
            if said.field == RelationField.INVERSE_OF:
                self.relation(said.value)
            self._relation_facts[relation.id].append(said._replace(field=int(said.field), source=source))

    # --- what leads from one to another

    def plain(self, type: str, sources: Sequence[str], ends: Iterable[tuple[int, int]], *, count: int) -> None:
        """Statements of one type without qualifiers, said by the same sources; ``ends`` are numbers of nodes."""
        runs = [str(self._said(source, STATEMENTS, times=count)) for source in sources]
        self._shape(()).alike(ends, [type, BETWEEN.join(sources), BETWEEN.join(runs), None])

    def statement(self, head: int, tail: int, type: str, qualifiers: str, sources: Sequence[str]) -> None:
        """A statement with packed qualifiers."""
        runs = [str(self._said(source, STATEMENTS)) for source in sources]
        shown = shown_qualifiers(qualifiers)
        named = sorted(name for name in shown if _PLAIN.fullmatch(name))
        shape = tuple((name, _KINDS[shown[name].__class__]) for name in named)
        row = [head, tail, type, listed(sources), listed(runs), qualifiers]
        self._shape(shape).writerow([*row, *(cell_of(shown[name]) for name, _ in shape)])

    def _shape(self, shape: tuple[tuple[str, str], ...]) -> Rows:
        """The rows of statements with these columns of qualifiers."""
        if shape not in self._shapes:
            name = f"statements-{len(self._shapes)}"
            self._shapes[shape] = name, self._start(name, [*_STATEMENT, *(f"{key}:{kind}" for key, kind in shape)])
        return self._shapes[shape][1]

    def passage(self, passage: Passage, source: str) -> int:
        """The row of a passage without its mentions; gives its number."""
        run = self._said(source, PASSAGES)
        content = (passage.text, passage.title, passage.language, passage.document, passage.offset)
        key = digest(passage.id, source, *content)
        number, self._passages = self._passages, self._passages + 1
        row = [number, key, *stored_id(passage.id), *content, source, run, "Passage"]
        self._rows["passages"].writerow(row)
        return number

    def mention(self, passage: int, start: int, end: int, entity: int, source: str) -> None:
        self._rows["mentions"].writerow([passage, entity, MENTIONS, start, end, source, self._said(source)])

    def same(self, a: int, b: int, source: str) -> None:
        """Two entities that are one, in the order of their ids."""
        self._rows["same"].writerow([a, b, SAME_AS, source, self._said(source)])

    def finish(self) -> None:
        for name, (number, type) in self._relations.items():
            texts, runs = self._facts(self._relation_facts.get(name, ()), counted=False)
            row = [number, number, *stored_id(name), type, name, texts, runs, "Relation"]
            self._rows["relations"].writerow(row)
        for number, (name, counts) in enumerate(sorted(self._counts.items())):
            self._rows["sources"].writerow([number, name, *counts, 1, "true", "Source"])
        revision = 1 if self._counts else 0
        revisions = {"revision": revision, "log_floor": revision, "same_revision": revision}
        about = {"format": self._format, "language": self.language, "identity": secrets.token_hex(16), **revisions}
        self._rows["meta"].writerow([0, "kgqa", *about.values(), "false", "true", "KgqaMeta"])
        numbers = [len(self.nodes), len(self._relations), len(self._runs) + 1]
        self._rows["counter"].writerow([0, "kgqa", *numbers, "KgqaCounter"])
        (self.folder / "arguments.json").write_text(json.dumps(self.arguments(), indent=1), encoding="utf-8")
