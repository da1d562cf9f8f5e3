import pytest

from kgqa.generation.citations import cited_sentences, parse_citations, strip_citations
from kgqa.generation.wording import enumerate_words, reads_on, triple_sentence
from kgqa.types import TripleEvidence


def test_citations_are_found_single_adjacent_and_listed_once_each() -> None:
    assert parse_citations("Paris [2][1], Lyon [3, 1; 12] and [x] or [12345]") == (2, 1, 3, 12)


def test_text_without_its_marks_reads_clean() -> None:
    assert strip_citations("Paris [1][2], Lyon [3] .") == "Paris, Lyon."


def test_each_sentence_keeps_its_own_citations() -> None:
    sentences = cited_sentences("Gold is dense [1]. It melts at 1337.33 K [2]. Nothing here.")
    assert [(s.text, s.citations) for s in sentences] == [
        ("Gold is dense.", (1,)),
        ("It melts at 1337.33 K.", (2,)),
        ("Nothing here.", ()),
    ]


def triple(label: str, **qualifiers: object) -> TripleEvidence:
    return TripleEvidence(1, "h", "r", "t", "Polonium", label, "France", qualifiers=qualifiers)


def test_a_label_that_ends_on_a_preposition_reads_on_into_its_object() -> None:
    assert reads_on("discovered in") and not reads_on("capital") and not reads_on("in")
    assert triple_sentence(triple("discovered in")) == "Polonium discovered in France"
    assert triple_sentence(triple("capital")) == "Polonium has capital France"
    assert triple_sentence(triple("borders"), symmetric=True) == "Polonium borders France"


@pytest.mark.parametrize(
    ("label", "link"),
    [
        ("wrote", "wrote"),
        ("directed", "directed"),
        ("written by", "was written by"),
        ("directed by", "was directed by"),
        ("born in", "was born in"),
        ("starred in", "starred in"),
        ("spoken languages", "has spoken languages"),
        ("is part of", "is part of"),
        ("has part", "has part"),
        ("member of", "is member of"),
        ("consists of", "consists of"),
        ("place of birth", "has place of birth"),
        ("", "has "),
    ],
)
def test_a_relation_s_label_is_worded_by_the_kind_of_word_it_is(label: str, link: str) -> None:
    assert triple_sentence(triple(label)) == f"Polonium {link} France"


def test_validity_is_told() -> None:
    item = triple("capital", valid_from="0987", valid_to={"value": "1789", "type": "year"})
    assert triple_sentence(item).endswith("(from 0987 until 1789)")


def test_enumerations_read_as_english() -> None:
    assert [enumerate_words(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
