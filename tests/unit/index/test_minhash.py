"""Near-duplicates: found where texts share most of their runs of words, by the reference of exact sets."""

import random

from kgqa.index.minhash import NearDuplicates, _shingles

WORDS = [f"word{n}" for n in range(2_000)]


def text(seed: int, length: int = 120) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def test_the_estimate_is_near_the_share_of_common_runs() -> None:
    for changed in (1, 2, 4):
        one = text(changed)
        other = list(one)
        for place in range(changed):
            other[10 + 25 * place] = "new"
        finder = NearDuplicates(above=0.5)
        assert finder.add("a", " ".join(one)) is None
        found = finder.add("b", " ".join(other))
        a, b = set(_shingles(" ".join(one)).tolist()), set(_shingles(" ".join(other)).tolist())
        assert found is not None and found.of == "a"
        assert abs(found.similarity - len(a & b) / len(a | b)) < 0.15


def test_different_texts_repeat_nothing_and_equal_ones_repeat_the_first() -> None:
    finder = NearDuplicates()
    assert [finder.add(str(n), " ".join(text(n))) for n in range(300)] == [None] * 300
    again = [finder.add(f"again {n}", " ".join(text(n)).upper() + "!") for n in range(0, 300, 50)]
    assert [(found.of, found.similarity) for found in again if found] == [(str(n), 1.0) for n in range(0, 300, 50)]


def test_texts_without_a_word_or_of_few_words_are_no_trouble() -> None:
    finder = NearDuplicates()
    assert finder.add("a", "") is None and finder.add("b", "— !") is None
    assert finder.add("c", "one") is None
    assert finder.add("d", "One.") is not None
