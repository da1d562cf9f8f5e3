"""Paraphrases from the encoder's words keep the kind of word: nouns for nouns, participles for participles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.search.vocabulary.schema import Schema, build_schema
from kgqa.training.thesaurus import Thesaurus
from kgqa.types import Progress, Relation, Triple
from tests.planner_graph import LetterEncoder, capital_records

WORDS = """director directors directress directed direct directing redirected redirect redirecting border bordered
bordering parent parents actor acted act film films filmed"""


@pytest.fixture(scope="module")
def thesaurus(tmp_path_factory: pytest.TempPathFactory) -> Thesaurus:
    folder: Path = tmp_path_factory.mktemp("graph")
    store = SQLiteStore.create(folder / "store")
    store.write(capital_records(), source="test")
    relations = [record for record in capital_records() if isinstance(record, Relation)]
    schema = build_schema(open_snapshot(folder / "snapshot", store), relations, LetterEncoder())
    return Thesaurus(sorted(WORDS.split()), LetterEncoder(), schema)


def test_a_noun_gets_no_form_of_a_verb(thesaurus: Thesaurus) -> None:
    assert not {"directed", "directing", "direct"} & set(thesaurus.nouns("director"))


def test_a_participle_gets_participles_only(thesaurus: Thesaurus) -> None:
    assert thesaurus.verbs("directed") == ("redirected",)


def test_a_third_person_is_told_from_a_plural(thesaurus: Thesaurus) -> None:
    assert thesaurus.conjugated("borders")
    assert not thesaurus.conjugated("parents")


def test_what_an_agent_does_is_found_in_its_family(thesaurus: Thesaurus) -> None:
    assert thesaurus.done_by("actors") == ("acted",)
    assert thesaurus.done_by("films") == ()


KNOWN = {"author": (1.0, 0.0), "published": (0.1, 0.99), "written": (0.75, 0.66), "wrote": (0.75, 0.66)}
KNOWN |= {"printed": (0.0, 1.0), "print": (0.0, 1.0), "write": (0.8, 0.6), "what kind of book": (0.9, 0.3)}


class Meanings:
    """An encoder that knows a few words: unit vectors of how much each is about writing and about printing."""

    name, dim = "meanings", 3

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        rows = [(*KNOWN.get(text.removesuffix(" by"), (0.0, 0.0)), 0.1) for text in texts]
        vectors = np.asarray(rows, dtype=np.float32)
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Thesaurus, Schema]:
    folder: Path = tmp_path_factory.mktemp("books")
    relations = [Relation("author"), Relation("published_by")]
    store = SQLiteStore.create(folder / "store")
    store.write([*relations, Triple("Emma", "author", "Austen"), Triple("Emma", "published_by", "Murray")], source="s")
    schema = build_schema(open_snapshot(folder / "snapshot", store), relations, Meanings())
    return Thesaurus(sorted(word for word in KNOWN if " " not in word), Meanings(), schema), schema


def test_a_word_is_that_of_the_graph_s_word_that_it_is_most_like(books: tuple[Thesaurus, Schema]) -> None:
    thesaurus, _ = books
    assert thesaurus.verbs("published") == ("printed",)
    assert thesaurus.done_by("author") == ("written",)


def test_a_general_wording_is_kept_from_parts_that_it_means_much_less(books: tuple[Thesaurus, Schema]) -> None:
    thesaurus, schema = books
    author, published = schema.part_of[0, False], schema.part_of[1, False]
    said = [thesaurus.speaks_of("what kind of book", part, [author, published]) for part in (author, published)]
    assert said == [True, False]
    assert thesaurus.speaks_of("what kind of book", published, [published])
