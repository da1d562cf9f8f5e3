"""The text index over the real store: BM25, names, refresh by what changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgqa.errors import MissingDependencyError, StoreError, StoreVersionError, UsageError
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index import text_tables
from kgqa.index.normalise import name_key
from kgqa.index.text import TextIndex
from kgqa.types import Entity, Passage, Triple


@pytest.fixture
def index(store: SQLiteStore, tmp_path: Path) -> TextIndex:
    made = TextIndex.open(tmp_path / "text")
    made.refresh(store)
    return made


def dump(index: TextIndex) -> list[tuple[object, ...]]:
    """Everything that can be found, whatever the order in which it came in."""
    names = [(e.key, e.node, e.name, e.kind, e.language) for key in index.all_keys() for e in index.lookup([key])]
    words = ("Paris", "capital", "France", "Polonium", "Curie", "東京", "new", "passage", "other")
    return [*names, *((word, tuple(hit.id for hit in index.passages(word, 10))) for word in words)]


def found(index: TextIndex, query: str) -> list[str]:
    return [hit.id for hit in index.passages(query, 10)]


def test_the_passage_with_the_rarer_words_comes_first(index: TextIndex) -> None:
    assert found(index, "Who discovered polonium in France?") == ["p2", "p1"]


def test_scores_fall_and_k_limits(index: TextIndex) -> None:
    hits = index.passages("capital France", 10)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].score > 0
    assert len(index.passages("capital France", 1)) == 1
    with pytest.raises(UsageError, match="k is 0"):
        index.passages("France", 0)


def test_scripts_without_spaces_are_found_by_parts_of_words(index: TextIndex) -> None:
    assert found(index, "日本") == ["p3"]
    assert found(index, "東京はどこ") == ["p3"]


@pytest.mark.parametrize("query", ['"', "France AND", "title: x", "NEAR(a b)", "(", "*", "a^2 -b", "", "\0", "\ud800"])
def test_what_a_user_types_is_never_syntax(index: TextIndex, query: str) -> None:
    index.passages(query, 5)
    index.names(query, 5)


@given(query=st.text(max_size=30))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_query(index: TextIndex, query: str) -> None:
    assert len(index.passages(query, 2)) <= 2
    assert len(index.names(query, 2)) <= 2


def test_passages_that_tie_come_by_id_whatever_order_they_came_in(store: SQLiteStore, tmp_path: Path) -> None:
    for number in ("9", "3", "5"):
        store.write([Passage(f"t{number}", "same words here")], source=number)
    index = TextIndex.open(tmp_path / "text")
    index.refresh(store)
    assert [hit.id for hit in index.passages("words", 2)] == ["t3", "t5"]


def test_names_are_looked_up_by_key_in_every_language(index: TextIndex, store: SQLiteStore) -> None:
    for name, kind, language in [
        ("france", "label", None),
        ("FRANKREICH", "label", "de"),
        ("フランス", "label", "ja"),
    ]:
        (entry,) = index.lookup([name_key(name)])
        assert (entry.node, entry.kind, entry.language) == (store.node("Q142"), kind, language)
    assert [entry.kind for entry in index.lookup(["city of light", "po"])] == ["alias", "value"]


@pytest.mark.parametrize("misspelt", ["Polonum", "polonnium", "Ploonium", "Pollonium"])
def test_a_misspelt_name_finds_the_name(index: TextIndex, store: SQLiteStore, misspelt: str) -> None:
    best = index.names(misspelt, 3)[0]
    assert (best.node, best.name) == (store.node("Q979"), "Polonium")
    assert 0.7 < best.score < 1


def test_part_of_a_name_finds_it_with_a_lower_score(index: TextIndex) -> None:
    assert [(hit.name, hit.score < 0.9) for hit in index.names("Light", 1)] == [("City of Light", True)]


def test_a_refresh_without_change_does_nothing(index: TextIndex, store: SQLiteStore) -> None:
    assert index.refresh(store) is False
    assert index.revision == store.revision


def test_refreshing_step_by_step_equals_building_anew(index: TextIndex, store: SQLiteStore, tmp_path: Path) -> None:
    steps = [
        lambda: store.write([Entity("Q142", aliases={"en": ("La France", "Gaul")})], source="two"),
        lambda: store.write(
            [Passage("p9", "A new passage about other things."), Triple("A", "r", "B")], source="three"
        ),
        lambda: store.write([Entity("Q183", label="Deutschland")], source="one", replace=True),
        lambda: store.delete(source="two"),
        lambda: store.delete(source="three"),
    ]
    for number, step in enumerate(steps):
        step()
        assert index.refresh(store) is True
        fresh = TextIndex.open(tmp_path / f"fresh{number}")
        fresh.refresh(store)
        assert dump(index) == dump(fresh)
        assert index.counts() == fresh.counts()


def test_a_failed_refresh_leaves_the_index_as_it_was(
    index: TextIndex, store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, revision = dump(index), index.revision
    store.write([Passage("p9", "new"), Entity("X", label="New name")], source="two")

    def broken(**_: object) -> None:
        raise RuntimeError("interrupted")

    with monkeypatch.context() as patch:
        patch.setattr(store, "passages", broken)
        with pytest.raises(RuntimeError, match="interrupted"):
            index.refresh(store)
    assert (dump(index), index.revision) == (before, revision)
    assert index.refresh(store) is True
    assert found(index, "new") == ["p9"]


def test_an_index_ahead_of_its_store_is_built_anew(index: TextIndex, tmp_path: Path) -> None:
    with SQLiteStore.create(tmp_path / "other.kgqa") as other:
        index.refresh(other)
    assert index.counts() == (0, 0)


def test_a_second_reader_sees_the_refresh(index: TextIndex, store: SQLiteStore, tmp_path: Path) -> None:
    with TextIndex.open(tmp_path / "text") as second:
        assert found(second, "new") == []
        store.write([Passage("p9", "new")], source="two")
        index.refresh(store)
        assert found(second, "new") == ["p9"]


def test_a_file_that_is_no_index_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_bytes(b"no database, " * 1000)
    with pytest.raises(StoreError, match=r"text\.db"):
        TextIndex.open(tmp_path)


def test_an_index_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "text.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreVersionError, match="99"):
        TextIndex.open(tmp_path)


def test_sqlite_without_full_text_search_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = tuple(table.replace("fts5(", "fts9(") for table in text_tables._TABLES)
    monkeypatch.setattr(text_tables, "_TABLES", tables)
    with pytest.raises(MissingDependencyError, match="FTS5"):
        TextIndex.open(tmp_path)


def test_another_store_at_the_same_revision_is_noticed(store: SQLiteStore, tmp_path: Path) -> None:
    with TextIndex.open(tmp_path / "shared") as index, SQLiteStore.create(tmp_path / "other.kgqa") as other:
        index.refresh(store)
        other.write([Passage("p9", "Zebras graze.")], source="o")
        assert other.revision == store.revision
        assert index.refresh(other)
        assert [hit.id for hit in index.passages("zebras", 3)] == ["p9"]
        assert index.passages("Polonium", 3) == []
        assert not index.refresh(other)
