"""The tables of an offline import: their columns, and how a row of them is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Any

BETWEEN = "\x1f"  # of the members of a list; JSON never holds it as it is
HEADERS = {
    "entities": "number:long :ID(node) id:string long_id:string name:string aliases:string[] description:string "
    "facts:string[] runs:long[] run:long :LABEL",
    "literals": "number:long :ID(node) key:string value:string type:string unit:string lang:string dimension:string "
    "lo:double hi:double run:long :LABEL",
    "relations": "number:long :ID(relation) id:string long_id:string type:string name:string facts:string[] "
    "runs:long[] :LABEL",
    "passages": ":ID(passage) key:string id:string long_id:string text:string title:string language:string "
    "document:string offset:long source:string run:long :LABEL",
    "sources": ":ID(source) name:string entities:long statements:long passages:long assertions:long revision:long "
    "finished:boolean :LABEL",
    "meta": ":ID(meta) kind:string format:long language:string identity:string revision:long log_floor:long "
    "same_revision:long lock:boolean imported:boolean :LABEL",
    "counter": ":ID(counter) kind:string next_node:long next_relation:long next_run:long :LABEL",
    "mentions": ":START_ID(passage) :END_ID(node) :TYPE start:long end:long source:string run:long",
    "same": ":START_ID(node) :END_ID(node) :TYPE source:string run:long",
}
NODES = ("entities", "literals", "relations", "passages", "sources", "meta", "counter")


class Rows:
    """Rows of CSV in which every text is quoted and None is nothing at all."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def writerow(self, row: Sequence[Any]) -> None:
        self._file.write(",".join([_written(cell) for cell in row]) + "\n")

    def alike(self, ends: Iterable[tuple[int, int]], rest: Sequence[Any]) -> None:
        """A row for each of ``ends``, the other cells being the same."""
        end = "".join([f",{_written(cell)}" for cell in rest]) + "\n"
        self._file.writelines([f"{head},{tail}{end}" for head, tail in ends])


def _written(cell: Any) -> str:
    if cell.__class__ is str:
        return '"' + cell.replace('"', '""') + '"' if '"' in cell else f'"{cell}"'
    return "" if cell is None else str(cell)


def listed(items: Sequence[str]) -> str | None:
    return BETWEEN.join(items) if items else None


def cell_of(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
