"""Reads from the server: only what carries a published revision; order by ids is made here, as every store has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from kgqa.graph.assertions import RelationField, Said, merge_entity, merge_relation, split_entity, split_relation
from kgqa.graph.keys import ENTITY_KIND, NodeKey, node_ref, unpack_qualifiers
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.writer import digest
from kgqa.graph.rows import StatementRow, StoredNode
from kgqa.types import Entity, Literal, MentionSpan, Passage, Record, Relation, Same, Triple

_CHUNK = 1_000
_SHOWN = "EXISTS { MATCH (n)-[any]-() WHERE any.revision <= $now }"
_NODE = f"MATCH (n:Node {{key: $key}}) WHERE {_SHOWN} RETURN n.number"
_KEYS = f"MATCH (n:Node) WHERE {_SHOWN} RETURN n.text, n.kind, n.unit, n.lang"
_FACTS = (
    "MATCH (n:Node {key: $key})-[a:FACT]->(n) WHERE a.revision <= $now RETURN a.field, a.language, a.value, a.source"
)
_ATTRIBUTES = (
    "MATCH (n:Node {key: $key})-[a:STATEMENT]->(t:Node) WHERE a.revision <= $now AND t.kind <> 0 "
    "MATCH (r:Relation {number: a.relation}) RETURN DISTINCT r.id, t.text, t.kind, t.unit, t.lang"
)
_RELATIONS = (
    "MATCH (r:Relation) WHERE ($id IS NULL OR r.id = $id) AND (EXISTS { MATCH (r)-[a]-() WHERE a.revision <= $now } "
    "OR EXISTS { MATCH ()-[a:STATEMENT]->() WHERE a.relation = r.number AND a.revision <= $now } "
    "OR EXISTS { MATCH ()-[a:RELATION_FACT]->() WHERE a.field = $inverse AND a.value = r.id AND a.revision <= $now }) "
    "OPTIONAL MATCH (r)-[f:RELATION_FACT]->(r) WHERE f.revision <= $now "
    "RETURN r.number, r.id, f.field, f.language, f.value, f.source, f.inferred"
)
_STATEMENTS = (
    "WHERE a.revision <= $now AND ($relation IS NULL OR a.relation = $relation) "
    "AND ($source IS NULL OR a.source = $source) MATCH (r:Relation {number: a.relation}) "
    "RETURN h.text, h.kind, h.unit, h.lang, r.id, t.text, t.kind, t.unit, t.lang, a.qualifiers, a.source"
)
_BY_HEADS = "UNWIND $heads AS key MATCH (h:Node {key: key})-[a:STATEMENT]->(t:Node) " + _STATEMENTS
_BY_TAIL = "MATCH (h:Node)-[a:STATEMENT]->(t:Node {key: $tail}) " + _STATEMENTS
_BETWEEN = "MATCH (h:Node {key: $head})-[a:STATEMENT]->(t:Node {key: $tail}) " + _STATEMENTS
_PASSAGES = (
    "MATCH (p:Passage) WHERE p.revision <= $now AND ($ids IS NULL OR p.id IN $ids) "
    "AND ($source IS NULL OR p.source = $source) RETURN p.id, p.source, p.key"
)
_PASSAGE = (
    "MATCH (p:Passage {key: $key}) OPTIONAL MATCH (p)-[m:MENTIONS]->(n:Node) WHERE m.revision <= $now "
    "RETURN p.id, p.text, p.title, p.language, p.document, p.offset, p.source, "
    "collect(CASE WHEN m IS NULL THEN null ELSE [m.start, m.end, n.text] END)"
)
_SAME = (
    "MATCH (x)-[a:SAME]->(y) WHERE a.revision <= $now AND ($source IS NULL OR a.source = $source) "
    "RETURN x.text, y.text, a.source"
)
_ENTITY_FACTS = (
    "UNWIND $keys AS key MATCH (n:Node {key: key})-[a:FACT]->(n) WHERE a.revision <= $now "
    "AND ($source IS NULL OR a.source = $source) RETURN n.text, a.source, a.field, a.language, a.value"
)


class Reader:
    """Reads one store as of the revision ``now``."""

    def __init__(self, server: Server, now: int, language: str) -> None:
        self._server = server
        self._now = now
        self._language = language

    def _rows(self, query: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        return self._server.read(query, now=self._now, **values)

    def node(self, key: NodeKey) -> int | None:
        found: int | None = self._server.one(_NODE, key=digest(*key), now=self._now)
        return found

    def entity(self, name: str) -> Entity | None:
        key = (name, ENTITY_KIND, "", "")
        if self.node(key) is None:
            return None
        values: dict[str, list[Literal]] = defaultdict(list)
        for relation, *parts in sorted(self._rows(_ATTRIBUTES, key=digest(*key))):
            value = node_ref(*parts)
            if isinstance(value, Literal):
                values[relation].append(value)
        attributes = {name: found[0] if len(found) == 1 else tuple(found) for name, found in values.items()}
        facts = [Said(*row) for row in self._rows(_FACTS, key=digest(*key))]
        return merge_entity(name, facts, attributes, self._language)

    def relation_rows(self, name: str | None = None) -> list[tuple[Any, ...]]:
        """Number, id, field, language, value, source, inferred; sorted by id."""
        rows = self._rows(_RELATIONS, id=name, inverse=int(RelationField.INVERSE_OF))
        return sorted(rows, key=itemgetter(1))

    def relations(self, name: str | None = None) -> list[Relation]:
        return [
            merge_relation(relation, (Said(*row[2:]) for row in group if row[2] is not None), self._language)
            for relation, group in groupby(self.relation_rows(name), key=itemgetter(1))
        ]

    def statement_rows(
        self,
        *,
        head: NodeKey | None = None,
        relation: int | None = None,
        tail: NodeKey | None = None,
        source: str | None = None,
    ) -> Iterator[StatementRow]:
        """Matching assertions, sorted; without a head or tail some heads at a time."""
        wanted = {"relation": relation, "source": source}
        if head is not None and tail is not None:
            yield from sorted(self._rows(_BETWEEN, head=digest(*head), tail=digest(*tail), **wanted))
        elif head is not None:
            yield from sorted(self._rows(_BY_HEADS, heads=[digest(*head)], **wanted))
        elif tail is not None:
            yield from sorted(self._rows(_BY_TAIL, tail=digest(*tail), **wanted))
        else:
            for keys in chunks(sorted(self._rows(_KEYS))):
                yield from sorted(self._rows(_BY_HEADS, heads=[digest(*key) for key in keys], **wanted))

    def passages(self, names: Sequence[str] | None = None) -> Iterator[Passage]:
        """The passage that shows under each id: the first source by name, then the first text."""
        rows = sorted(self._rows(_PASSAGES, ids=None if names is None else sorted(set(names)), source=None))
        for _, group in groupby(rows, key=itemgetter(0)):
            members = list(group)
            first = [row for row in members if row[1] == members[0][1]]
            yield min((self._passage(row[2]) for row in first), key=lambda passage: passage.text)

    def passage_sources(self, name: str) -> tuple[str, ...]:
        return tuple(sorted({row[1] for row in self._rows(_PASSAGES, ids=[name], source=None)}))

    def _passage(self, key: str) -> Passage:
        name, text, title, language, document, offset, source, mentions = next(self._rows(_PASSAGE, key=key))
        spans = tuple(MentionSpan(*mention) for mention in sorted(mentions))
        return Passage(name, text, title, language, document, offset, spans, source)

    def export(self, source: str | None) -> Iterator[Record]:
        """Relations, entities, triples, passages, same: each assertion with its source, sorted."""
        said = [row for row in self.relation_rows() if row[2] is not None and source in (None, row[5])]
        for (relation, name), group in groupby(sorted(said, key=itemgetter(1, 5)), key=itemgetter(1, 5)):
            yield from split_relation(relation, name, (Said(*row[2:]) for row in group), self._language)
        entities = (key for key in sorted(self._rows(_KEYS)) if key[1] == ENTITY_KIND)
        for keys in chunks(entities):
            facts = sorted(self._rows(_ENTITY_FACTS, keys=[digest(*key) for key in keys], source=source))
            for (entity, name), group in groupby(facts, key=itemgetter(0, 1)):
                yield from split_entity(entity, name, (Said(*row[2:]) for row in group), self._language)
        for row in self.statement_rows(source=source):
            yield Triple(node_ref(*row[:4]), row[4], node_ref(*row[5:9]), unpack_qualifiers(row[9]), row[10])
        passages = sorted(self._rows(_PASSAGES, ids=None, source=source))
        for _, group in groupby(passages, key=itemgetter(0, 1)):
            yield from sorted((self._passage(row[2]) for row in group), key=lambda passage: passage.text)
        yield from (Same(*row) for row in sorted(self._rows(_SAME, source=source)))

    def nodes_with_facts(self, numbers: Sequence[int] | None) -> Iterator[tuple[StoredNode, list[Said]]]:
        """Each shown node, or these, with its labels, aliases and types; in order of number."""
        if numbers is None:
            rows = self._rows(f"MATCH (n:Node) {_WITH_FACTS}")
        else:
            wanted = sorted({int(number) for number in numbers})
            rows = self._rows(
                f"UNWIND $numbers AS number MATCH (n:Node {{number: number}}) {_WITH_FACTS}", numbers=wanted
            )
        for *node, facts in rows:
            yield tuple(node), [Said(*fact) for fact in facts]


_WITH_FACTS = (
    f"WHERE {_SHOWN} OPTIONAL MATCH (n)-[a:FACT]->(n) WHERE a.revision <= $now AND a.field IN [1, 2, 3] "
    "WITH n, collect(CASE WHEN a IS NULL THEN null ELSE [a.field, a.language, a.value, a.source] END) AS facts "
    "RETURN n.number, n.text, n.kind, n.unit, n.lang, facts ORDER BY n.number"
)


def chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists of at most ``_CHUNK`` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
