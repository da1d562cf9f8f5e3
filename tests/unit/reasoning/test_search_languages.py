"""Relations and types by their names in other languages."""

import pytest

from kgqa.reasoning.search.question.analysis import analyse
from kgqa.reasoning.search.question.asked import Asked
from kgqa.reasoning.search.vocabulary.phrases import say_relation, say_type
from kgqa.types import Relation

FLOWS = Relation(
    "flows_into",
    label="flows into",
    inverse_label="receives",
    labels={"de": "mündet in", "ja": "流入先"},
    aliases={"en": ("empties into",), "es": ("desemboca en",)},
)


def stems(question: str) -> set[str]:
    return {word.stem for word in analyse(question, ()).tokens}


def test_a_word_says_a_relation_by_its_label_in_that_language_in_both_directions() -> None:
    pytest.importorskip("snowballstemmer")
    for phrasing in say_relation(FLOWS):
        assert stems("In welches Meer münden die Flüsse?") & phrasing.terms
        assert stems("¿Dónde desembocan los ríos?") & phrasing.terms
        assert "流入先" in phrasing.terms


def test_english_is_encoded_and_other_aliases_are_not() -> None:
    forward, backward = say_relation(FLOWS)
    assert forward.phrases[:2] == ("flows into", "empties into")
    assert "desemboca en" not in forward.phrases
    assert backward.phrases == ("receives",)


def test_a_type_has_names_by_language() -> None:
    phrasing = say_type("river", [("de", "Fluss"), ("en", "stream"), ("de", "Flüsse")])
    assert phrasing.phrases == ("river", "stream")
    assert stems("Welche Flüsse gibt es?") & phrasing.terms


def test_what_is_asked_is_known_in_other_languages() -> None:
    assert analyse("Wie viele Flüsse gibt es?", ()).cues.asked is Asked.COUNT
    assert analyse("¿Quién lo dijo?", ()).cues.asked is Asked.WHO
    assert analyse("Où est-il ?", ()).cues.asked is Asked.WHERE
    assert analyse("それはいつですか", ()).cues.asked is Asked.WHEN
    assert analyse("Quelle est la plus grande ville ?", ()).cues.superlatives
