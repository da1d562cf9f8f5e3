"""A linker over a small graph in the real store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.types import Entity, Literal, LiteralType, Record, Triple

RECORDS: list[Record] = [
    Entity("Q142", label="France", labels={"de": "Frankreich", "ja": "フランス", "ko": "프랑스"}, types=("country",)),
    Entity("Q183", label="Germany", types=("country",)),
    Entity("Q979", label="Polonium", types=("element",)),
    Entity("Q7186", label="Marie Curie", aliases={"en": ("Madame Curie",)}, types=("person",)),
    Entity("Q60", label="New York City", aliases={"en": ("New York",)}, types=("city",)),
    Entity("Q515", label="city"),
    Entity("Q3957", label="town"),
    Entity("Q1", label="It", types=("film",)),
    Entity("Q2", label="Schindler's List", types=("film",)),
    Entity("Q3", label="Mercury", types=("planet",)),
    Entity("Q4", label="Mercury", types=("element",)),
    Entity("Q5", label="Peña", types=("person",)),
    Entity("Q6", label="Pena", types=("person",)),
    Entity("Q7", label="1984", types=("film",)),
    Entity("ludwig_ii_of_bavaria"),
    Triple("Q979", "discovered_by", "Q7186"),
    Triple("Q979", "discovered_in", "Q142"),
    Triple("Q979", "year_of_discovery", Literal("1898", LiteralType.YEAR)),
    Triple("Q979", "symbol", Literal("Po")),
    Triple("Q7186", "born", Literal("1867-11-07", LiteralType.DATE)),
    Triple("Q142", "population", Literal("68000000", LiteralType.INTEGER)),
    Triple("Q3", "orbits", "Q8"),
    Triple("Q4", "symbol", Literal("Hg")),
    Triple("Q4", "boiling_point", Literal("356.7", LiteralType.DECIMAL)),
    Triple("Q142", "shares_border_with", "Q183"),
]


@pytest.fixture(scope="module")
def linker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linker]:
    folder = tmp_path_factory.mktemp("graph")
    with SQLiteStore.create(folder / "graph.kgqa") as store, TextIndex.open(folder / "text") as index:
        store.write(RECORDS, source="one")
        index.refresh(store)
        words = ["discovered by", "shares border with", "symbol", "city", "country", "element", "film"]
        yield Linker(open_snapshot(folder / "snapshot", store), index, relation_words=words)
