"""What a chat model may change of an answer, through the public interface."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.language_models import FakeListChatModel

from kgqa import Engine
from kgqa.types import AnswerKind, PassageEvidence, VerdictLabel
from tests.unit.engine.conftest import RECORDS

QUESTION = "Who directed Blade Runner?"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worded") / "films.kgqa"
    with Engine.create(folder) as engine:
        engine.ingest(RECORDS, source_name="films")
    return folder


def said(place: Path, words: str) -> tuple[str, VerdictLabel]:
    with Engine.open(place, chat_model=FakeListChatModel(responses=[words])) as engine:
        answer = engine.ask(QUESTION)
    assert [item.id for item in answer.answers] == ["scott"]
    return answer.text, answer.verdict.label


def test_a_faithful_wording_is_the_text(place: Path) -> None:
    words = "It was Ridley Scott who directed Blade Runner [1]."
    assert said(place, words) == (words, VerdictLabel.SUPPORTED)


@pytest.mark.parametrize("words", ["Blade Runner was not directed by Ridley Scott [1].", "Harrison Ford [1]."])
def test_a_wording_that_turns_the_answer_round_gives_way_to_the_template(place: Path, words: str) -> None:
    assert said(place, words) == ("Ridley Scott [1].", VerdictLabel.SUPPORTED)


PLACES = [
    {"entity": {"id": "lyra", "label": "Lyra", "types": ["ship"]}},
    {"entity": {"id": "hamburg", "label": "Hamburg", "types": ["city"]}},
    {"entity": {"id": "oslo", "label": "Oslo", "types": ["city"]}},
    {
        "passage": {
            "id": "p",
            "title": "Lyra",
            "text": "The Lyra was repaired in the shipyards of Hamburg. She was launched in 1911 by a bishop.",
        }
    },
]


@pytest.fixture(scope="module")
def ships(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.create(tmp_path_factory.mktemp("ships") / "ships.kgqa") as engine:
        engine.ingest(PLACES, source_name="ships")
        yield engine


def test_the_city_that_a_sentence_names_is_the_answer_and_the_sentence_its_evidence(ships: Engine) -> None:
    answer = ships.ask("In which city was the Lyra repaired?")
    (item,), (evidence,) = answer.answers, answer.evidence
    assert (item.kind, item.id) == (AnswerKind.ENTITY, "hamburg")
    assert isinstance(evidence, PassageEvidence)
    assert evidence.text == "The Lyra was repaired in the shipyards of Hamburg."
    assert answer.text.endswith("[1]") and answer.claims[0].citations == (1,)


def test_the_year_in_the_sentence_is_when_it_was(ships: Engine) -> None:
    answer = ships.ask("When was the Lyra launched?")
    assert [(item.kind, item.value, item.type) for item in answer.answers] == [(AnswerKind.VALUE, "1911", "year")]


@pytest.mark.parametrize("question", ["How many bishops launched the Lyra?", "In which city was the Vega repaired?"])
def test_text_answers_neither_counts_nor_what_it_is_not_about(ships: Engine, question: str) -> None:
    answer = ships.ask(question)
    assert not any(isinstance(item, PassageEvidence) for item in answer.evidence)
