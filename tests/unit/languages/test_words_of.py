"""Texts in several languages as words that reasoning understands."""

import pytest

from kgqa.languages.stemming import stem_in
from kgqa.languages.words import words_of


def lowers(text: str, language: str, names: list[tuple[int, int]] | None = None) -> list[str]:
    return [word.lower for word in words_of(text, language, names=names or [])]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Wie viele Berge hat Peru?", "de", ["how", "many", "berge", "has", "peru"]),
        ("¿Cómo se llama el río?", "es", ["what", "is", "the", "río"]),
        ("Combien d'îles a-t-il ?", "fr", ["how", "many", "îles", "has", "the", "it"]),
        ("el río más largo", "es", ["the", "río", "longest"]),
        ("How many isles? Jack's", "en", ["how", "many", "isles", "jack's"]),
    ],
)
def test_closed_class_words_become_their_english_counterparts(text: str, language: str, expected: list[str]) -> None:
    assert lowers(text, language) == expected


def test_japanese_is_cut_at_names_scripts_and_listed_phrases() -> None:
    text = "ナイル川の全長はどのくらいですか"
    assert lowers(text, "ja", [(0, 4)]) == ["ナイル川", "the", "全長", "the", "what", "the"]
    assert lowers(text, "ja")[:3] == ["ナイル", "川", "the"]


def test_a_character_inside_a_compound_is_no_word_of_its_own() -> None:
    assert lowers("公用語", "ja") == ["公用語"]


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "ja"])
def test_every_word_keeps_its_place(language: str) -> None:
    text = "Wie heißt l'été — ¿dónde? 東京タワーの高さは何メートルですか 12,5 naïve"
    words = words_of(text, language)
    assert all(text[word.start : word.end] == word.text for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)


def test_stems_go_by_language() -> None:
    pytest.importorskip("snowballstemmer")
    assert stem_in("hauptstädte", "de") == stem_in("hauptstädten", "de")
    assert stem_in("países", "es") == stem_in("país", "es")
    assert stem_in("voisins", "fr-CA") == stem_in("voisin", "fr")
    assert stem_in("言語", "ja") == "言語"
    assert stem_in("directed", "en") == stem_in("director", "en")
