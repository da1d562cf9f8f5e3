"""Names as one block of UTF-8 with offsets, and a hash table from a name to its row."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
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
_REPEATS = 8  # more than an eighth as many labels as rows: worth finding the distinct ones first


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
    def _buffers(self) -> tuple[memoryview, memoryview, memoryview]:
        return self.offsets.data, self.bucket_starts.data, self.bucket_rows.data

    def id_text(self, row: int) -> str:
        """The id of an entity or the value of a literal."""
        offsets = self._buffers[0]
        text, shift = self._text
        name: str = text[offsets[2 * row] + shift : offsets[2 * row + 1] + shift].decode()
        return name

    def label(self, row: int) -> str:
        """The label of an entity, its id when it has none."""
        offsets = self._buffers[0]
        text, shift = self._text
        middle, high = offsets[2 * row + 1], offsets[2 * row + 2]
        low = middle if high > middle else offsets[2 * row]
        name: str = text[low + shift : (high if high > middle else middle) + shift].decode()
        return name

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
        _, starts, rows = self._buffers
        bucket = name_hash(key) & (len(starts) - 2)
        for at in range(starts[bucket], starts[bucket + 1]):
            row = rows[at]
            if self._matches(row, ref):
                return row
        return None

    def find_all(self, refs: Sequence[str]) -> list[int | None]:
        """The rows of many entity ids: buckets and lengths compared by numpy, only what is left by text."""
        keys = [ref.encode("utf-8", "surrogatepass") for ref in refs]
        digests = b"".join([blake2b(key, digest_size=8).digest() for key in keys])
        bucket = (np.frombuffer(digests, dtype="<u8") & np.uint64(len(self.bucket_starts) - 2)).astype(np.int64)
        lengths = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
        at, end = self.bucket_starts[bucket], self.bucket_starts[bucket + 1]
        text, shift = self._text
        out: list[int | None] = [None] * len(keys)
        waiting = np.flatnonzero(at < end)
        while len(waiting):
            rows = self.bucket_rows[at[waiting]]
            low = self.offsets[2 * rows].astype(np.int64)
            right = (self.offsets[2 * rows + 1] - low == lengths[waiting]) & (self.kinds[rows] == ENTITY)
            for which, row, start in zip(
                waiting[right].tolist(), rows[right].tolist(), (low[right] + shift).tolist(), strict=True
            ):
                key = keys[which]
                if text[start : start + len(key)] == key:
                    out[which] = row
            at = at + 1
            waiting = waiting[at[waiting] < end[waiting]]
        return out

    def labels(self, rows: NDArray[np.int64]) -> list[str]:
        """The labels of many rows, literals as value and unit; a row that comes often is decoded once."""
        if len(rows) > len(self.kinds) // _REPEATS:
            used = np.zeros(len(self.kinds), dtype=bool)
            used[rows] = True
            distinct = np.flatnonzero(used)
            place = np.cumsum(used) - 1
            names: list[str] = np.array(self._decode(distinct), dtype=object)[place[rows]].tolist()
            return names
        return self._decode(rows)

    def refs(self, rows: NDArray[np.int64]) -> list[str]:
        """The ids of many rows, literals as value and unit."""
        return self._texts(rows, self.offsets[2 * rows], self.offsets[2 * rows + 1])

    def _decode(self, rows: NDArray[np.int64]) -> list[str]:
        middle, high = self.offsets[2 * rows + 1], self.offsets[2 * rows + 2]
        labelled = high > middle
        return self._texts(rows, np.where(labelled, middle, self.offsets[2 * rows]), np.where(labelled, high, middle))

    def _texts(self, rows: NDArray[np.int64], low: NDArray[Any], high: NDArray[Any]) -> list[str]:
        """The texts between these offsets; those of literals as value and unit."""
        text, shift = self._text
        bounds = zip((low.astype(np.int64) + shift).tolist(), (high.astype(np.int64) + shift).tolist(), strict=True)
        names = [text[a:b].decode() for a, b in bounds]
        for at in np.flatnonzero(self.kinds[rows] >= FIRST_LITERAL).tolist():
            literal = self.literal(int(rows[at]))
            names[at] = names[at] if literal is None else literal.label()
        return names

    @cached_property
    def _text(self) -> tuple[Any, int]:
        """The text as bytes to slice, and where it begins in them. Slicing the map itself is twice as fast."""
        source = getattr(self.text.base, "obj", None)
        if isinstance(source, mmap.mmap):
            return source, len(source) - self.text.nbytes
        return self.text.tobytes(), 0

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
