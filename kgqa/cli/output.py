"""What a command says: results on standard output, progress, notes and errors on standard error."""

from __future__ import annotations

import errno
import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from kgqa.cli.interrupts import Interrupts, remembered
from kgqa.errors import KgqaError

if TYPE_CHECKING:
    from rich.console import Console

    from kgqa.types import Progress

# Names come from anybody's graph: escape codes and marks that turn the writing direction stay out of the terminal.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PLAIN_WIDTH = 160  # of tables that go to a file


def plain(text: object) -> str:
    """Text that is safe to show on a terminal."""
    return _UNSAFE.sub("\ufffd", str(text))


class Output:
    """Where one command's words go."""

    def __init__(self, *, as_json: bool, quiet: bool, interrupts: Interrupts | None = None) -> None:
        self.as_json, self.quiet, self._interrupts = as_json, quiet, interrupts or Interrupts()

    def result(self, data: Any, show: Callable[[Console], None]) -> None:
        """The result: JSON on one line with ``--json``, otherwise as ``show`` draws it for people."""
        if self.as_json:
            print_json(data)
            return
        from rich.console import Console

        width = None if sys.stdout.isatty() else _PLAIN_WIDTH
        show(Console(file=sys.stdout, width=width, markup=False, emoji=False, highlight=False, soft_wrap=True))

    def note(self, text: str) -> None:
        """A word to the person at the terminal; none with ``--quiet``."""
        if not self.quiet:
            say(text)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """What work calls as it moves on: a bar on the terminal, and nothing to see where nobody is looking."""
        if self.quiet or not sys.stderr.isatty():
            yield lambda what, done, total: self._interrupts.check()
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Bars(*columns, console=Console(file=sys.stderr), transient=True) as bars:
            tasks: dict[str, Any] = {}

            def advance(what: str, done: int, total: int | None) -> None:
                self._interrupts.check()
                if what not in tasks:
                    tasks[what] = bars.add_task(plain(what), total=total)
                bars.update(tasks[what], completed=done, total=total)

            yield advance


@contextmanager
def session(*, as_json: bool, quiet: bool, debug: bool) -> Iterator[Output]:
    """Runs a command: an error becomes one line on standard error and the exit code that it stands for."""
    handler = _Notes()
    logger = logging.getLogger("kgqa")
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
    try:
        with remembered() as interrupts:
            yield Output(as_json=as_json, quiet=quiet, interrupts=interrupts)
    except KgqaError as error:
        fail(str(error), debug=debug)
        raise typer.Exit(error.exit_code) from None
    except (typer.Exit, typer.Abort):
        raise
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader of a pipe has gone: nothing to say, nobody to say it to
            raise
        fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", debug=debug)
        raise typer.Exit(1) from None
    except Exception as error:
        fail(f"{type(error).__name__}: {error} (a defect: --debug shows where; please report it)", debug=debug)
        raise typer.Exit(1) from None
    finally:
        logger.removeHandler(handler)


def fail(text: str, *, debug: bool) -> None:
    """Says on standard error what went wrong, in one line; with ``debug`` also where."""
    if debug:
        sys.stderr.write(plain(traceback.format_exc()))
    say("error: " + " ".join(text.split()))


def say(text: str) -> None:
    sys.stderr.write(plain(f"kgqa: {text}") + "\n")


def print_json(data: Any) -> None:
    """One object on one line."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, default=_as_json) + "\n")


def _as_json(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


class _Notes(logging.Handler):
    """What the engine says on its way (an index brought up to date, a stale model)."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())
