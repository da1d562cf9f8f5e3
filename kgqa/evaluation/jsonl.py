"""Reads JSONL as the contracts have it: UTF-8, a BOM allowed, one JSON object a line, blank lines ignored."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number from 1, and either the object on it or what is wrong with it."""

    number: int
    data: dict[str, Any]
    problem: str | None = None


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file that are not blank. A line that is no JSON object comes with its ``problem``.

    Raises InputError when the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if number == 1:
                    raw = raw.removeprefix(b"\xef\xbb\xbf")
                if raw.strip():
                    yield _parse(number, raw)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error


def read_objects(path: Path) -> Iterator[Line]:
    """The objects of a file. Raises InputError with the line that is not one."""
    for line in read_lines(path):
        if line.problem is not None:
            raise InputError(line.problem, path=path, line=line.number, hint="each line must be one JSON object")
        yield line


def nfc(text: str) -> str:
    """Ids are compared in Unicode's normal form C."""
    return unicodedata.normalize("NFC", text)


def line_id(data: dict[str, Any], number: int) -> str:
    """The id on a line as a string; the line's number where there is none. Raises ValueError for another type."""
    value = data.get("id")
    if value is None:
        return str(number)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"'id' must be a string, not {json.dumps(value)[:60]}")
    return nfc(str(value))


def publish_text(path: Path, text: str) -> None:
    """Writes a small file whole or not at all: beside its place first, then over it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _parse(number: int, raw: bytes) -> Line:
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_refuse)
        if b"\\u" in raw:
            json.dumps(data, ensure_ascii=False).encode("utf-8")  # half a surrogate pair cannot be written again
    except UnicodeDecodeError as error:
        return Line(number, {}, f"not UTF-8 at byte {error.start + 1} of the line")
    except UnicodeEncodeError:
        return Line(number, {}, "an escape is half of a surrogate pair, which is no character")
    except json.JSONDecodeError as error:
        return Line(number, {}, f"not JSON: {error.msg} at column {error.colno}")
    except (ValueError, RecursionError) as error:
        return Line(number, {}, f"not JSON that can be used: {error}")
    if not isinstance(data, dict):
        return Line(number, {}, "not a JSON object")
    return Line(number, data)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
