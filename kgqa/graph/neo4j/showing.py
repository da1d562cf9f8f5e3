"""What shows: a write is a run; what has only unfinished runs, or newer ones than the reader, shows to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kgqa.errors import StoreError
from kgqa.graph.neo4j.server import Server, Work

_VIEW = (
    "MATCH (m:KgqaMeta) MATCH (c:KgqaCounter) "
    "RETURN m.revision, c.next_run - 1, COLLECT { MATCH (s:Source) WHERE s.run IS NOT NULL RETURN s.run }, "
    "COLLECT { MATCH (s:Source) WHERE s.gone IS NOT NULL UNWIND s.gone AS run RETURN run }"
)


@dataclass(frozen=True, slots=True)
class View:
    """The revision that a reader sees, the newest run given by then, and the runs that show to nobody.

    These are of unfinished writes, and, ``leaving``, of what was removed and is not cleared away yet.
    """

    revision: int
    newest: int
    hidden: tuple[int, ...]
    leaving: tuple[int, ...] = ()

    def shows(self, run: int) -> bool:
        return run <= self.newest and run not in self.hidden

    def visible(self, items: Sequence[Any], runs: Sequence[int]) -> list[Any]:
        """The items whose run shows."""
        return [item for item, run in zip(items, runs, strict=True) if self.shows(run)]

    @property
    def parameters(self) -> dict[str, Any]:
        return {"newest": self.newest, "hidden": list(self.hidden)}

    # --- conditions in Cypher, with $newest and $hidden as parameters

    def several(self, name: str) -> str:
        """That a statement shows."""
        if not self.hidden:
            return f"{name}.runs[0] <= $newest"
        return f"any(run IN {name}.runs WHERE run <= $newest AND NOT run IN $hidden)"

    def single(self, name: str) -> str:
        """That a mention, passage or pair shows."""
        return f"({name}.run <= $newest AND NOT {name}.run IN $hidden)"

    def node(self, name: str) -> str:
        """That an entity or literal shows: a node that an unfinished write made may be mentioned by a finished one."""
        if not self.hidden:
            return f"{name}.run <= $newest"
        if self.leaving:  # what mentioned it may be among that
            return self.mentioned(name)
        return f"({self.single(name)} OR {self.mentioned(name)})"

    def mentioned(self, name: str) -> str:
        """That something which shows is said of a node."""
        shows = "WHERE run <= $newest AND NOT run IN $hidden)"
        return (
            f"(any(run IN coalesce({name}.runs, []) {shows} OR "
            f"EXISTS {{ MATCH ({name})-[any]-() WHERE any(run IN coalesce(any.runs, [any.run]) {shows} }})"
        )


def current_view(place: Server | Work, location: str) -> View:
    """The view of now. Raises StoreError when the graph is gone."""
    rows = list(place.read(_VIEW)) if isinstance(place, Server) else place.rows(_VIEW)
    if not rows:
        raise StoreError(f"{location}: the graph is gone; was the database emptied?")
    revision, newest, unfinished, leaving = rows[0]
    return View(int(revision), int(newest), tuple(sorted((*unfinished, *leaving))), tuple(sorted(leaving)))
