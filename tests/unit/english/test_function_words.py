"""The sets of function words differ where ignoring a word would mean something else."""

from kgqa.english.function_words import CLAIM_FUNCTION_WORDS, FUNCTION_WORDS, NAME_FUNCTION_WORDS


def test_words_that_ask_for_an_operator_are_left_to_be_explained_in_a_question() -> None:
    assert FUNCTION_WORDS.isdisjoint({"before", "after", "without"})
    assert {"before", "after", "without"} <= NAME_FUNCTION_WORDS & CLAIM_FUNCTION_WORDS


def test_a_claim_may_not_add_denials_directions_or_amounts() -> None:
    assert CLAIM_FUNCTION_WORDS.isdisjoint({"not", "no", "isn't", "up", "down", "number", "many", "less"})


def test_words_that_name_things_are_no_function_words_of_names() -> None:
    assert NAME_FUNCTION_WORDS.isdisjoint({"something", "different", "together"})
    assert {"something", "different", "together"} <= FUNCTION_WORDS
