"""Which words of a query are sought: the rarer ones, whose passages are few enough to score."""

from collections.abc import Mapping

from kgqa.index.text_query import passage_query

COUNTS = {"the": 900_000, "river": 1_500, "danube": 400, "flows": 30_000}


class Counted:
    """Counts words as an index does, and keeps how far it was asked to."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = counts
        self.limits: list[int | None] = []

    def __call__(self, terms: list[str], most: int | None) -> Mapping[str, int]:
        self.limits.append(most)
        known = {term: self.counts[term] for term in terms if term in self.counts}
        return known if most is None else {term: min(most, count) for term, count in known.items()}


def test_frequent_words_are_left_out_and_never_counted_to_the_end() -> None:
    counted = Counted(COUNTS)
    assert passage_query("The river Danube flows", counted) == '"Danube" OR "river"'
    assert counted.limits == [2_001]


def test_among_frequent_words_alone_the_rarest_is_sought() -> None:
    assert passage_query("the flows", Counted(COUNTS)) == '"flows"'


def test_a_deeper_search_takes_more_words_and_one_without_end_all() -> None:
    assert passage_query("the river flows", Counted(COUNTS), deeper=20) == '"flows" OR "river"'
    assert passage_query("the river flows", Counted(COUNTS), deeper=None) == '"flows" OR "river" OR "the"'
