"""When an answer is the gold answer."""

import pytest

from kgqa.evaluation.matching import answer_keys, gold_keys, gold_phrases, normalise, says


def matches(gold, names=(), **answer) -> bool:
    return bool(gold_keys(gold, names) & answer_keys(**answer))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The Beatles", "beatles"),
        ("Spider-Man", "spider man"),
        ("U.S.A.", "USA"),
        ("ludwig_ii_of_bavaria", "Ludwig II of Bavaria"),
        ("ＰＡＲＩＳ", "Paris"),
        ("O'Neil", "ONeil"),
        ("1,500 km", "1500 km"),
        ("Straße", "STRASSE"),
    ],
)
def test_spelling_does_not_count(left, right):
    assert normalise(left) == normalise(right)


@pytest.mark.parametrize(("left", "right"), [("C", "C#"), ("1.5", "15"), ("-5", "5"), ("M", "N"), ("3.5", "3 5")])
def test_what_changes_the_meaning_does(left, right):
    assert normalise(left) != normalise(right)
    assert not matches(left, label=right)


def test_a_name_of_articles_or_punctuation_is_still_a_name():
    assert normalise("The The") == "the the"
    assert normalise("!!!") == "!!!"


def test_an_entity_matches_by_id_or_alias():
    assert matches("Q90", ("Paris", "City of Light"), id="Q90", label="Parigi", kind="entity")
    assert matches("Q90", ("Paris", "City of Light"), label="city of light")
    assert not matches("Q90", ("Paris",), id="Q64", label="Berlin", kind="entity")


def test_an_id_is_compared_exactly_but_in_normal_form_c():
    assert not matches("m", id="M", label="something else", kind="entity")
    assert matches("caf\u00e9", id="cafe\u0301", label="other", kind="entity")


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (2100000, {"label": "2,100,000"}),
        ("2100000", {"label": "2.1 million", "value": 2100000}),
        ("7.0", {"label": "7", "value": 7, "kind": "count"}),
        ("5 km", {"label": "5 km", "value": 5, "unit": "km"}),
        (5, {"label": "5 km", "value": 5, "unit": "km"}),
        ("1e3", {"label": "1000"}),
        ("0987", {"label": "987", "value": "0987", "kind": "value"}),
        ("1998-03-12", {"label": "12 March 1998"}),
        ("March 12, 1998", {"label": "1998-03-12", "value": "1998-03-12", "kind": "value"}),
        ("+1998-03-12T00:00:00Z", {"label": "1998-03-12"}),
        (True, {"label": "yes", "value": True, "kind": "boolean"}),
        ("no", {"label": "no", "value": False, "kind": "boolean"}),
        ("true", {"label": "Yes."}),
    ],
)
def test_values_match_by_what_they_are(gold, answer):
    assert matches(gold, **answer)


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (5, {"label": "6", "value": 6}),
        ("5 km", {"label": "5 m", "value": 5, "unit": "m"}),
        ("1998-03-12", {"label": "1998-03-13"}),
        ("1998-03", {"label": "1998-03-12"}),
        ("1998-13-01", {"label": "13 January 1998"}),
        (True, {"label": "no", "value": False, "kind": "boolean"}),
        (1, {"label": "yes", "value": True, "kind": "boolean"}),
        ("7.0", {"id": "film", "label": "7", "kind": "entity"}),
    ],
)
def test_other_values_do_not(gold, answer):
    assert not matches(gold, **answer)


@pytest.mark.parametrize(
    ("text", "gold", "said"),
    [
        ("It is Paris [1].", "paris", True),
        ("It is Parisian.", "Paris", False),
        ("There are 12 [5].", 5, False),
        ("There are 2,100,000 of them.", 2100000, True),
        ("首都はパリです。", "パリ", True),
        ("Yes, it does.", True, True),
        ("I have no idea.", False, False),
        ("No: the graph has none.", False, True),
    ],
)
def test_a_text_says_an_answer_in_whole_words_and_citations_are_no_words(text, gold, said):
    assert says(text, gold_phrases(gold_keys(gold))) is said
