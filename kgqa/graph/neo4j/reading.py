"""Reads records from the server: only what shows; order by ids is made here, as every store has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from kgqa.graph.assertions import RelationField, Said, merge_entity, merge_relation, split_entity, split_relation
from kgqa.graph.keys import ENTITY_KIND, NodeKey, node_ref, unpack_qualifiers
from kgqa.graph.neo4j.names import MENTIONS, SAME_AS, escape, stored_id
from kgqa.graph.neo4j.packing import unpack
from kgqa.graph.neo4j.projection import literal_key, stored_key
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.showing import View
from kgqa.graph.rows import StatementRow
from kgqa.types import Entity, Literal, MentionSpan, Passage, Record, Relation, Same, Triple

_CHUNK = 1_000
_REF = "{0}.id, {0}.long_id, {0}.value, {0}.type, {0}.unit, {0}.lang"
STATEMENT = "RETURN " + _REF.format("h") + ", type(a), " + _REF.format("t") + ", a.qualifiers, a.sources, a.runs"
_PASSAGES = (
    "MATCH (p:Passage) WHERE {wanted}{shows} AND ($source IS NULL OR p.source = $source) "
    "RETURN coalesce(p.long_id, p.id), p.source, p.key"
)
_PASSAGE = (
    "UNWIND $keys AS key MATCH (p:Passage {{key: key}}) OPTIONAL MATCH (p)-[m:" + MENTIONS + "]->(n:Entity) "
    "WHERE {shows} RETURN p.key, coalesce(p.long_id, p.id), p.text, p.title, p.language, p.document, p.offset, "
    "p.source, collect(CASE WHEN m IS NULL THEN null ELSE [m.start, m.end, coalesce(n.long_id, n.id)] END)"
)
_SAME = (
    "MATCH (x:Entity)-[a:" + SAME_AS + "]->(y:Entity) WHERE {shows} AND ($source IS NULL OR a.source = $source) "
    "RETURN coalesce(x.long_id, x.id), coalesce(y.long_id, y.id), a.source"
)


class Reader:
    """Reads one store as of a view."""

    def __init__(self, server: Server, view: View, language: str) -> None:
        self._server, self._view, self._language = server, view, language

    @property
    def view(self) -> View:
        return self._view

    def rows(self, query: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        """Rows of a query, which may use $newest and $hidden."""
        return self._server.read(query, **self._view.parameters, **values)

    # --- entities and relations

    def node(self, key: NodeKey) -> int | None:
        """The number of a node that shows."""
        if key[1] == ENTITY_KIND:
            where = "(n:Entity {id: $key})"
        else:
            where = "(n:Literal {key: $key})"
        query = f"MATCH {where} WHERE {self._view.node('n')} RETURN n.number"
        found = next(self.rows(query, key=stored_key(node_reference(key))), None)
        return None if found is None else int(found[0])

    def entity(self, name: str) -> Entity | None:
        key = (name, ENTITY_KIND, "", "")
        if self.node(key) is None:
            return None
        values: dict[str, set[Literal]] = defaultdict(set)
        for row in self.statement_rows(head=key):
            value = node_ref(*row[5:9])
            if isinstance(value, Literal):
                values[row[4]].add(value)
        order = {name: sorted(found, key=lambda literal: _literal_order(literal)) for name, found in values.items()}
        attributes = {name: found[0] if len(found) == 1 else tuple(found) for name, found in sorted(order.items())}
        facts = next(self.rows("MATCH (n:Entity {id: $key}) RETURN n.facts, n.runs", key=stored_key(name)))
        return merge_entity(name, self._said(*facts), attributes, self._language)

    def _said(self, facts: Sequence[str], runs: Sequence[int]) -> list[Said]:
        return [unpack(text) for text in self._view.visible(facts, runs)]

    @cached_property
    def types(self) -> dict[str, tuple[int, str]]:
        """Number and id of each relation, by relationship type."""
        query = "MATCH (r:Relation) RETURN r.type, r.number, coalesce(r.long_id, r.id)"
        return {type: (number, id) for type, number, id in self.rows(query)}

    @cached_property
    def relation_facts(self) -> list[tuple[int, str, list[Said]]]:
        """Number, id and what is said of each relation that shows; sorted by id."""
        query = "MATCH (r:Relation) RETURN r.number, coalesce(r.long_id, r.id), r.type, r.facts, r.runs"
        rows = [(number, id, type, self._said(facts, runs)) for number, id, type, facts, runs in self.rows(query)]
        inverses = {said.value for *_, facts in rows for said in facts if said.field == RelationField.INVERSE_OF}
        return sorted(
            (number, id, facts)
            for number, id, type, facts in rows
            if facts or id in inverses or not self._view.hidden or self._used(type)
        )

    def _used(self, type: str) -> bool:
        shows = self._view.several("a")
        return any(
            next(self.rows(f"MATCH (h:{label})-[a:{escape(type)}]->() WHERE {shows} RETURN 1 LIMIT 1"), None)
            for label in ("Entity", "Literal")
        )

    def relations(self, name: str | None = None) -> list[Relation]:
        facts = sorted(((id, said) for _, id, said in self.relation_facts), key=itemgetter(0))
        return [merge_relation(id, said, self._language) for id, said in facts if name in (None, id)]

    # --- statements

    def statement_rows(
        self,
        *,
        head: NodeKey | None = None,
        relation: str | None = None,
        tail: NodeKey | None = None,
        source: str | None = None,
    ) -> Iterator[StatementRow]:
        """Matching assertions, sorted; without a head or tail some heads at a time."""
        kind = ""
        if relation is not None:
            type = next((type for type, (_, id) in self.types.items() if id == relation), None)
            if type is None:
                return
            kind = f":{escape(type)}"
        shows = f"a.runs IS NOT NULL AND {self._view.several('a')} AND ($source IS NULL OR $source IN a.sources)"
        keys: dict[str, Any] = {"source": source}
        if head is None and tail is None:
            labels = ("Entity", "Literal")
            yield from merge(*(self._all_statements(label, kind, shows, keys) for label in labels))
            return
        patterns = []
        for name, key in (("h", head), ("t", tail)):
            if key is None:
                patterns.append(f"({name})")
            else:
                keys[name] = stored_key(node_reference(key))
                where = f"Entity {{id: ${name}}}" if key[1] == ENTITY_KIND else f"Literal {{key: ${name}}}"
                patterns.append(f"({name}:{where})")
        query = f"MATCH {patterns[0]}-[a{kind}]->{patterns[1]} WHERE {shows} {STATEMENT}"
        yield from sorted(self.as_rows(self.rows(query, **keys), source))

    def _all_statements(self, label: str, kind: str, shows: str, keys: dict[str, Any]) -> Iterator[StatementRow]:
        if label == "Entity":
            order = sorted(row[0] for row in self.rows("MATCH (n:Entity) RETURN coalesce(n.long_id, n.id)"))
            stored = [stored_id(name)[0] for name in order]
            query = f"UNWIND $keys AS key MATCH (h:Entity {{id: key}})-[a{kind}]->(t) WHERE {shows} {STATEMENT}"
            for chunk in chunks(stored):
                yield from sorted(self.as_rows(self.rows(query, keys=chunk, **keys), keys["source"]))
        else:
            query = f"MATCH (h:Literal)-[a{kind}]->(t) WHERE {shows} {STATEMENT}"
            yield from sorted(self.as_rows(self.rows(query, **keys), keys["source"]))

    def as_rows(self, rows: Iterable[tuple[Any, ...]], source: str | None) -> Iterator[StatementRow]:
        """What ``STATEMENT`` returns as assertions that show, of one source or all."""
        for row in rows:
            known = self.types.get(row[6])
            if known is not None:
                head, tail = _key(*row[:6]), _key(*row[7:13])
                for name, run in zip(row[14], row[15], strict=True):
                    if self._view.shows(run) and source in (None, name):
                        yield (*head, known[1], *tail, row[13] or "", name)

    # --- passages and pairs

    def _passage_rows(self, names: Sequence[str] | None, source: str | None) -> list[tuple[Any, ...]]:
        ids = None if names is None else sorted({stored_id(name)[0] for name in names})
        wanted = "" if names is None else "p.id IN $ids AND "  # in the text of the query, so that an index serves it
        query = _PASSAGES.format(wanted=wanted, shows=self._view.single("p"))
        rows = self.rows(query, ids=ids, source=source)
        return sorted(row for row in rows if names is None or row[0] in names)

    def passages(self, names: Sequence[str] | None = None) -> Iterator[Passage]:
        """The passage that shows under each id: the first source by name, then the first text."""
        wanted = None if names is None else sorted(set(names))
        for rows in chunks(groupby_list(self._passage_rows(wanted, None), 0)):
            firsts = [[row for row in group if row[1] == group[0][1]] for group in rows]
            found = self.passages_by_key([row[2] for group in firsts for row in group])
            for group in firsts:
                yield min((found[row[2]] for row in group), key=lambda passage: passage.text)

    def passage_sources(self, name: str) -> tuple[str, ...]:
        return tuple(sorted({row[1] for row in self._passage_rows([name], None)}))

    def passages_by_key(self, keys: Sequence[str]) -> dict[str, Passage]:
        """The passages of these nodes, with their mentions."""
        out = {}
        for key, *parts, mentions in self.rows(_PASSAGE.format(shows=self._view.single("m")), keys=list(keys)):
            name, text, title, language, document, offset, source = parts
            spans = tuple(MentionSpan(*mention) for mention in sorted(mentions))
            out[key] = Passage(name, text, title, language, document, offset, spans, source)
        return out

    def same_rows(self, source: str | None = None) -> list[tuple[str, str, str]]:
        """Both ids and the source; each pair in the order of its ids."""
        rows = self.rows(_SAME.format(shows=self._view.single("a")), source=source)
        return sorted((*sorted(row[:2]), row[2]) for row in rows)

    # --- whole

    def export(self, source: str | None) -> Iterator[Record]:
        """Relations, entities, triples, passages, same: each assertion with its source, sorted."""
        for _, relation, facts in sorted(self.relation_facts, key=itemgetter(1)):
            for name, said in _by_source(facts, source):
                yield from split_relation(relation, name, said, self._language)
        entities = sorted(row[0] for row in self.rows("MATCH (n:Entity) RETURN coalesce(n.long_id, n.id)"))
        query = "UNWIND $keys AS key MATCH (n:Entity {id: key}) RETURN coalesce(n.long_id, n.id), n.facts, n.runs"
        for names in chunks(entities):
            rows = self.rows(query, keys=[stored_id(name)[0] for name in names])
            for entity, facts, runs in sorted(rows):
                for name, said in _by_source(self._said(facts, runs), source):
                    yield from split_entity(entity, name, said, self._language)
        for row in self.statement_rows(source=source):
            yield Triple(node_ref(*row[:4]), row[4], node_ref(*row[5:9]), unpack_qualifiers(row[9]), row[10])
        for groups in chunks(groupby_list(self._passage_rows(None, source), 0, 1)):
            found = self.passages_by_key([row[2] for group in groups for row in group])
            for group in groups:
                yield from sorted((found[row[2]] for row in group), key=lambda passage: passage.text)
        yield from (Same(*row) for row in self.same_rows(source))


def node_reference(key: NodeKey) -> str | NodeKey:
    return key[0] if key[1] == ENTITY_KIND else key


def _key(id: str | None, long: str | None, value: str, type: str, unit: str | None, lang: str | None) -> NodeKey:
    return (long or id or "", ENTITY_KIND, "", "") if id is not None else literal_key(value, type, unit, lang)


def _literal_order(literal: Literal) -> NodeKey:
    return literal_key(literal.value, str(literal.type), literal.unit, literal.lang)


def _by_source(facts: Iterable[Said], source: str | None) -> Iterator[tuple[str, list[Said]]]:
    wanted = sorted((said for said in facts if source in (None, said.source)), key=lambda said: said.source)
    for name, group in groupby(wanted, key=lambda said: said.source):
        yield name, list(group)


def groupby_list(rows: Iterable[tuple[Any, ...]], *columns: int) -> Iterator[list[tuple[Any, ...]]]:
    """Neighbouring rows that agree in these columns."""
    for _, group in groupby(rows, key=itemgetter(*columns)):
        yield list(group)


def chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists of at most ``_CHUNK`` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
