"""What only frames a question is taken off before it is read; numbers in words are numbers."""

from __future__ import annotations

import pytest

from kgqa.english.numerals import read_numeral, read_year
from kgqa.reasoning.search.question.analysis import analyse
from kgqa.reasoning.search.question.asked import Asked
from kgqa.types import Candidate, Mention


def named(question: str, *names: str) -> list[Mention]:
    """Mentions of these names, as if the graph had each."""
    return [
        Mention(name, at := question.index(name), at + len(name), (Candidate(0, name, name, 1.0, "exact"),), 1.0)
        for name in names
    ]


@pytest.mark.parametrize(
    ("question", "asked", "masked"),
    [
        ("I'd like to know which river crosses Tarn.", Asked.THING, "which river crosses it"),
        ("Do you happen to know who painted Tarn?", Asked.WHO, "who painted it"),
        ("Can you remind me when Tarn was built?", Asked.WHEN, "when it was built"),
        ("My neighbour asked me what the height of Tarn is.", Asked.THING, "what the height of it is"),
        ("By the way, who owns Tarn?", Asked.WHO, "who owns it"),
        ("Quick question: where is Tarn?", Asked.WHERE, "where is it"),
        ("State the height of Tarn.", Asked.THING, "the height of it"),
        ("Point out the rivers in Tarn.", Asked.THING, "the rivers in it"),
        ("Would you mind telling me the height of Tarn?", Asked.THING, "the height of it"),
        ("I wonder if Tarn is a river.", Asked.BOOLEAN, "it is a river"),
        ("We are trying to find out how many rivers cross Tarn.", Asked.COUNT, "how many rivers cross it"),
        ("Tarn is a river, right?", Asked.BOOLEAN, "it is a river"),
        ("Tarn: who owns it?", Asked.WHO, "who owns it"),
    ],
)
def test_what_frames_a_question_is_taken_off(question: str, asked: Asked, masked: str) -> None:
    analysis = analyse(question, named(question, "Tarn"))
    assert (analysis.cues.asked, analysis.masked) == (asked, masked)


@pytest.mark.parametrize(
    "question",
    [
        "the country where Tarn was found",
        "Give me the country where Tarn was found",
        "Which river crosses the town that Tarn is in?",
        "Among the towns of Tarn, which is the largest?",
        "In which town is Tarn?",
    ],
)
def test_a_clause_that_says_something_stays(question: str) -> None:
    analysis = analyse(question, named(question, "Tarn"))
    lowers = [token.lower for token, content in zip(analysis.tokens, analysis.content) if content]
    assert {"found", "town", "towns"} & set(lowers)


def test_what_can_be_paid_with_is_a_question_of_its_own() -> None:
    question = "Can I pay with crowns in Tarn?"
    analysis = analyse(question, named(question, "Tarn"))
    assert analysis.cues.asked is Asked.BOOLEAN and "pay" in analysis.content_words


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("twenty six", 26),
        ("a hundred million", 1e8),
        ("two hundred and five", 205),
        ("half a million", 5e5),
        ("three million five hundred thousand", 3.5e6),
        ("a dozen", 12),
    ],
)
def test_numbers_in_words_are_read(words: str, value: float) -> None:
    assert read_numeral(words.split(), 0) == (value, len(words.split()))


@pytest.mark.parametrize(
    ("words", "years"),
    [
        ("nineteen eighty four", (1984, 1984)),
        ("eighteen twenties", (1820, 1829)),
        ("eighteen hundreds", (1800, 1899)),
        ("nineteen oh five", (1905, 1905)),
    ],
)
def test_years_in_words_are_read_as_people_say_them(words: str, years: tuple[int, int]) -> None:
    found = read_year(words.split(), 0)
    assert found is not None and found[:2] == years


def test_what_says_no_number_is_none() -> None:
    assert read_numeral(["and", "a"], 0) is None and read_year(["twelve", "million"], 0) is None


def test_a_bound_in_words_and_a_comparative_beyond_all_others() -> None:
    cues = analyse("Which towns have more than fifty million people?", ()).cues
    assert [cue.value.value for cue in cues.values] == ["50000000"]
    cues = analyse("Which town has more bridges than any other?", ()).cues
    assert [cue.largest for cue in cues.superlatives] == [True] and not cues.comparatives
