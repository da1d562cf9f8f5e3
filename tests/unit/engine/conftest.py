"""A small graph of films, with a passage, opened as a user would."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa import Engine

RECORDS = [
    {"entity": {"id": "alien", "label": "Alien", "types": ["film"], "aliases": {"de": ["Das unheimliche Wesen"]}}},
    {"entity": {"id": "blade", "label": "Blade Runner", "types": ["film"], "attributes": {"release_year": 1982}}},
    {"entity": {"id": "scott", "label": "Ridley Scott", "types": ["person"]}},
    {"entity": {"id": "ford", "label": "Harrison Ford", "types": ["person"]}},
    {"entity": {"id": "witness", "label": "Witness", "types": ["film"], "attributes": {"release_year": 1985}}},
    {"relation": {"id": "directed_by", "label": "directed by", "functional": True}},
    {"relation": {"id": "starring", "label": "starring", "inverse_label": "starred in"}},
    {"triple": {"head": "alien", "relation": "directed_by", "tail": "scott"}},
    {"triple": {"head": "blade", "relation": "directed_by", "tail": "scott"}},
    {"triple": {"head": "blade", "relation": "starring", "tail": "ford"}},
    {"triple": {"head": "witness", "relation": "starring", "tail": "ford"}},
    {
        "passage": {
            "id": "p1",
            "title": "Blade Runner",
            "text": "Blade Runner is set in Los Angeles. Its neon streets were built on a studio lot.",
            "mentions": [{"start": 0, "end": 12, "entity": "blade"}],
        }
    },
]


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Read-only: shared by all tests of this room."""
    with Engine.create(tmp_path_factory.mktemp("films") / "films.kgqa") as engine:
        engine.ingest(RECORDS, source_name="films")
        yield engine


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Engine]:
    """One that a test may change."""
    with Engine.create(tmp_path / "own.kgqa") as engine:
        engine.ingest(RECORDS, source_name="films")
        yield engine
