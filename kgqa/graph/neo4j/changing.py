"""Writes and deletes: batches under the one writer's lock, then an end in one transaction, tried again if need be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kgqa.errors import NotFoundError, StoreBusyError, StoreError
from kgqa.graph.neo4j.batches import Sender
from kgqa.graph.neo4j.outside import seal
from kgqa.graph.neo4j.packing import Kept
from kgqa.graph.neo4j.publishing import Publisher, forget_pending, take_back
from kgqa.graph.neo4j.removal import Removal, Tally
from kgqa.graph.neo4j.retiring import retire, settle, too_much
from kgqa.graph.neo4j.server import Server, Work
from kgqa.graph.neo4j.showing import View, current_view
from kgqa.graph.neo4j.writer import Writer, source_name
from kgqa.graph.store import WriteReport
from kgqa.types import Progress, Records

_STANDS = "MATCH (s:Source {name: $name}) RETURN 1"


class Changing:
    """Changes one store."""

    def __init__(self, server: Server, language: str) -> None:
        self._server, self._language = server, language

    def write(
        self, records: Records, *, source: str, replace: bool = False, progress: Progress | None = None
    ) -> WriteReport:
        """Adds the records, or makes them the whole content of the source. Raises InputError that names a bad one."""
        name = source_name(source)
        sender: Sender | None = None
        try:
            with self._turn() as (work, view):
                try:
                    with Sender(self._server, view, source=name, replacing=replace) as sending:
                        Writer(sending, language=self._language, source=name).add_all(records, progress)
                        sending.wait()
                except Exception:
                    if sending.failed:
                        raise  # what was sent stays unfinished, as after a kill: the same write again continues it
                    take_back(self._server, sending.runs, view, work)
                    work.commit()
                    seal(self._server)
                    raise
                sender = sending
                report = self._finish(work, view, sender)
        except StoreBusyError:
            if sender is None:
                raise
            whole = sender
            report = self._server.again(lambda: self._finish_anew(whole))
        settle(self._server)
        return report

    def delete(self, source: str) -> WriteReport:
        """Removes all that only this source says. Raises NotFoundError for one that is not there."""
        known = self._server.one(_STANDS, name=source) is not None
        report = self._server.again(lambda: self._delete(source, known=known))
        settle(self._server)
        return report

    @contextmanager
    def _turn(self) -> Iterator[tuple[Work, View]]:
        """The one writer's lock, once nothing waits to be cleared away."""
        while True:
            settle(self._server)
            with self._server.locked() as work:
                view = current_view(work, self._server.location)
                if not view.leaving:
                    yield work, view
                    return

    def _finish(self, work: Work, view: View, sender: Sender) -> WriteReport:
        """The end of a write whose batches all stand."""
        removal = leaving = None
        if sender.kept is not None:
            removal, leaving = self._remove(work, view, sender.source, sender.kept)
        publisher = Publisher(self._server, work, view)
        added, removed = publisher.publish(sender.runs, removal, leaving=leaving)
        work.commit()
        seal(self._server)
        return WriteReport(publisher.next if added or removed else view.revision, added, removed)

    def _finish_anew(self, sender: Sender) -> WriteReport:
        """The same with the lock taken again, after the server gave the transaction up."""
        with self._turn() as (work, view):
            if sender.is_taken_over(work):
                raise StoreError(
                    f"{self._server.location}: somebody else has written {sender.source!r} meanwhile; do it again"
                )
            return self._finish(work, view, sender)

    def _delete(self, source: str, *, known: bool) -> WriteReport:
        with self._turn() as (work, view):
            if not work.rows(_STANDS, name=source):
                if known:  # what was left of it has just been cleared away
                    return WriteReport(view.revision, 0, 0)
                raise NotFoundError(f"{self._server.location}: no source {source!r}; `kgqa info` lists the sources")
            removal, leaving = self._remove(work, view, source, None)
            forget_pending(work, [source])
            publisher = Publisher(self._server, work, view)
            _, removed = publisher.publish((), removal, leaving=leaving)
            work.commit()
            seal(self._server)
        return WriteReport(publisher.next if removed else view.revision, 0, removed)

    def _remove(
        self, work: Work, view: View, source: str, kept: Kept | None
    ) -> tuple[Tally, tuple[str, list[int]] | None]:
        """Removes what a source says, less what is kept; what is too much for one transaction is marked instead."""
        if too_much(self._server, view, source, kept):
            retirement = retire(self._server, view, source, kept)
            return retirement, (source, retirement.marks)
        removal = Removal(work, view)
        removal.run(sources=[source], runs=[], kept=kept)
        return removal, None
