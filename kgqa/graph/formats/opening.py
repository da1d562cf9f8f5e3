"""Opening sources: files, standard input, gzip, byte order marks, bytes that are no text."""

from __future__ import annotations

import codecs
import gzip
import io
import sys
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from kgqa.errors import InputError, UsageError

STDIN = "-"
_GZIP = b"\x1f\x8b"


@contextmanager
def open_bytes(path: str) -> Iterator[io.BufferedReader]:
    """The bytes of a file or, for ``-``, of standard input; gzip is recognised by its first bytes and unpacked.

    Raises InputError when the file cannot be opened or read, or when the gzip stream is torn.
    """
    try:
        with _raw(path) as raw:
            if raw.peek(2)[:2] == _GZIP:
                with gzip.open(raw, "rb") as unpacked:
                    yield io.BufferedReader(unpacked)
            else:
                yield raw
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"damaged gzip data: {error}", path=path, hint="fetch or pack the file again") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=path) from error


@contextmanager
def open_text(path: str, *, encoding: str = "utf-8", newline: str = "\n") -> Iterator[TextIO]:
    """The text of a source, without a byte order mark.

    Lines end at ``\\n`` alone, so that no character inside a field is taken for a line end. A byte that is no text
    becomes a lone surrogate, which :func:`clean` finds: so the line of the error is known, and the rest still reads.
    """
    try:
        codec = codecs.lookup(encoding).name
    except LookupError:
        raise UsageError(f"unknown encoding {encoding!r}; use the name of a Python codec such as 'utf-8'") from None
    with open_bytes(path) as raw:
        if codec in ("utf-8", "utf-8-sig"):
            codec = "utf-8"
            start = raw.peek(3)[:3]
            if start == codecs.BOM_UTF8:
                raw.read(3)
            elif start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                raise InputError("this is UTF-16, not UTF-8", path=path, line=1, hint="save it as UTF-8")
        text = io.TextIOWrapper(raw, encoding=codec, errors="surrogateescape", newline=newline)
        try:
            yield text
        except UnicodeDecodeError as error:
            raise InputError(f"not {encoding}: {error}", path=path, hint="give the encoding of the file") from error
        finally:
            text.detach()


def clean(text: str) -> str | None:
    """``text`` in NFC, or None when it holds something that is no text (a wrong byte, a lone surrogate)."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return unicodedata.normalize("NFC", text)


@contextmanager
def _raw(path: str) -> Iterator[io.BufferedReader]:
    if path != STDIN:
        with Path(path).open("rb") as file:
            yield file
        return
    buffer = getattr(sys.stdin, "buffer", None)
    if buffer is None:  # replaced by a stream of text
        buffer = io.BytesIO(sys.stdin.read().encode("utf-8"))
    if isinstance(buffer, io.BufferedReader):
        yield buffer
    else:
        wrapped = io.BufferedReader(buffer)
        yield wrapped
        wrapped.detach()
