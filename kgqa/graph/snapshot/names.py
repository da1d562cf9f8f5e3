"""Names as one block of UTF-8 with offsets, and a hash table from a name to its row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kgqa.types import Literal, LiteralType

ABSENT, ENTITY, FIRST_LITERAL = 0, 1, 2
LITERAL_TYPES = tuple(LiteralType)
"""The kind of a row: 0 absent, 1 entity, 2 + position here for a literal."""


@dataclass(frozen=True)
class NameTable:
    """Rows of (kind, id or literal value, label). A label equal to the id is not stored twice.

    kinds: shape: (rows,); offsets: shape: (2 * rows + 1,), the id's and the label's place in ``text``;
    bucket_starts and bucket_rows: the rows by the hash of their key, chained in power-of-two buckets;
    unit_rows, units, langs: the literals that carry a unit or a language, as positions in ``tags``.
    """

    kinds: NDArray[np.uint8]
    offsets: NDArray[Any]
    text: NDArray[np.uint8]
    bucket_starts: NDArray[np.int32]
    bucket_rows: NDArray[np.int32]
    tagged_rows: NDArray[np.int32]
    units: NDArray[np.int32]
    langs: NDArray[np.int32]
    tags: tuple[str, ...]

    @cached_property
    def _buffers(self) -> tuple[memoryview, memoryview, memoryview, memoryview]:
        return self.offsets.data, self.text.data, self.bucket_starts.data, self.bucket_rows.data

    def id_text(self, row: int) -> str:
        """The id of an entity or the value of a literal."""
        offsets, text, _, _ = self._buffers
        return str(text[offsets[2 * row] : offsets[2 * row + 1]], "utf-8")

    def label(self, row: int) -> str:
        """The label of an entity, its id when it has none."""
        offsets, text, _, _ = self._buffers
        low, middle, high = offsets[2 * row : 2 * row + 3]
        return str(text[middle:high] if high > middle else text[low:middle], "utf-8")

    def literal(self, row: int) -> Literal | None:
        """The literal of a row, None for an entity."""
        kind = int(self.kinds[row])
        if kind < FIRST_LITERAL:
            return None
        unit = lang = None
        at = int(np.searchsorted(self.tagged_rows, row))
        if at < len(self.tagged_rows) and self.tagged_rows[at] == row:
            unit, lang = self._tag(self.units[at]), self._tag(self.langs[at])
        return Literal(self.id_text(row), LITERAL_TYPES[kind - FIRST_LITERAL], unit, lang)

    def find(self, ref: str | Literal) -> int | None:
        """The row of an entity id or literal."""
        key = name_key(ref)
        _, _, starts, rows = self._buffers
        bucket = name_hash(key) & (len(starts) - 2)
        for at in range(starts[bucket], starts[bucket + 1]):
            row = rows[at]
            if self._matches(row, ref):
                return row
        return None

    def find_all(self, refs: Sequence[str]) -> list[int | None]:
        """The rows of many entity ids: ``find`` written out, for a batch."""
        offsets, text, starts, rows = self._buffers
        kinds, last = self.kinds.data, len(starts) - 2
        out: list[int | None] = []
        for ref in refs:
            key = ref.encode("utf-8", "surrogatepass")
            bucket = int.from_bytes(blake2b(key, digest_size=8).digest(), "little") & last
            found = None
            for at in range(starts[bucket], starts[bucket + 1]):
                row = rows[at]
                if text[offsets[2 * row] : offsets[2 * row + 1]] == key and kinds[row] == ENTITY:
                    found = row
                    break
            out.append(found)
        return out

    def labels(self, rows: Iterable[int]) -> list[str]:
        """The labels of many rows: ``label`` written out; literals read as value and unit."""
        offsets, text, _, _ = self._buffers
        kinds, rows_count = self.kinds.data, len(self.kinds)
        out = []
        for row in rows:
            if not 0 <= row < rows_count:
                raise IndexError(f"node {row} is not in this snapshot")
            if kinds[row] >= FIRST_LITERAL:
                literal = self.literal(row)
                out.append("" if literal is None else literal.label())
                continue
            middle, high = offsets[2 * row + 1], offsets[2 * row + 2]
            low = middle if high > middle else offsets[2 * row]
            out.append(str(text[low : high if high > middle else middle], "utf-8"))
        return out

    def _matches(self, row: int, ref: str | Literal) -> bool:
        if isinstance(ref, str):
            return self.kinds[row] == ENTITY and self.id_text(row) == ref
        return self.literal(row) == ref

    def _tag(self, number: Any) -> str | None:
        return None if number < 0 else self.tags[number]

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        names = ("kinds", "offsets", "text", "bucket_starts", "bucket_rows", "tagged_rows", "units", "langs")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_arrays(cls, arrays: Any, tags: Any) -> Self:
        names = ("kinds", "offsets", "text", "bucket_starts", "bucket_rows", "tagged_rows", "units", "langs")
        return cls(**{name: arrays[name] for name in names}, tags=tuple(tags))


class NameTableBuilder:
    """Collects rows in order; a row left out is absent."""

    def __init__(self) -> None:
        self._kinds = bytearray()
        self._parts: list[bytes] = []
        self._hashes: list[int] = []
        self._tagged: list[tuple[int, int, int]] = []
        self._tags: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._kinds)

    def skip_to(self, row: int) -> None:
        """Adds absent rows until ``row`` is the next."""
        gap = row - len(self._kinds)
        if gap > 0:
            self._kinds.extend(bytes(gap))
            self._parts.extend([b""] * (2 * gap))
            self._hashes.extend([0] * gap)

    def add_entity(self, id: str, label: str) -> None:
        key = id.encode()
        self._kinds.append(ENTITY)
        self._parts.append(key)
        self._parts.append(b"" if label == id else label.encode())
        self._hashes.append(name_hash(key))

    def add_literal(self, literal: Literal) -> None:
        if literal.unit is not None or literal.lang is not None:
            self._tagged.append((len(self._kinds), self._tag(literal.unit), self._tag(literal.lang)))
        self._kinds.append(FIRST_LITERAL + LITERAL_TYPES.index(literal.type))
        self._parts.append(literal.value.encode())
        self._parts.append(b"")
        self._hashes.append(name_hash(name_key(literal)))

    def _tag(self, text: str | None) -> int:
        return -1 if text is None else self._tags.setdefault(text, len(self._tags))

    def finish(self) -> NameTable:
        kinds = np.frombuffer(bytes(self._kinds), dtype=np.uint8)
        ends = np.cumsum(np.fromiter(map(len, self._parts), dtype=np.int64, count=len(self._parts)))
        total = int(ends[-1]) if len(ends) else 0
        offsets = np.concatenate([[0], ends]).astype(np.int32 if total < 2**31 else np.int64)
        text = np.frombuffer(b"".join(self._parts), dtype=np.uint8)
        present = np.flatnonzero(kinds)
        buckets = 1 << max(0, (len(present) // 2).bit_length())
        hashes = np.array(self._hashes, dtype=np.uint64)[present]
        bucket = (hashes & np.uint64(buckets - 1)).astype(np.int64)
        order = np.argsort(bucket, kind="stable")
        counts = np.bincount(bucket, minlength=buckets)
        tagged = np.array(self._tagged, dtype=np.int32).reshape(-1, 3)
        return NameTable(
            kinds,
            offsets,
            text,
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            present[order].astype(np.int32),
            tagged[:, 0].copy(),
            tagged[:, 1].copy(),
            tagged[:, 2].copy(),
            tuple(self._tags),
        )


def name_key(ref: str | Literal) -> bytes:
    """What is hashed: the id, or the literal with its type, unit and language."""
    text = ref if isinstance(ref, str) else "\0".join((str(ref.type), ref.unit or "", ref.lang or "", ref.value))
    # A lone surrogate is in no store; asking for one finds nothing rather than failing.
    return text.encode("utf-8", "surrogatepass")


def name_hash(key: bytes) -> int:
    """64 bits of BLAKE2b: the same in every process, and no input can be crafted to fill one bucket cheaply."""
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "little")
