"""What a chat model reads off a passage counts only in the form asked for and with names that stand there."""

import pytest
from langchain_core.language_models import FakeListChatModel

from kgqa.generation.chat import langchain_model
from kgqa.generation.extraction import NamedTriple, Refusal, extract_triples, read_triples
from kgqa.types import Passage

TEXT = "Marie Curie was born in Warsaw. She discovered polonium with Pierre Curie."


def test_lines_become_triples_with_folded_relations_each_once() -> None:
    reply = "Marie Curie | Born in | Warsaw\n\n Marie  Curie | born in | Warsaw \nMarie Curie | discovered | polonium\n"
    found = read_triples(reply, TEXT)
    assert found.triples == (
        NamedTriple("Marie Curie", "born in", "Warsaw"),
        NamedTriple("Marie Curie", "discovered", "polonium"),
    )
    assert found.refused == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Here are the facts:", Refusal.FORM),
        ("Marie Curie | born in", Refusal.FORM),
        ("Marie Curie | born | in | Warsaw", Refusal.FORM),
        ("Marie Curie | born in | Marie Curie", Refusal.FORM),
        ("Marie Curie | born in | Warsaw\x1b[2J", Refusal.FORM),
        ("Marie Curie | ?! | Warsaw", Refusal.RELATION),
        ("Marie Curie | was the one who was born in the town | Warsaw", Refusal.RELATION),
        ("Marie Curie | born in | Paris", Refusal.NOT_IN_PASSAGE),
        ("Marie Curie | born in | Wars", Refusal.NOT_IN_PASSAGE),  # part of a word
        ("Albert Einstein | met | Marie Curie", Refusal.NOT_IN_PASSAGE),
    ],
)
def test_any_other_line_is_refused_with_its_reason(line: str, reason: Refusal) -> None:
    found = read_triples(line, TEXT)
    assert (found.triples, found.refused) == ((), (reason,))


def test_no_more_than_forty_lines_of_a_reply_are_read() -> None:
    assert len(read_triples("nonsense\n" * 1000, TEXT).refused) == 40


def test_the_passage_and_its_title_reach_the_model_and_are_no_template() -> None:
    asked = []

    def model(prompt: str) -> str:
        asked.append(prompt)
        return "Radium | found by | Marie Curie"

    found = extract_triples(Passage("p", f"{TEXT} $title ${{passage}}", title="Radium"), model)
    assert found.triples == (NamedTriple("Radium", "found by", "Marie Curie"),)
    assert f"{TEXT} $title ${{passage}}" in asked[0]
    assert "Title: Radium" in asked[0]


def test_a_langchain_chat_model_is_asked() -> None:
    model = langchain_model(FakeListChatModel(responses=["Marie Curie | born in | Warsaw"]))
    assert extract_triples(Passage("p", TEXT), model).triples == (NamedTriple("Marie Curie", "born in", "Warsaw"),)
