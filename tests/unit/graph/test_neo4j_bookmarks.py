"""The number of the last transaction is read from a bookmark, and from nothing else."""

import pytest

from kgqa.graph.neo4j.bookmarks import transaction_number


@pytest.mark.parametrize(
    ("bookmark", "number"),
    [
        ("FB:kcwQFj0I+uXbSZi02VQflct44skBbJA=", 364),
        ("FB:kcwQFj0I+uXbSZi02VQflct44skBb5A=", 367),
        ("FB:kcwQFj0I+uXbSZi02VQflct44gWQ", 5),
        ("FB:kcwQFj0I+uXbSZi02VQflct44soAAYagkA==", 100_000),
    ],
)
def test_a_bookmark_of_neo4j_5_names_its_transaction(bookmark: str, number: int) -> None:
    assert transaction_number(bookmark) == number


@pytest.mark.parametrize(
    "bookmark", ["", "FB:", "FB:kcwQ", "neo4j:bookmark:v1:tx42", "FB:***", "FB:kcwQFj0I+uXbSZi02VQflct44skB"]
)
def test_any_other_bookmark_tells_nothing(bookmark: str) -> None:
    assert transaction_number(bookmark) is None
