"""Exact look-up against a naive scan, in both forms: the table and the automaton."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.normalise import name_key, tokenise
from kgqa.index.text import TextIndex
from kgqa.linking.automaton import NameAutomaton
from kgqa.linking.dictionary import entries_of, find_names
from kgqa.types import Entity

# Few letters and many separators, so that names overlap, nest and repeat.
WORD = st.text("abAé東ü프", min_size=1, max_size=3)
NAME = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
TEXT = st.lists(st.one_of(WORD, st.sampled_from([" ", "-", "'s ", ", ", "_", "! "])), max_size=16).map(" ".join)


def naive(names: list[str], text: str) -> set[tuple[int, int]]:
    """Every run of tokens whose keys, joined, are a name's key."""
    keys = {name_key(name) for name in names}
    tokens = tokenise(text)
    return {
        (first, last)
        for first in range(len(tokens))
        for last in range(first, len(tokens))
        if tokens[first].starts and " ".join(token.key for token in tokens[first : last + 1]) in keys
    }


@given(names=st.lists(NAME, min_size=1, max_size=6), text=TEXT)
@settings(deadline=None, max_examples=60)
def test_every_occurrence_of_a_name_is_found_and_nothing_else(names: list[str], text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with SQLiteStore.create(place / "graph") as store, TextIndex.open(place / "text") as index:
            store.write([Entity(f"E{i}", label=name) for i, name in enumerate(names)], source="one")
            index.refresh(store)
            tokens = tokenise(text)
            by_table = find_names(tokens, index)
            by_automaton = entries_of(tokens, NameAutomaton(index.all_keys()).find(tokens), index)
    assert {(match.first, match.last) for match in by_table} == naive(names, text)
    assert by_automaton == by_table


@given(names=st.lists(NAME, min_size=1, max_size=3), before=TEXT, after=TEXT)
@settings(deadline=None)
def test_a_name_between_spaces_is_always_found(names: list[str], before: str, after: str) -> None:
    text = f"{before} {names[0]} {after}"
    start = len(before) + 1
    tokens = tokenise(text)
    found = NameAutomaton(sorted({name_key(name) for name in names})).find(tokens)
    spans = {(tokens[first].start, tokens[last].end) for first, last in found}
    assert (start, start + len(names[0])) in spans


def test_an_automaton_without_names_finds_nothing() -> None:
    assert NameAutomaton([]).find(tokenise("anything")) == []
