"""One batch in its transaction: whole or not at all, adding only what the database lacks."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kgqa.graph.assertions import EntityField, Said
from kgqa.graph.keys import NodeKey
from kgqa.graph.neo4j import projection
from kgqa.graph.neo4j.names import MENTIONS, SAME_AS, stored_id, type_of
from kgqa.graph.neo4j.packing import ASSERTIONS, ENTITIES, LOG, LOG_AT_MOST, PASSAGES, STATEMENTS, log_row, pack
from kgqa.graph.neo4j.server import Work
from kgqa.graph.neo4j.statements import StatementBatch

if TYPE_CHECKING:
    from kgqa.graph.neo4j.batches import Sender
    from kgqa.graph.neo4j.writer import Batch, Ref

_TAKE = {
    "node": "MATCH (c:KgqaCounter) SET c.next_node = c.next_node + $count RETURN c.next_node - $count",
    "relation": "MATCH (c:KgqaCounter) SET c.next_relation = c.next_relation + $count RETURN c.next_relation - $count",
}
_FIND_ENTITIES = "UNWIND $keys AS key MATCH (n:Entity {id: key[0]}) RETURN collect([key[1], id(n), n.number])"
_FIND_LITERALS = "UNWIND $keys AS key MATCH (n:Literal {key: key[0]}) RETURN collect([key[1], id(n), n.number])"
_MAKE_ENTITIES = "UNWIND $rows AS row CREATE (n:Entity:$(row[1])) SET n = row[0] RETURN collect([row[2], id(n)])"
_MAKE_LITERALS = "UNWIND $rows AS row CREATE (n:Literal) SET n = row[0] RETURN collect([row[1], id(n)])"
_FACTS = "UNWIND $ids AS id MATCH (n) WHERE id(n) = id RETURN collect([id, n.facts, n.runs])"
_SET_FACTS = "UNWIND $rows AS row MATCH (n) WHERE id(n) = row[0] SET n.facts = row[1], n.runs = row[2]"
_STALE = "UNWIND $ids AS id MATCH (n:Entity) WHERE id(n) = id SET n:KgqaStale"
_FIND_RELATIONS = "UNWIND $keys AS key MATCH (n:Relation {id: key[0]}) RETURN key[1], id(n), n.number, n.type"
_MAKE_RELATIONS = "UNWIND $rows AS row CREATE (n:Relation) SET n = row[0] RETURN row[1], id(n), n.number, n.type"
_PASSAGES = (
    "UNWIND $rows AS row OPTIONAL MATCH (o:Passage {key: row.key}) WITH row, o WHERE o IS NULL "
    "CREATE (p:Passage) SET p = row RETURN coalesce(p.long_id, p.id), p.source"
)
_MENTIONS = (
    "UNWIND $rows AS row MATCH (p:Passage {key: row[0]}) MATCH (n) WHERE id(n) = row[3] "
    "OPTIONAL MATCH (p)-[o:" + MENTIONS + " {start: row[1], end: row[2], source: row[4]}]->(n) "
    "WITH row, p, n, o WHERE o IS NULL "
    "CREATE (p)-[:" + MENTIONS + " {start: row[1], end: row[2], source: row[4], run: row[5]}]->(n) "
    "RETURN coalesce(p.long_id, p.id), row[4]"
)
_SAME = (
    "UNWIND $rows AS row MATCH (x) WHERE id(x) = row[0] MATCH (y) WHERE id(y) = row[1] "
    "OPTIONAL MATCH (x)-[o:" + SAME_AS + " {source: row[2]}]->(y) WITH row, x, y, o WHERE o IS NULL "
    "CREATE (x)-[:" + SAME_AS + " {source: row[2], run: row[3]}]->(y) RETURN row[2]"
)
_COUNT = (
    "UNWIND $rows AS row MATCH (s:Source {name: row[0]}) "
    "SET s.pending = [i IN range(0, 3) | s.pending[i] + row[1][i]], s.same = coalesce(s.same, false) OR row[2], "
    "s.unlogged = coalesce(s.unlogged, false) OR $unlogged"
)


def mark_of(head: int, relation: int, tail: int, qualifiers: str) -> int:
    """What a statement that was sent is remembered by."""
    return hash(((head, relation, tail), qualifiers))


class Sending:
    """One batch in its transaction. What it learns becomes the sender's when the transaction stands."""

    def __init__(self, sender: Sender, work: Work, batch: Batch, *, alone: bool = False) -> None:
        """``alone``: all its nodes and relations are known, and none of its statements stands yet."""
        self._sender, self._work, self._batch, self._alone = sender, work, batch, alone
        self.nodes: dict[Ref, tuple[int, int]] = {}
        self.relations: dict[str, tuple[int, str]] = {}
        self.sent: set[int] = set()
        self.logged = sender.logged
        self._made: set[Ref] = set()
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self._changed: set[int] = set()
        self._stale: set[int] = set()
        self._passages: set[str] = set()
        self._same: set[str] = set()

    def run(self) -> Sending:
        batch, runs = self._batch, sorted({self._sender.runs[name] for name in self._batch.sources})
        known = self._work.rows("MATCH (b:KgqaBatch {key: $key}) RETURN 1", key=batch.key)
        if known and self._sender.kept is None:
            return self  # the answer to an earlier attempt was lost, the attempt was not
        self._find_nodes()
        self._find_relations()
        self._write_facts()
        edges = StatementBatch(self._work, self._sender.view, self._sender.runs)
        self._write_statements(edges)
        self._write_passages()
        if self._stale:
            self._work.rows(_STALE, ids=sorted(self._stale))
        self._write_log(runs, edges.log)
        if not known:
            self._work.rows("CREATE (b:KgqaBatch {key: $key, runs: $runs})", key=batch.key, runs=runs)
        # Last, for it locks the sources, in whose order transactions that go at once are then committed.
        rows = [[name, self._counts[name], name in self._same] for name in sorted(self._counts)]
        self._work.rows(_COUNT, rows=rows, unlogged=self.logged is None)
        return self

    def _node(self, ref: Ref) -> tuple[int, int]:
        """Internal id and number."""
        return self.nodes.get(ref) or self._sender.nodes[ref]

    def _relation(self, name: str) -> tuple[int, str]:
        """Number and relationship type."""
        return self.relations.get(name) or self._sender.relations[name]

    def _run(self, source: str) -> int:
        return self._sender.runs[source]

    def _said(self, source: str, *kinds: int) -> None:
        counts = self._counts[source]
        for kind in (ASSERTIONS, *kinds):
            counts[kind] += 1

    # --- nodes and relations

    def _find_nodes(self) -> None:
        wanted = [ref for ref in self._batch.nodes if ref not in self._sender.nodes]
        if not self._sender.all_known:
            for query, literal in ((_FIND_ENTITIES, False), (_FIND_LITERALS, True)):
                asked = [ref for ref in wanted if isinstance(ref, tuple) is literal]
                if asked:
                    keys = [[projection.stored_key(ref), at] for at, ref in enumerate(asked)]
                    ((found,),) = self._work.rows(query, keys=keys)
                    self.nodes |= {asked[at]: (id, number) for at, id, number in found}
        new = [ref for ref in wanted if ref not in self.nodes]
        if new:
            self._make_nodes(new)

    def _make_nodes(self, new: list[Ref]) -> None:
        batch, run = self._batch, min(self._run(name) for name in self._batch.sources)
        first = self._work.rows(_TAKE["node"], count=len(new))[0][0]
        values: dict[Ref, list[tuple[str, NodeKey]]] = defaultdict(list)
        for head, relation, tail, _ in batch.statements:
            if isinstance(tail, tuple) and isinstance(head, str):
                values[head].append((relation, tail))
        for literal in (False, True):
            refs = [(ref, number) for number, ref in enumerate(new, first) if isinstance(ref, tuple) is literal]
            rows: list[list[Any]] = []
            for at, (ref, number) in enumerate(refs):
                if isinstance(ref, tuple):
                    rows.append([{**projection.literal_properties(ref), "number": number, "run": run}, at])
                    continue
                facts = list(batch.facts.get(ref, ()))
                shown, labels = projection.entity_properties(ref, facts, values.get(ref, ()))
                packed = {"facts": [pack(fact) for fact in facts], "runs": [self._run(fact.source) for fact in facts]}
                rows.append([{**shown, **packed, "number": number, "run": run}, labels, at])
                for fact in facts:
                    self._said(fact.source, *((ENTITIES,) if fact.field == EntityField.PRESENT else ()))
            if rows:
                ((made,),) = self._work.rows(_MAKE_LITERALS if literal else _MAKE_ENTITIES, rows=rows)
                self.nodes |= {refs[at][0]: (id, refs[at][1]) for at, id in made}
        self._made.update(new)
        self._changed.update(range(first, first + len(new)))

    def _find_relations(self) -> None:
        wanted = [name for name in self._batch.relations if name not in self._sender.relations]
        keys = [[stored_id(name)[0], at] for at, name in enumerate(wanted)]
        for at, _, number, type in self._work.rows(_FIND_RELATIONS, keys=keys) if keys else ():
            self.relations[wanted[at]] = (number, type)
        new = [name for name in wanted if name not in self.relations]
        if not new:
            return
        first = self._work.rows(_TAKE["relation"], count=len(new))[0][0]
        rows = []
        for at, name in enumerate(new):
            short, long = stored_id(name)
            about = {"id": short, "long_id": long, "number": first + at, "type": type_of(name), "name": name}
            rows.append([{**about, "facts": [], "runs": []}, at])
        for at, _, number, type in self._work.rows(_MAKE_RELATIONS, rows=rows):
            self.relations[new[at]] = (number, type)

    def _write_facts(self) -> None:
        kept = self._sender.kept
        rows = []
        for name, facts in self._batch.facts.items():
            id, number = self._node(name)
            if kept is not None:
                kept.facts.update((number, fact) for fact in facts if fact.source == self._sender.source)
            if name not in self._made:
                rows.append((id, number, facts))
        changed = self._merge_facts(rows)
        self._changed |= {number for _, number in changed}
        self._stale |= {id for id, _ in changed}
        relations = {}
        if self._batch.relation_facts:
            keys = [[stored_id(name)[0], name] for name in self._batch.relation_facts]
            relations = {row[0]: (row[1], row[2]) for row in self._work.rows(_FIND_RELATIONS, keys=keys)}
        if kept is not None:
            for name, facts in self._batch.relation_facts.items():
                said = {(relations[name][1], fact) for fact in facts if fact.source == self._sender.source}
                kept.relation_facts |= said
        self._merge_facts([(*relations[name], facts) for name, facts in self._batch.relation_facts.items()], of=None)

    def _merge_facts(
        self, rows: list[tuple[int, int, dict[Said, None]]], of: int | None = ENTITIES
    ) -> list[tuple[int, int]]:
        """Adds the facts that each node lacks; gives id and number of those that changed."""
        if not rows:
            return []
        ((found,),) = self._work.rows(_FACTS, ids=[row[0] for row in rows])
        stored = {row[0]: row[1:] for row in found}
        updates, changed = [], []
        for id, number, facts in rows:
            texts, runs = (list(part) for part in stored[id])
            known = set(texts)
            for fact in facts:
                if (text := pack(fact)) not in known:
                    texts.append(text)
                    runs.append(self._run(fact.source))
                    counted = of is not None and fact.field == EntityField.PRESENT
                    self._said(fact.source, *((ENTITIES,) if counted else ()))
            if len(texts) > len(known):
                updates.append([id, texts, runs])
                changed.append((id, number))
        if updates:
            self._work.rows(_SET_FACTS, rows=updates)
        return changed

    # --- statements, passages, pairs

    def _write_statements(self, edges: StatementBatch) -> None:
        sender, kept = self._sender, self._sender.kept
        places = {ref: self._node(ref) for ref in self._batch.nodes}
        types = {name: self._relation(name) for name in self._batch.relations}
        for (head, relation, tail, qualifiers), sources in self._batch.statements.items():
            (h, head_number), (t, tail_number) = places[head], places[tail]
            number, type = types[relation]
            edge = (head_number, number, tail_number)
            if kept is not None and sender.source in sources:
                kept.statements.add((*edge, qualifiers))
            if tail.__class__ is tuple and isinstance(head, str) and head not in self._made:
                self._stale.add(h)
            if self._alone:
                edges.add(h, t, type, edge, qualifiers, sources, known_new=True)
                continue
            mark = mark_of(head_number, number, tail_number, qualifiers)
            fresh = (
                head_number >= sender.first_node or tail_number >= sender.first_node or number >= sender.first_relation
            )
            known_new = fresh and sender.sent is not None and mark not in sender.sent and mark not in self.sent
            edges.add(h, t, type, edge, qualifiers, sources, known_new=known_new)
            self.sent.add(mark)
        for name, count in edges.write().items():
            self._counts[name][STATEMENTS] += count
            self._counts[name][ASSERTIONS] += count

    def _write_passages(self) -> None:
        batch, kept, source = self._batch, self._sender.kept, self._sender.source
        rows = [{**row, "run": self._run(row["source"])} for row in batch.passages.values()]
        for name, said_by in self._work.rows(_PASSAGES, rows=rows) if rows else ():
            self._said(said_by, PASSAGES)
            self._passages.add(name)
        mentions = [
            [key, start, end, self._node(entity)[0], said_by, self._run(said_by)]
            for key, start, end, entity, said_by in batch.mentions
        ]
        for name, said_by in self._work.rows(_MENTIONS, rows=mentions) if mentions else ():
            self._said(said_by)
            self._passages.add(name)
        pairs = [[self._node(a)[0], self._node(b)[0], name, self._run(name)] for a, b, name in batch.same]
        for (name,) in self._work.rows(_SAME, rows=pairs) if pairs else ():
            self._said(name)
            self._same.add(name)
        if kept is not None:
            kept.passages.update(key for key, row in batch.passages.items() if row["source"] == source)
            kept.mentions.update(
                (key, start, end, self._node(entity)[1])
                for key, start, end, entity, said_by in batch.mentions
                if said_by == source
            )
            kept.same.update((self._node(a)[1], self._node(b)[1]) for a, b, name in batch.same if name == source)

    def _write_log(self, runs: list[int], edges: list[tuple[int, int, int, bool, bool]]) -> None:
        """Notes what this batch changed, for deltas, unless it is too much for one."""
        if self.logged is None:
            return
        self.logged += len(edges) + len(self._changed) + len(self._passages)
        if self.logged > LOG_AT_MOST:
            self.logged = None
        elif edges or self._changed or self._passages:
            self._work.rows(LOG, row={"runs": runs, **log_row(edges, self._changed, self._passages)})
