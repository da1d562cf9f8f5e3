"""What a snapshot infers of relations from the data, and what a change leaves of it."""

from pathlib import Path

import pytest

from kgqa.graph.publish import read_pointer
from kgqa.graph.snapshot import RelationInfo, Snapshot, open_snapshot, published_relations
from kgqa.types import Literal, LiteralType, Relation
from tests.support.feed import Feed

FILLER = 400
"""Statements that make a base large enough for small changes to be deltas."""


@pytest.fixture
def feed() -> Feed:
    feed = Feed()
    for i in range(30):
        a, b = f"a{i}", f"a{(i + 1) % 30}"
        feed.add(a, "borders", b)
        feed.add(b, "borders", a)
        feed.add(a, "owns", f"h{i % 25}")
        feed.add(f"h{i % 25}", "owned", a)
        feed.add(a, "capital", f"c{i}")
        feed.add(f"c{i}", "capital_inverse", a)
        feed.add(a, "loop", a)
        feed.types[feed.numbers[a]] = ("country", "place")
        feed.types[feed.numbers[f"c{i}"]] = ("city", "place") if i else ("city",)
    feed.types[feed.node_number("atlantis")] = ("place",)
    for i in range(FILLER):
        feed.add(f"x{i % 40}", "filler", f"y{i}")
    feed.commit()
    return feed


def told(snapshot: Snapshot, name: str) -> RelationInfo:
    info = snapshot.relations[snapshot.relation_number(name)]
    assert info is not None
    return info


def test_what_holds_without_exception_is_inferred_and_marked(tmp_path: Path, feed: Feed) -> None:
    snapshot = open_snapshot(tmp_path, feed)
    borders = told(snapshot, "borders")
    assert borders.symmetric
    assert not borders.functional
    assert borders.inferred == ("domain", "range", "symmetric")
    capital = told(snapshot, "capital")
    assert (capital.functional, capital.domain, capital.range) == (True, "country", "city")
    assert (capital.inverse_of, told(snapshot, "capital_inverse").inverse_of) == ("capital_inverse", "capital")
    assert (told(snapshot, "owns").inverse_of, told(snapshot, "owned").inverse_of) == ("owned", "owns")
    assert not told(snapshot, "owned").functional
    assert told(snapshot, "owns").range is None
    assert not told(snapshot, "loop").symmetric
    assert told(snapshot, "filler") == RelationInfo("filler")


def test_a_source_that_says_otherwise_wins(tmp_path: Path, feed: Feed) -> None:
    feed.relation_records["borders"] = Relation("borders", symmetric=False, domain="place")
    feed.relation_records["capital"] = Relation("capital", functional=False, inverse_of="owns")
    snapshot = open_snapshot(tmp_path, feed)
    assert told(snapshot, "borders").domain == "place"
    assert told(snapshot, "borders").inferred == ("range",)
    assert not told(snapshot, "borders").symmetric
    assert told(snapshot, "capital").inferred == ("domain", "range")


def test_few_statements_tell_nothing(tmp_path: Path) -> None:
    feed = Feed()
    for i in range(19):
        feed.add(f"a{i}", "r", f"b{i}")
        feed.add(f"b{i}", "s", f"a{i}")
    feed.add("a", "near", "b")
    feed.add("b", "near", "a")
    assert all(info == RelationInfo(info.id) for info in open_snapshot(tmp_path, feed).relations)


def test_a_relation_with_qualifiers_is_not_taken_for_symmetric(tmp_path: Path, feed: Feed) -> None:
    feed.add("a0", "borders", "a1", at=Literal("1990", LiteralType.YEAR))
    assert not told(open_snapshot(tmp_path, feed), "borders").symmetric


def test_an_inferred_symmetric_relation_is_walked_as_it_was(tmp_path: Path, feed: Feed) -> None:
    inferred = open_snapshot(tmp_path / "inferred", feed)
    feed.relation_records["borders"] = Relation("borders", symmetric=False)
    plain = open_snapshot(tmp_path / "plain", feed)
    borders = plain.relation_number("borders")
    for node in range(plain.size):
        for inverse in (False, True):
            assert inferred.hop([node], borders, inverse).tolist() == plain.hop([node], borders, inverse).tolist()


def after(tmp_path: Path, feed: Feed) -> Snapshot:
    feed.commit()
    snapshot = open_snapshot(tmp_path, feed)
    assert len(read_pointer(tmp_path)["parts"]) == 2  # a delta
    return snapshot


def test_a_change_that_agrees_keeps_what_was_inferred(tmp_path: Path, feed: Feed) -> None:
    open_snapshot(tmp_path, feed)
    feed.add("a0", "borders", "a9")
    feed.add("a9", "borders", "a0")
    feed.add("new", "capital", "c0")
    feed.add("x0", "filler", "x1")
    feed.triples -= {feed.add("a3", "owns", "h3"), feed.add("h3", "owned", "a3")}
    snapshot = after(tmp_path, feed)
    assert told(snapshot, "borders").symmetric
    assert told(snapshot, "capital").functional
    assert told(snapshot, "owns").inverse_of == "owned"
    assert told(snapshot, "capital_inverse").domain == "city"
    assert told(snapshot, "capital").domain is None  # the new head has no type


@pytest.mark.parametrize(
    ("head", "relation", "tail", "lost"),
    [("a0", "borders", "a9", "symmetric"), ("a0", "capital", "c9", "functional"), ("a0", "owns", "h9", "inverse_of")],
)
def test_a_change_that_contradicts_takes_it_back(
    tmp_path: Path, feed: Feed, head: str, relation: str, tail: str, lost: str
) -> None:
    before = told(open_snapshot(tmp_path, feed), relation)
    assert lost in before.inferred
    feed.add(head, relation, tail)
    assert lost not in told(after(tmp_path, feed), relation).inferred


def test_a_removed_mirror_takes_symmetric_back(tmp_path: Path, feed: Feed) -> None:
    open_snapshot(tmp_path, feed)
    feed.triples.discard(feed.add("a0", "borders", "a1"))
    snapshot = after(tmp_path, feed)
    assert not told(snapshot, "borders").symmetric
    assert feed.numbers["a1"] not in snapshot.hop([feed.numbers["a0"]], snapshot.relation_number("borders")).tolist()


def test_a_node_that_lost_its_type_takes_the_domain_back(tmp_path: Path, feed: Feed) -> None:
    open_snapshot(tmp_path, feed)
    feed.types[feed.numbers["a4"]] = ("place",)
    snapshot = after(tmp_path, feed)
    assert told(snapshot, "borders").domain is None
    assert told(snapshot, "borders").symmetric


def test_relations_are_read_from_what_is_published(tmp_path: Path, feed: Feed) -> None:
    assert published_relations(tmp_path) is None
    snapshot = open_snapshot(tmp_path, feed)
    known = published_relations(tmp_path)
    assert known is not None
    assert {info.id: info for info in known} == {info.id: info for info in snapshot.relations if info is not None}
    assert [info.id for info in known] == sorted(info.id for info in known)
