"""The number of the last transaction, from the bookmarks that a server gives."""

from __future__ import annotations

import base64

_SIXTEEN_BYTES, _AFTER_DATABASE = b"\xcc\x10", 19
_TINY, _WIDTHS = 0x80, {0xC8: 1, 0xC9: 2, 0xCA: 4, 0xCB: 8}
"""How PackStream marks whole numbers: those below 128 stand as they are, others after their width."""


def transaction_number(bookmark: str) -> int | None:
    """The number of the transaction that a bookmark of Neo4j 5 names; None for a bookmark of another make.

    After ``FB:`` stands in base 64 a list: the database (16 bytes), the number, and what is empty without a cluster,
    each as Bolt's PackStream packs it.
    """
    try:
        packed = base64.b64decode(bookmark.removeprefix("FB:"), validate=True)
    except ValueError:
        return None
    if not bookmark.startswith("FB:") or packed[1:3] != _SIXTEEN_BYTES or len(packed) < _AFTER_DATABASE + 1:
        return None
    rest = packed[_AFTER_DATABASE:]
    width = _WIDTHS.get(rest[0], 0)
    if not width:
        return rest[0] if rest[0] < _TINY else None
    return int.from_bytes(rest[1 : 1 + width], "big", signed=True) if len(rest) > width else None
