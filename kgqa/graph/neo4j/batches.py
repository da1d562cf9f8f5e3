"""Sends the batches of one write, each once, and remembers what the database has for the next."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from kgqa.errors import StoreError
from kgqa.graph.neo4j.packing import Kept
from kgqa.graph.neo4j.sending import Sending, mark_of
from kgqa.graph.neo4j.server import Server, Work
from kgqa.graph.neo4j.showing import View

if TYPE_CHECKING:
    from kgqa.graph.neo4j.writer import Batch, Ref

_NODES_KEPT = 3_000_000
_SENT_KEPT = 5_000_000
_AT_ONCE = 2

_BEGIN = (
    "MATCH (m:KgqaMeta) UNWIND $names AS name MERGE (s:Source {name: name}) "
    "ON CREATE SET s.entities = 0, s.statements = 0, s.passages = 0, s.assertions = 0, s.revision = 0 "
    "SET s.finished = false, s.pending = coalesce(s.pending, [0, 0, 0, 0]) "
    "WITH s, m WHERE s.run IS NULL MATCH (c:KgqaCounter) "
    "SET s.run = c.next_run, s.begun = m.revision, c.next_run = c.next_run + 1"
)
_RUNS = "UNWIND $names AS name MATCH (s:Source {name: name}) RETURN s.name, s.run"


class Sender:
    """Sends the batches of one write. ``kept`` notes what a replacing write says of ``source``.

    A batch that only leads from known nodes to known nodes, with statements that cannot stand yet, is executed while
    the one before it is still committed: each takes the lock of its source last, so commits come one by one.
    """

    def __init__(self, server: Server, view: View, *, source: str, replacing: bool) -> None:
        self._server = server
        self.view = view
        self.source = source
        self.kept = Kept() if replacing else None
        self.runs: dict[str, int] = {}
        self.failed = False
        self.nodes: dict[Ref, tuple[int, int]] = {}
        self.relations: dict[str, tuple[int, str]] = {}
        first = next(server.read("MATCH (c:KgqaCounter) RETURN c.next_node, c.next_relation"))
        self.first_node, self.first_relation = int(first[0]), int(first[1])
        self.all_known = not self.first_node  # in an empty graph there is nothing but what we made
        self.sent: set[int] | None = set()
        self.logged: int | None = 0 if view.revision else None  # deltas begin at revision 1
        self._batches = {row[0] for row in server.read("MATCH (b:KgqaBatch) RETURN b.key")}
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="kgqa-neo4j-ahead")
        self._flying: deque[Future[Sending]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._pool.shutdown()

    def wait(self) -> None:
        """Until every batch stands. Raises what the first that fails raised."""
        try:
            self._land(0)
        except StoreError:
            self.failed = True
            raise

    def _land(self, most: int) -> None:
        while len(self._flying) > most:
            self._flying.popleft().result()

    def send(self, batch: Batch) -> None:
        """Writes a batch unless it was written before. ``failed`` tells afterwards that it was the server's fault."""
        try:
            self._send(batch)
        except StoreError:
            self.failed = True
            raise

    def is_taken_over(self, work: Work) -> bool:
        """Whether the sources of this write are no longer under way as it left them."""
        return dict(work.rows(_RUNS, names=sorted(self.runs))) != self.runs

    def _send(self, batch: Batch) -> None:
        if new := batch.sources - self.runs.keys():
            self._server.write(_BEGIN, names=sorted(new))
            self.runs |= dict(self._server.write(_RUNS, names=sorted(new)))
        if self.kept is not None:
            self.kept.batches.add(batch.key)
        elif batch.key in self._batches:
            self.all_known = False
            self.sent = None  # what was sent is not known one by one any more
            return
        marks = self._marks_alone(batch)
        if marks is not None:
            self._land(_AT_ONCE - 1)
            self._remember(marks)
            self._batches.add(batch.key)
            self._flying.append(self._pool.submit(self._transact, batch, alone=True))
            return
        self._land(0)
        done = self._transact(batch)
        self.nodes |= done.nodes
        self.relations |= done.relations
        self._batches.add(batch.key)
        self.logged = done.logged
        self._remember(done.sent)
        if len(self.nodes) > _NODES_KEPT:
            self.nodes.clear()
            self.all_known = False

    def _remember(self, marks: set[int]) -> None:
        if self.sent is not None:
            self.sent |= marks
            if len(self.sent) > _SENT_KEPT:
                self.sent = None

    def _transact(self, batch: Batch, *, alone: bool = False) -> Sending:
        return self._server.transact(lambda work: Sending(self, work, batch, alone=alone).run())

    def _marks_alone(self, batch: Batch) -> set[int] | None:
        """The marks of the statements of a batch that needs to know nothing of those before it; None of any other."""
        about = (batch.facts, batch.relation_facts, batch.passages, batch.mentions, batch.same)
        if self.kept is not None or self.sent is None or self.logged is not None or any(about):
            return None
        if not (batch.nodes.keys() <= self.nodes.keys() and batch.relations.keys() <= self.relations.keys()):
            return None
        marks = set()
        for head, relation, tail, qualifiers in batch.statements:
            if tail.__class__ is tuple:  # its head is to be brought up to date, which locks that
                return None
            ends = self.nodes[head][1], self.nodes[tail][1]
            number = self.relations[relation][0]
            if max(ends) < self.first_node and number < self.first_relation:
                return None
            marks.add(mark_of(ends[0], number, ends[1], qualifiers))
        return marks if marks.isdisjoint(self.sent) else None
