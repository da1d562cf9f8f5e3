"""Facts are compared in the words of the question's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.retrieval.local_names import LocalNames, RelationName
from kgqa.retrieval.results import TripleResult
from kgqa.retrieval.retriever import Retriever
from kgqa.types import Entity, Relation, Triple

RECORDS = [
    Relation("borders", label="borders", labels={"de": "grenzt an"}),
    Relation("capital", label="capital", labels={"de": "Hauptstadt"}, aliases={"en": ("seat of government",)}),
    Relation("river", label="river"),
    Entity("at", "Austria", labels={"de": "Österreich"}),
    Entity("vienna", "Vienna", labels={"de-AT": "Wien"}),
    Entity("it", "Italy", aliases={"de": ("Italien",)}),
    Triple("at", "borders", "it"),
    Triple("at", "capital", "vienna"),
    Triple("at", "river", "inn"),
]


@pytest.mark.parametrize(
    ("question", "relation"),
    [
        ("Was ist die Hauptstadt von Österreich?", "capital"),
        ("An welches Land grenzt Österreich?", "borders"),
        ("Where is the seat of government of Austria?", "capital"),
        ("Which countries are Austria's borders with?", "borders"),
    ],
)
def test_a_fact_is_found_by_what_the_language_of_the_question_calls_it(
    tmp_path: Path, question: str, relation: str
) -> None:
    with SQLiteStore.create(tmp_path / "store") as store, TextIndex.open(tmp_path / "text") as text:
        store.write(RECORDS, source="atlas")
        text.refresh(store)
        snapshot = open_snapshot(tmp_path / "snapshot", store)
        retriever = Retriever(store, snapshot, text, link=Linker(snapshot, text).link)
        best = retriever.search(question, kind="triple")[0]
        assert isinstance(best, TripleResult) and best.relation == relation
        # What is shown stays in the language of the store.
        assert best.head_label == "Austria"


def test_a_name_that_the_language_lacks_is_the_one_shown(tmp_path: Path) -> None:
    with SQLiteStore.create(tmp_path / "store") as store:
        store.write(RECORDS, source="atlas")
        snapshot = open_snapshot(tmp_path / "snapshot", store)
        names = LocalNames(store, snapshot)
        nodes = {id: snapshot.node(id) or 0 for id in ("at", "vienna", "it", "inn")}
        german = names.nodes(nodes.values(), "de")
        assert {id: german[node] for id, node in nodes.items()} == {
            "at": "Österreich",
            "vienna": "Wien",
            "it": "Italien",
            "inn": "inn",
        }
        river, capital = snapshot.relation_number("river"), snapshot.relation_number("capital")
        assert river is not None and capital is not None
        assert names.relation(river, "de") == RelationName("river")
        assert names.relation(capital, "en") == RelationName("capital", ("seat of government",))
