"""A small graph in the real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, Literal, Passage, Relation, Triple

RECORDS = [
    Entity("Q90", label="Paris", labels={"ja": "パリ"}, aliases={"en": ("City of Light",)}, types=("city",)),
    Entity("Q142", label="France", labels={"de": "Frankreich", "ja": "フランス"}, types=("country",)),
    Entity("Q183", label="Germany", labels={"fr": "Allemagne"}, types=("country",)),
    Entity("Q979", label="Polonium", types=("element",)),
    Relation("capital_of", label="capital of"),
    Triple("Q90", "capital_of", "Q142"),
    Triple("Q979", "symbol", Literal("Po")),
    Passage("p1", "Paris is the capital of France.", title="Paris"),
    Passage("p2", "Polonium was discovered in France by Marie Curie.", title="Polonium"),
    Passage("p3", "日本の首都は東京です。", title="東京"),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    with SQLiteStore.create(tmp_path / "graph.kgqa") as made:
        made.write(RECORDS, source="one")
        yield made
