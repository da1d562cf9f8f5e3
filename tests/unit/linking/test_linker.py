"""Linking: exact, misspelt, foreign, ambiguous, missing and given names, and values."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgqa.errors import NotFoundError
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.types import Entity, Mention, MentionSpan, Passage, Triple


def best(linker: Linker, text: str) -> list[tuple[str, str | None]]:
    """(text, best id) of the selected mentions that are believed."""
    chosen = [mention for mention in linker.select(linker.link(text)) if mention.score >= 0.5]
    return [(mention.text, mention.candidates[0].id if mention.candidates else None) for mention in chosen]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which countries border France?", [("France", "Q142")]),
        ("which countries border france", [("france", "Q142")]),
        ("What is France's population?", [("France", "Q142")]),
        ("Was ist die Hauptstadt von Frankreich?", [("Frankreich", "Q142")]),
        ("フランスの首都は", [("フランス", "Q142")]),
        ("프랑스의 수도", [("프랑스", "Q142")]),
        ("who was madame curie", [("madame curie", "Q7186")]),
        ("Where is New York City?", [("New York City", "Q60")]),
        ("who made schindlers list", [("schindlers list", "Q2")]),
        ("Where did Ludwig II of Bavaria live?", [("Ludwig II of Bavaria", "ludwig_ii_of_bavaria")]),
        ("where was ludwig_ii_of_bavaria born", [("ludwig_ii_of_bavaria", "ludwig_ii_of_bavaria")]),
        ("Is Q142 larger than Q183?", [("Q142", "Q142"), ("Q183", "Q183")]),
        ("Who discovered Polonum?", [("Polonum", "Q979")]),
        ("Does Germny border France?", [("Germny", "Q183"), ("France", "Q142")]),
        ("who discovered polonum", [("polonum", "Q979")]),
        ("Which element has the symbol Po?", [("Po", "Po")]),
        ("What was discovered in 1898?", [("1898", "1898")]),
        ("Who was born on 7 November 1867?", [("7 November 1867", "1867-11-07")]),
        ("What boils at 356.7 degrees?", [("356.7", "356.7")]),
        ("Which country has 68,000,000 people?", [("68,000,000", "68000000")]),
        ("Who acted in 'It'?", [("It", "Q1")]),
        ("Besides France, who borders Spain?", [("France", "Q142")]),
        ("Bavaria lies where?", [("Bavaria", "ludwig_ii_of_bavaria")]),
    ],
)
def test_names_and_values_are_found(linker: Linker, question: str, expected: list[tuple[str, str]]) -> None:
    assert best(linker, question) == expected


def test_how_says_what_matched(linker: Linker) -> None:
    text = "France, Madame Curie, Polonum and 1898"
    how = {mention.text: mention.candidates[0].how for mention in linker.link(text) if mention.candidates}
    expected = {"France": "exact", "Madame Curie": "alias", "Polonum": "fuzzy", "1898": "value"}
    assert {name: how[name] for name in expected} == expected


def test_overlapping_readings_are_kept(linker: Linker) -> None:
    texts = {mention.text for mention in linker.link("Where is New York City?")}
    assert {"New York City", "New York", "City"} <= texts


def test_common_words_that_are_names_too_are_kept_with_a_low_score(linker: Linker) -> None:
    scores = {mention.text: mention.score for mention in linker.link("which city is it near france")}
    assert scores["it"] < 0.3 and scores["city"] < 0.5 < scores["france"]


@pytest.mark.parametrize(
    ("question", "common"),
    [
        ("Which country borders the town Pena?", True),
        ("Is there a town in France?", True),
        ("Which people of France live in town?", False),
    ],
)
def test_a_word_used_as_a_common_noun_is_doubted(linker: Linker, question: str, common: bool) -> None:
    (score,) = [mention.score for mention in linker.link(question) if mention.text == "town"]
    assert (score < 0.5) is common


def test_context_ranks_the_readings_of_an_ambiguous_name(linker: Linker) -> None:
    (planet,) = linker.link("what does mercury orbit")
    (element,) = linker.link("what is the boiling point of mercury")
    assert [candidate.id for candidate in planet.candidates] == ["Q3", "Q4"]
    assert [candidate.id for candidate in element.candidates] == ["Q4", "Q3"]


def test_the_spelling_with_the_same_accents_is_preferred(linker: Linker) -> None:
    assert linker.link("who is Peña")[0].candidates[0].id == "Q5"
    assert linker.link("who is Pena")[0].candidates[0].id == "Q6"


def test_a_name_is_found_within_words_only_in_scripts_without_spaces(linker: Linker) -> None:
    assert best(linker, "the francey place") == []
    assert [mention.text for mention in linker.link("새프랑스")] == []


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Who discovered Atlantisium?", "Atlantisium"),
        ("Where does Zaphod Beeblebrox of Betelgeuse live?", "Zaphod Beeblebrox of Betelgeuse"),
        ('who wrote "a thing unheard of"', "a thing unheard of"),
    ],
)
def test_a_name_that_the_graph_lacks_is_a_mention_without_candidates(linker: Linker, question: str, name: str) -> None:
    assert [mention.text for mention in linker.link(question) if not mention.candidates] == [name]


def test_ordinary_words_are_not_taken_for_missing_names(linker: Linker) -> None:
    assert [mention for mention in linker.link("Which countries border France?") if not mention.candidates] == []
    assert [mention for mention in linker.link("name every country") if not mention.candidates] == []


def test_capitals_are_no_evidence_of_a_name_in_a_language_that_capitalises_nouns(linker: Linker) -> None:
    mentions = linker.link("Welche Nachbarn hat die Hauptstadt von Frankreich?")
    assert [mention.text for mention in mentions if mention.score >= 0.3] == ["Frankreich"]


def test_a_year_beside_a_name_is_no_misspelt_name(linker: Linker) -> None:
    text = "What was found in France since 1897?"
    assert [mention.text for mention in linker.link(text) if mention.end > text.index("since")] == []


def test_a_code_in_another_case_is_doubted(linker: Linker) -> None:
    scores = {mention.text: mention.score for mention in linker.link("who discovered po in France")}
    assert scores["po"] < 0.5


def test_given_entities_are_used_as_they_are(linker: Linker) -> None:
    mentions = linker.link("Which countries border France?", entities=["Q142", "Q979"])
    assert [(m.text, m.start, m.end, m.candidates[0].id, m.candidates[0].how, m.score) for m in mentions] == [
        ("France", 23, 29, "Q142", "given", 1.0),
        ("Polonium", 0, 0, "Q979", "given", 1.0),
    ]
    assert linker.link("Which countries border France?", entities=[]) == ()


def test_an_unknown_given_entity_is_named(linker: Linker) -> None:
    with pytest.raises(NotFoundError, match="Q404"):
        linker.link("Which countries border France?", entities=["Q404"])


@pytest.mark.parametrize("text", ["", "?", "\0", "\ud800", "a" * 5000, "« »", "''", "1" * 400])
def test_any_text_can_be_linked(linker: Linker, text: str) -> None:
    assert all(text[mention.start : mention.end] == mention.text for mention in linker.link(text))


def test_select_takes_the_longest_reading_that_does_not_overlap(linker: Linker) -> None:
    chosen = linker.select(
        [
            Mention("New York", 0, 8, score=0.9),
            Mention("York City", 4, 13, score=0.9),
            Mention("City", 9, 13, score=0.4),
        ]
    )
    assert [mention.text for mention in chosen] == ["New York", "City"]


PASSAGE = Passage(
    "p",
    "Polonium was found by Marie Curie in France. Mercury is near. It is rare; so is Polonum. New York City, 1898.",
    language="en",
)


def test_a_passage_is_linked_with_clear_exact_names_only(linker: Linker) -> None:
    spans = linker.link_passage(PASSAGE)
    assert [(PASSAGE.text[span.start : span.end], span.entity) for span in spans] == [
        ("Polonium", "Q979"),
        ("Marie Curie", "Q7186"),
        ("France", "Q142"),
        ("New York City", "Q60"),
    ]
    assert all(span.found for span in spans)


def test_given_mentions_of_a_passage_are_left_alone(linker: Linker) -> None:
    given = Passage("p", PASSAGE.text, mentions=(MentionSpan(0, 8, "Q4"),), language="en")
    assert [span.entity for span in linker.link_passage(given)] == ["Q7186", "Q142", "Q60"]


def test_many_passages_are_linked_as_one_is(linker: Linker) -> None:
    passages = [PASSAGE, Passage("q", "フランスと Germany"), Passage("r", "")]
    assert list(linker.link_passages(passages)) == [(passage, linker.link_passage(passage)) for passage in passages]


def test_a_name_is_no_part_of_a_longer_run_of_katakana(linker: Linker) -> None:
    assert [m.text for m in linker.link("フランスの首都はどこですか") if m.candidates] == ["フランス"]
    assert not [m for m in linker.link("フランスパンはどこですか") if m.candidates and m.text == "フランス"]


def test_a_type_of_which_nothing_is_said_is_no_reading(tmp_path: Path) -> None:
    records = [Entity("city", label="city", labels={"de": "Stadt"}), Entity("Q1", label="Ulm", types=("city",))]
    with SQLiteStore.create(tmp_path / "g") as store, TextIndex.open(tmp_path / "text") as index:
        store.write([*records, Triple("Q1", "near", "Q2")], source="one")
        index.refresh(store)
        found = Linker(open_snapshot(tmp_path / "snapshot", store), index).link("Welche Stadt liegt bei Ulm?")
    assert {candidate.id for mention in found for candidate in mention.candidates} == {"Q1"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which owls eat wood mice?", [("owls", "owl")]),
        ("which hedge sparrows nest here", [("hedge sparrows", "sparrow")]),
        ("who feeds the hedg sparow in winter", [("hedg sparow", "sparrow")]),
    ],
)
def test_plurals_in_lower_case_and_misspelt_parts_of_a_question_are_names(
    tmp_path: Path, question: str, expected: list[tuple[str, str]]
) -> None:
    records = [Entity("owl", label="owl"), Entity("sparrow", label="hedge sparrow"), Triple("owl", "hunts", "sparrow")]
    with SQLiteStore.create(tmp_path / "graph.kgqa") as store, TextIndex.open(tmp_path / "text") as index:
        store.write(records, source="one")
        index.refresh(store)
        linker = Linker(open_snapshot(tmp_path / "snapshot", store), index, relation_words=["hunts"])
        found = [
            (mention.text, id)
            for mention in linker.select(linker.link(question))
            if mention.candidates
            for id in [mention.candidates[0].id]
        ]
    assert found == expected


def test_a_name_of_one_word_said_in_the_plural_is_less_sure(tmp_path: Path) -> None:
    records = [Entity("film", label="Film"), Entity("mouse", label="Wood Mouse"), Triple("film", "shows", "mouse")]
    with SQLiteStore.create(tmp_path / "graph.kgqa") as store, TextIndex.open(tmp_path / "text") as index:
        store.write(records, source="one")
        index.refresh(store)
        linker = Linker(open_snapshot(tmp_path / "snapshot", store), index, relation_words=["shows"])
        (one,), (more,) = (linker.link(text) for text in ("who made Film", "who made films"))
    assert more.score <= 0.5 * one.score


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which hot spring lies there", [("hot spring", "springs")]),
        ("who painted bread and roeses", [("bread and roeses", "picture")]),
    ],
)
def test_names_of_kinds_in_the_singular_and_misspelt_names_over_a_small_word_are_found(
    tmp_path: Path, question: str, expected: list[tuple[str, str]]
) -> None:
    records = [Entity("springs", label="hot springs"), Entity("picture", label="Bread and Roses")]
    with SQLiteStore.create(tmp_path / "graph.kgqa") as store, TextIndex.open(tmp_path / "text") as index:
        store.write([*records, Triple("springs", "shown_in", "picture")], source="one")
        index.refresh(store)
        linker = Linker(open_snapshot(tmp_path / "snapshot", store), index, relation_words=["shown in", "painted"])
        found = [m for m in linker.select(linker.link(question)) if m.candidates and m.score > 0.5]
    assert [(mention.text, mention.candidates[0].id) for mention in found] == expected
