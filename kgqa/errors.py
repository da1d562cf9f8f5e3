"""Errors: one root, one subclass per kind of mistake, each with an exit code for the command line.

A message says what was wrong, where (file, line, id) and what to do about it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


class KgqaError(Exception):
    """Root of every error that kgqa raises on purpose.

    ``code`` is the stable name written to ``error.code`` of a batch line; ``exit_code`` is what the
    command line returns: 1 when the work failed, 2 when the usage or the input was wrong.
    """

    code = "failed"
    exit_code = 1

    def __reduce__(self) -> tuple[Callable[..., KgqaError], tuple[Any, ...]]:
        """How it passes between processes: as it is, whatever the constructor of its kind takes."""
        return _restored, (type(self), self.args, vars(self))


def _restored(kind: type[KgqaError], arguments: tuple[Any, ...], state: dict[str, Any]) -> KgqaError:
    error = kind.__new__(kind, *arguments)
    vars(error).update(state)
    return error


class InputError(KgqaError):
    """Input that cannot be used: says the place (file, line, id) and how to mend it."""

    code = "bad_input"
    exit_code = 2

    def __init__(
        self, problem: str, *, path: str | Path | None = None, line: int | None = None, hint: str | None = None
    ) -> None:
        where = "" if path is None else f"{path}:{line}: " if line is not None else f"{path}: "
        if path is None and line is not None:
            where = f"line {line}: "
        super().__init__(where + problem + (f" ({hint})" if hint else ""))
        self.problem, self.path, self.line, self.hint = problem, path, line, hint


class UsageError(KgqaError):
    """A call or option that makes no sense here."""

    code = "usage"
    exit_code = 2


class ConfigError(UsageError):
    """A setting that is unknown or has a wrong value."""

    code = "config"


class StoreError(KgqaError):
    """The store cannot be opened, read or written."""

    code = "store"


class StoreUnreachableError(StoreError):
    """The store's server does not answer."""

    code = "store_unreachable"


class StoreBusyError(StoreError):
    """The store's server gave a transaction up for now, as where others write to the same nodes."""

    code = "store_busy"


class StoreNotFoundError(StoreError):
    """There is no store at this place."""

    code = "no_store"
    exit_code = 2


class StoreVersionError(StoreError):
    """The store was written by a newer version of kgqa."""

    code = "store_version"


class NotFoundError(KgqaError):
    """A named entity, relation, passage or source does not exist."""

    code = "not_found"
    exit_code = 2


class PlanError(KgqaError):
    """A plan that is malformed or cannot be executed on this graph."""

    code = "plan"


class ModelError(KgqaError):
    """A model or artefact that is missing, stale, damaged or not what it claims to be."""

    code = "model"


class DeadlineError(KgqaError):
    """The time given for a piece of work ran out."""

    code = "timeout"


class MissingDependencyError(KgqaError):
    """An optional package or program is needed and absent."""

    code = "missing_dependency"

    def __init__(self, name: str, *, purpose: str, install: str) -> None:
        super().__init__(f"{purpose} needs {name}, which is not installed: {install}")
        self.name = name
