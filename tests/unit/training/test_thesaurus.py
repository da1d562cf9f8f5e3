"""Paraphrases from the encoder's words keep the kind of word: nouns for nouns, participles for participles."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.search.vocabulary.schema import build_schema
from kgqa.training.thesaurus import Thesaurus
from kgqa.types import Relation
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
