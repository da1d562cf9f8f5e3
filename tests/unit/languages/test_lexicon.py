"""Which language a question is in, and what its closed-class words mean."""

import pytest

from kgqa.english.function_words import NAME_FUNCTION_WORDS
from kgqa.languages.lexicon import LANGUAGES, language_of, lexicon, name_function_words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Was ist der höchste Berg?", "de"),
        ("Wo liegt Köln?", "de"),
        ("¿Qué ríos hay en Perú?", "es"),
        ("Que rios hay en Peru, y donde", "es"),
        ("Quels fleuves traversent la ville ?", "fr"),
        ("パリはどこですか", "ja"),
        ("Which rivers cross the city?", "en"),
        ("Was the bridge built in 1900?", "en"),
        ("who directed Das Leben der Anderen", "en"),
        ("who starred in La vita e la morte de un hombre", "en"),
        ("Which countries border ブラジル?", "en"),
        ("helium", "en"),
        ("", "en"),
    ],
)
def test_a_question_is_known_by_its_closed_class_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_accents_that_were_left_out_are_forgiven() -> None:
    spanish = lexicon("es-MX")
    assert spanish is not None
    assert spanish.match(("cuántos",)) == spanish.match(("cuantos",)) == ("how", "many")
    assert spanish.match(("qué",)) != spanish.match(("que",))


def test_english_keeps_its_own_words() -> None:
    assert name_function_words("en") is NAME_FUNCTION_WORDS
    assert lexicon("en") is None
    assert "en" in LANGUAGES
