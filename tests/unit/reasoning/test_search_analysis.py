"""A question's closed-class words are read as operators, its other words by their families."""

from __future__ import annotations

import pytest

from kgqa.english.stemming import stem
from kgqa.reasoning.plan import Comparison
from kgqa.reasoning.search.question.analysis import analyse, strongest
from kgqa.reasoning.search.question.asked import Asked
from kgqa.types import Candidate, LiteralType, Mention


def mention(question: str, name: str, score: float = 1.0) -> Mention:
    at = question.index(name)
    return Mention(name, at, at + len(name), (Candidate(1, name, name, score, "exact"),))


@pytest.mark.parametrize(
    "family",
    [
        ("directed", "director", "directing", "directs"),
        ("wrote", "written", "writer", "writes"),
        ("discovered", "discover", "discoverer", "discovery"),
        ("countries", "country"),
        ("border", "borders", "bordering"),
        ("languages", "language"),
    ],
)
def test_words_of_one_family_share_a_stem(family: tuple[str, ...]) -> None:
    assert len({stem(word) for word in family}) == 1


def test_different_words_keep_different_stems() -> None:
    assert len({stem(word) for word in ("capital", "country", "currency", "border", "birth", "death")}) == 6


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How many films did she direct?", Asked.COUNT),
        ("Is gold denser than lead?", Asked.BOOLEAN),
        ("Who wrote it?", Asked.WHO),
        ("When was it released?", Asked.WHEN),
        ("Where was he born?", Asked.WHERE),
        ("How heavy is gold?", Asked.QUANTITY),
        ("Name the capital of France", Asked.THING),
    ],
)
def test_the_question_word_says_what_is_asked(question: str, asked: Asked) -> None:
    assert analyse(question, ()).cues.asked is asked


@pytest.mark.parametrize(
    ("question", "comparison", "value"),
    [
        ("Which were found before 1800?", Comparison.LESS, "1800"),
        ("Which have more than 10 million people?", Comparison.GREATER, "10000000"),
        ("Which have at least 5 members?", Comparison.GREATER_EQUAL, "5"),
        ("Which have fewer than three members?", Comparison.LESS, "3"),
    ],
)
def test_bounds_are_read_with_their_values(question: str, comparison: Comparison, value: str) -> None:
    (cue,) = analyse(question, ()).cues.values
    assert (cue.comparison, cue.value.value) == (comparison, value)


def test_between_gives_both_bounds() -> None:
    low, high = analyse("Which were found between 1895 and 1900?", ()).cues.values
    assert (low.comparison, low.value.value) == (Comparison.GREATER_EQUAL, "1895")
    assert (high.comparison, high.value.value) == (Comparison.LESS_EQUAL, "1900")
    assert low.value.type is LiteralType.YEAR


def test_a_superlative_knows_its_direction_and_rank() -> None:
    (cue,) = analyse("What is the second smallest country?", ()).cues.superlatives
    assert (cue.largest, cue.rank) == (False, 2)
    assert "area" in cue.measures


def test_an_operator_word_inside_a_name_is_no_cue() -> None:
    question = "Who directed The Longest Day?"
    assert not analyse(question, (mention(question, "The Longest Day"),)).cues.superlatives


def test_the_strongest_readings_do_not_overlap() -> None:
    question = "Who is in Planet of the Apes?"
    analysis = analyse(question, (mention(question, "Planet"), mention(question, "Planet of the Apes")))
    assert [anchor.mention.text for anchor in strongest(analysis.anchors)] == ["Planet of the Apes"]


def test_a_reading_far_weaker_than_another_is_left_out() -> None:
    question = "What is in Rome?"
    analysis = analyse(question, (mention(question, "Rome"), mention(question, "in", 0.05)))
    assert [anchor.mention.text for anchor in analysis.anchors] == ["Rome"]
