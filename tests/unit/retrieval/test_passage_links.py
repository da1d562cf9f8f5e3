"""The passage graph: what links passages, and that it follows the store by difference."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.normalise import tokenise
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.retrieval.links.index import LinkIndex
from kgqa.retrieval.links.linked import NameReader
from kgqa.retrieval.links.names import title_keys, written_names
from kgqa.retrieval.links.refresh import refresh_links
from kgqa.retrieval.retriever import Retriever
from kgqa.types import Entity, MentionSpan, Passage, Record, Triple

Refresh = Callable[[], LinkIndex]
VOLGA = Passage("volga", "The Volga flows past Kazan and ends in the Caspian Sea.", title="Volga")
KAZAN = Passage("kazan", "Capital of Tatarstan.", title="Kazan")
OKA = Passage("oka", "The Oka joins the Volga at Nizhny Novgorod.", title="Oka (river)")
FAIR = Passage("fair", "A famous fair was held at Nizhny Novgorod.", title="Makaryev Fair")
LONE = Passage("lone", "Nothing here has a name.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    with SQLiteStore.create(tmp_path / "store") as store:
        yield store


@pytest.fixture
def refresh(store: SQLiteStore, tmp_path: Path) -> Refresh:
    return lambda: refreshed(store, tmp_path)


def refreshed(store: SQLiteStore, place: Path, links: str = "links") -> LinkIndex:
    text = TextIndex.open(place / "text")
    text.refresh(store)
    snapshot = open_snapshot(place / "snapshot", store)
    reader = NameReader(snapshot, text, text, Linker(snapshot, text), store.counts().entities > 0)
    return refresh_links(place / links, store, reader)


def rows(index: LinkIndex) -> dict[tuple[str, str], float]:
    """Shares by the names of nodes, so that numbers do not matter."""
    transitions = index.transitions
    assert transitions is not None
    with sqlite3.connect(index._path) as db:
        passages = dict(db.execute("SELECT number, id FROM passage").fetchall())
        names = dict(db.execute("SELECT number, key FROM name").fetchall())

    def called(node: int) -> str:
        number, role = divmod(node, 3)
        return passages.get(number, "gone") if role == 0 else f"{('about', 'named')[role - 1]} {names[number]}"

    nodes = np.arange(transitions.size)
    places, targets, shares = transitions.edges(nodes, *transitions.extents(nodes))
    edges = zip(nodes[places].tolist(), targets.tolist(), shares.tolist(), strict=True)
    return {(called(node), called(target)): round(share, 5) for node, target, share in edges}


def test_names_are_read_by_spelling() -> None:
    text = "In Paris she met Jean of Arc, and read “the small house”. The film ended."
    assert written_names(text, tokenise(text)) == {"paris", "jean of arc", "the small house"}
    assert title_keys("Mercury (planet)") == ["mercury planet", "mercury"]
    assert title_keys("Them") == []


def test_a_passage_leads_to_the_titles_it_mentions_and_names_to_where_they_stand(
    store: SQLiteStore, refresh: Refresh
) -> None:
    store.write([VOLGA, KAZAN, OKA, FAIR, LONE], source="rivers")
    found = rows(refresh())
    assert ("volga", "about kazan") in found and ("about kazan", "kazan") in found
    assert ("kazan", "named kazan") in found and ("named kazan", "volga") in found
    assert found["named nizhny novgorod", "fair"] == 0.5
    assert not any("lone" in pair for pair in found)


@pytest.mark.parametrize(
    "change",
    [
        [Passage("tatar", "Bolghar lies in Tatarstan.", title="Bolghar")],
        [Passage("sea", "It is the largest lake.", title="Caspian Sea")],
        [Passage("volga", "The Volga is long.", title="Volga")],
    ],
)
def test_a_change_gives_the_rows_of_a_build_from_nothing(
    store: SQLiteStore, refresh: Refresh, tmp_path: Path, change: list[Record]
) -> None:
    many = [Passage(f"x{i}", f"Town{i} lies on River{i % 7}.", title=f"Town{i}") for i in range(60)]
    store.write([VOLGA, KAZAN, OKA, FAIR, *many], source="rivers")
    first = refresh()
    store.write(change, source="later")
    grown = refresh()
    assert len(grown.pointer["parts"]) == 2 and grown.pointer["parts"][0] == first.pointer["parts"][0]
    assert edges_alike(rows(grown), rows(refreshed(store, tmp_path, "anew")))
    store.delete(source="later")
    assert edges_alike(rows(refresh()), rows(refreshed(store, tmp_path, "again")))


def edges_alike(one: dict[tuple[str, str], float], other: dict[tuple[str, str], float]) -> bool:
    """The same edges; rarity is weighed anew only where rows are, so shares may differ a little."""
    assert one.keys() == other.keys()
    return {pair: (one[pair], other[pair]) for pair in one if abs(one[pair] - other[pair]) > 0.05} == {}


def test_entities_are_linked_by_any_of_their_names_and_by_given_mentions(store: SQLiteStore, refresh: Refresh) -> None:
    store.write(
        [
            Entity("kz", "Kazan", aliases={"en": ("Qazan",)}),
            Entity("rt", "Tatarstan"),
            Triple("kz", "capital_of", "rt"),
            Passage("a", "They came to Qazan early."),
            Passage("b", "The old town burnt.", mentions=(MentionSpan(4, 12, "kz"),)),
            Passage("c", "A law of Tatarstan."),
        ],
        source="graph",
    )
    index = refresh()
    number = store.node("kz")
    found = rows(index)
    assert found[f"named #{number}", "b"] == found[f"named #{number}", "a"] == 0.25
    assert found[f"named #{number}", f"named #{store.node('rt')}"] == 0.5
    store.write([Entity("kz", aliases={"en": ("Bulgar",)}), Passage("d", "To Bulgar by boat.")], source="names")
    assert (f"named #{number}", "d") in rows(refresh())


def test_a_kill_between_the_tables_and_the_rows_is_made_good(store: SQLiteStore, refresh: Refresh) -> None:
    store.write([VOLGA, KAZAN], source="rivers")
    index = refresh()
    expected = rows(index)
    pointer = index._path.parent / "current.json"
    before = pointer.read_text(encoding="utf-8")
    store.write([OKA], source="later")
    refresh()
    pointer.write_text(before, encoding="utf-8")  # as if the rows had never been published
    grown = rows(refresh())
    assert expected.keys() < grown.keys() and ("oka", "about volga") in grown


def test_the_second_hop_is_found_though_it_shares_no_word_with_the_question(
    store: SQLiteStore, tmp_path: Path, refresh: Refresh
) -> None:
    store.write([VOLGA, KAZAN, OKA, FAIR, LONE], source="rivers")
    links = refresh()
    snapshot, text = open_snapshot(tmp_path / "snapshot", store), TextIndex.open(tmp_path / "text")
    retriever = Retriever(store, snapshot, text, links=links)
    question = "Which sea does the river end in?"
    assert retriever.channels == ("bm25", "plan", "ppr", "bridge", "facts")
    bridged = [result.to_dict() for result in retriever.search(question, channels=["bridge"], kind="passage")]
    walked = [result.to_dict() for result in retriever.search(question, channels=["ppr"], kind="passage")]
    assert "kazan" in [result["id"] for result in bridged] and "kazan" in [result["id"] for result in walked]
    best = retriever.search(question, kind="passage")[0].to_dict()
    assert best["id"] == "volga" and best["scores"].keys() == best["channels"].keys()
    assert retriever.search("Nobody?", channels=["ppr", "bridge"]) == ()
    alike = retriever.search(question, kind="passage", fusion="rrf")
    assert {result.to_dict()["id"] for result in alike} >= {"volga", "kazan"}
