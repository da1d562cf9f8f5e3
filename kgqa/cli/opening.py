"""Opens what a command works on: settings in their order, then the engine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgqa.cli.output import Output
    from kgqa.config import Settings
    from kgqa.engine import Engine


def settings_for(store: str | None, work: Path | None, config: Path | None) -> Settings:
    """Settings: arguments win over the environment, the environment over the file."""
    from kgqa.config import load_settings

    return load_settings(file=config, store=store, work=work)


def place_of(settings: Settings) -> str:
    """Where the graph is. Raises UsageError when nothing says."""
    from kgqa.errors import UsageError

    if not settings.store:
        raise UsageError("no store: give --store, or set KGQA_STORE")
    return settings.store


@contextmanager
def open_engine(store: str | None, work: Path | None, config: Path | None) -> Iterator[Engine]:
    """The engine on a graph that exists."""
    settings = settings_for(store, work, config)
    place = place_of(settings)
    from kgqa.engine import Engine

    with Engine.open(place, settings=settings) as engine:
        yield engine


@contextmanager
def open_to_answer(store: str | None, work: Path | None, config: Path | None, output: Output) -> Iterator[Engine]:
    """The engine with its indexes at the newest revision; says when that takes work, and what is wrong with a model."""
    with open_engine(store, work, config) as engine:
        state = engine.info()
        if state["snapshot"] != state["revision"]:
            output.note(f"bringing the indexes to revision {state['revision']}")
        with output.progress() as progress:
            rooms = engine.rooms(progress=progress)
        for note in rooms.notes:
            output.note(note)
        yield engine


@contextmanager
def open_or_create(settings: Settings, *, language: str | None, scratch: bool) -> Iterator[Engine]:
    """The engine on a graph that may not exist yet.

    A new one of which nothing came, because its input was refused, is taken away again. ``scratch``: where there is
    none, a passing one stands in for it.
    """
    place = place_of(settings)
    from kgqa.engine import Engine
    from kgqa.errors import KgqaError, StoreNotFoundError, UsageError

    try:
        engine = Engine.open(place, settings=settings)
    except StoreNotFoundError:
        if scratch:
            with (
                tempfile.TemporaryDirectory(prefix="kgqa-") as folder,
                Engine.create(Path(folder) / "store", language=language, settings=settings) as engine,
            ):
                yield engine
            return
        was_there = Path(place).exists()
        with Engine.create(place, language=language, settings=settings) as engine:
            try:
                yield engine
            except KgqaError:
                empty = engine.location.uri is None and not was_there and engine.revision == 0
                engine.close()
                if empty:
                    shutil.rmtree(engine.location.folder, ignore_errors=True)
                raise
        return
    with engine:
        if language is not None and language != engine.store.language:
            raise UsageError(f"{place} has its labels in {engine.store.language!r}: that is set when a store is made")
        yield engine
