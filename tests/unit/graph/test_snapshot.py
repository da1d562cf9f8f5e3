"""The snapshot: names, edges, types, values, qualifiers, merged nodes; base and delta; publishing."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgqa.errors import StoreError, StoreVersionError
from kgqa.graph.publish import read_pointer
from kgqa.graph.snapshot import Snapshot, open_published, open_snapshot, refresh_snapshot, verify_snapshot
from kgqa.graph.snapshot.adjacency import Adjacency
from kgqa.types import Literal, LiteralType, Relation
from tests.support.feed import Feed
from tests.support.views import as_graph

FIVE_KM = Literal("5", LiteralType.DECIMAL, "km")


@pytest.fixture
def feed() -> Feed:
    feed = Feed()
    feed.add("Q90", "capital_of", "Q142", valid_from=Literal("0987", LiteralType.DATE))
    feed.add("Q90", "capital_of", "Q142", valid_from=Literal("1944", LiteralType.DATE), source="Q1")
    feed.add("Q142", "borders", "Q183")
    feed.add("Q183", "borders", "Q142")
    feed.add("Q90", "width", FIVE_KM)
    feed.add("Q90", "name", Literal("Париж", LiteralType.STRING, None, "ru"))
    feed.labels = {feed.numbers["Q90"]: "Paris", feed.numbers["Q142"]: "France"}
    feed.types = {
        feed.numbers["Q90"]: ("city",),
        feed.numbers["Q142"]: ("country",),
        feed.numbers["Q183"]: ("country",),
    }
    feed.relation_records["borders"] = Relation("borders", symmetric=True)
    # A base large enough that small changes make a delta.
    for i in range(200):
        feed.add(f"x{i}", "filler", f"x{i + 1}")
    feed.commit()
    return feed


def test_names_are_found_both_ways(tmp_path: Path, feed: Feed) -> None:
    snapshot = open_snapshot(tmp_path, feed)
    for ref, number in feed.numbers.items():
        assert snapshot.node(ref) == number
        assert snapshot.id(number) == (ref if isinstance(ref, str) else None)
        assert snapshot.literal(number) == (None if isinstance(ref, str) else ref)
    assert snapshot.labels([feed.numbers["Q90"], feed.numbers["Q183"], feed.numbers[FIVE_KM]]) == [
        "Paris",
        "Q183",
        "5 km",
    ]
    everything = np.array(list(feed.numbers.values()))
    assert snapshot.refs(everything) == [ref if isinstance(ref, str) else ref.label() for ref in feed.numbers]
    assert snapshot.labels(everything) == [snapshot.label(number) for number in everything.tolist()]
    with pytest.raises(IndexError, match="node -1"):
        snapshot.refs([0, -1])
    assert snapshot.node("Q9") is None
    assert snapshot.node("\ud800") is None
    assert snapshot.node(Literal("5", LiteralType.DECIMAL)) is None
    assert snapshot.is_literal([feed.numbers["Q90"], feed.numbers[FIVE_KM]]).tolist() == [False, True]


def test_edges_are_walked_both_ways_literals_too(tmp_path: Path, feed: Feed) -> None:
    snapshot = open_snapshot(tmp_path, feed)
    paris, width = feed.numbers["Q90"], snapshot.relation_number("width")
    assert snapshot.hop([paris], width).tolist() == [feed.numbers[FIVE_KM]]
    assert snapshot.hop([feed.numbers[FIVE_KM]], width, True).tolist() == [paris]
    assert snapshot.hop(list(feed.numbers.values()), width, True).tolist() == [paris]
    assert snapshot.hop([paris, 10**6, -1], snapshot.relation_number("borders")).tolist() == []
    assert snapshot.relation_number("nothing") is None


def test_steps_that_leave_a_set_are_counted(tmp_path: Path, feed: Feed) -> None:
    snapshot = open_snapshot(tmp_path, feed)
    relations, inverse, counts = snapshot.steps_from([feed.numbers["Q142"], feed.numbers["Q142"]])
    found = {
        (snapshot.relation_ids[r], bool(i)): c
        for r, i, c in zip(relations.tolist(), inverse.tolist(), counts.tolist(), strict=True)
    }
    assert found == {("capital_of", True): 1, ("borders", False): 2}  # symmetric: one step, both statements


def test_following_a_path_drops_a_start_only_straight_back(tmp_path: Path) -> None:
    feed = Feed()
    for film, actor in (("f", "a"), ("g", "a"), ("h", "b")):
        feed.add(film, "stars", actor)
    feed.add("a", "made", "g")
    feed.add("g", "shown_with", "f")
    feed.add("f", "near", "g")
    feed.add("g", "near", "f")
    feed.relation_records["near"] = Relation("near", symmetric=True)
    snapshot = open_snapshot(tmp_path, feed)
    f, g, h = (feed.numbers[name] for name in "fgh")
    stars, made, near = (snapshot.relation_number(name) for name in ("stars", "made", "near"))
    shown = snapshot.relation_number("shown_with")

    def follow(*steps: tuple[int, bool]) -> list[tuple[int, int]]:
        positions, ends = snapshot.follow([f, g, h], steps)
        return list(zip(positions.tolist(), ends.tolist(), strict=True))

    assert follow((stars, False), (stars, True)) == [(0, g), (1, f)]
    assert follow((near, False), (near, False)) == []
    assert follow((stars, False), (made, False), (shown, False)) == [(0, f), (1, f)]


def test_a_batch_too_large_to_hold_is_followed_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = Feed()
    for i in range(6):
        for j in range(6):
            feed.add(f"a{i}", "r", f"b{j}")
    snapshot = open_snapshot(tmp_path, feed)
    starts = [feed.numbers[f"a{i}"] for i in range(6)]
    whole = snapshot.follow(starts, [(0, False), (0, True)])
    monkeypatch.setattr("kgqa.graph.snapshot.snapshot.LARGEST_EXPANSION", 20)
    parts = snapshot.follow(starts, [(0, False), (0, True)])
    assert [array.tolist() for array in whole] == [array.tolist() for array in parts]


def test_qualifiers_of_statements_that_differ_only_in_them_are_all_kept(tmp_path: Path, feed: Feed) -> None:
    snapshot = open_snapshot(tmp_path, feed)
    relation = snapshot.relation_number("capital_of")
    found = snapshot.qualifiers(feed.numbers["Q90"], relation, feed.numbers["Q142"])
    assert {q["valid_from"].value for q in found} == {"0987", "1944"}
    assert [q["source"] for q in found if "source" in q] == ["Q1"]
    assert snapshot.qualifiers(feed.numbers["Q142"], relation, feed.numbers["Q90"]) == []


def test_values_compare_in_base_units_and_labels_are_read(tmp_path: Path) -> None:
    feed = Feed()
    refs = [FIVE_KM, Literal("5000", LiteralType.INTEGER, "m"), "1990-06", "12", "x", Literal("12", LiteralType.STRING)]
    for ref in refs:
        feed.add("a", "r", ref)
    snapshot = open_snapshot(tmp_path, feed)
    dimension, lo, hi = snapshot.comparable([feed.numbers[ref] for ref in refs])
    assert [snapshot.dimensions[d] for d in dimension.tolist()] == ["[length]", "[length]", "date", "number", "", ""]
    assert lo[:2].tolist() == hi[:2].tolist() == [5000.0, 5000.0]
    assert hi[2] - lo[2] == 29


def test_nodes_that_are_the_same_are_one_and_keep_what_was_said(tmp_path: Path, feed: Feed) -> None:
    lutetia = feed.node_number("Lutetia")
    feed.add("Lutetia", "capital_of", "Q142")
    feed.add("Lutetia", "on", "Seine")
    feed.types[lutetia] = ("settlement",)
    feed.same.append((lutetia, feed.numbers["Q90"]))
    feed.commit()
    snapshot = open_snapshot(tmp_path, feed)
    paris = feed.numbers["Q90"]
    assert snapshot.node("Lutetia") == snapshot.node("Q90") == paris
    on, capital = snapshot.relation_number("on"), snapshot.relation_number("capital_of")
    assert snapshot.hop([paris], on).tolist() == [feed.numbers["Seine"]]
    assert snapshot.as_said(paris, on, feed.numbers["Seine"]) == (lutetia, feed.numbers["Seine"])
    assert snapshot.types_of(paris) == ("city", "settlement")
    assert snapshot.same_as(lutetia) == (paris, lutetia)
    # Removing what one of them says leaves what the other says.
    feed.triples.discard((lutetia, capital, feed.numbers["Q142"]))
    feed.commit()
    snapshot = open_snapshot(tmp_path, feed)
    assert len(read_pointer(tmp_path)["parts"]) == 2
    assert snapshot.hop([paris], capital).tolist() == [feed.numbers["Q142"]]
    feed.triples.discard((paris, capital, feed.numbers["Q142"]))
    feed.commit()
    assert open_snapshot(tmp_path, feed).hop([paris], capital).tolist() == []


def test_a_small_change_makes_a_delta_equal_to_a_new_base(tmp_path: Path, feed: Feed) -> None:
    open_snapshot(tmp_path / "a", feed)
    feed.add("Q64", "capital_of", "Q183", at=Literal("1990", LiteralType.YEAR))
    feed.triples.discard((feed.numbers["Q142"], 1, feed.numbers["Q183"]))
    feed.statements.pop(0)
    feed.add("Q142", "borders", "x3", at=Literal("1990", LiteralType.YEAR))
    feed.labels[feed.numbers["Q183"]] = "Germany"
    feed.types[feed.numbers["Q64"]] = ("city", "state")
    feed.types.pop(feed.numbers["Q90"])
    gone = feed.numbers["x7"]
    feed.gone.add(gone)
    feed.triples = {triple for triple in feed.triples if gone not in (triple[0], triple[2])}
    feed.commit()
    changed = open_snapshot(tmp_path / "a", feed)
    assert len(read_pointer(tmp_path / "a")["parts"]) == 2
    assert changed.revision == feed.revision
    assert as_graph(changed) == as_graph(open_snapshot(tmp_path / "b", feed))
    assert changed.node("x7") is None
    left = np.array([number for number in feed.numbers.values() if number != gone])
    assert changed.refs(left) == [changed.id(number) or changed.label(number) for number in left.tolist()]
    assert changed.labels(left) == [changed.label(number) for number in left.tolist()]
    with pytest.raises(IndexError):
        changed.label(10**6)


def test_deltas_past_a_tenth_are_folded_into_a_new_base(tmp_path: Path, feed: Feed) -> None:
    open_snapshot(tmp_path, feed)
    for i in range(60):
        feed.add(f"y{i}", "filler", "x0")
    feed.commit()
    open_snapshot(tmp_path, feed)
    assert len(read_pointer(tmp_path)["parts"]) == 1


edit = st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 2), st.integers(0, 7))


@settings(max_examples=25)
@given(edits=st.lists(st.lists(edit, min_size=1, max_size=6), min_size=1, max_size=3))
def test_any_history_gives_the_snapshot_of_its_last_state(tmp_path_factory, edits) -> None:
    tmp_path, feed = tmp_path_factory.mktemp("history"), Feed()
    for i in range(100):
        feed.add(f"x{i % 30}", f"r{i % 3}", f"x{(i * 7) % 31}")
    feed.same.append((feed.numbers["x1"], feed.numbers["x2"]))
    feed.commit()
    open_snapshot(tmp_path / "kept", feed)
    for changes in edits:
        for add, head, relation, tail in changes:
            if add:
                feed.add(f"x{head}", f"r{relation}", f"x{tail}" if tail < 6 else f"new{tail}")
            else:
                triple = (feed.numbers[f"x{head}"], relation, feed.numbers.get(f"x{tail}", 0))
                feed.triples.discard(triple)
        feed.commit()
        kept = open_snapshot(tmp_path / "kept", feed)
        _steps_of_many_sets_are_those_of_each(kept)
        assert as_graph(kept) == as_graph(open_snapshot(tmp_path / f"new{feed.revision}", feed))


def _steps_of_many_sets_are_those_of_each(snapshot: Snapshot) -> None:
    nodes = np.arange(snapshot.size, dtype=np.int32)
    sets = [nodes[:1], nodes[3:9], nodes[:0], nodes, nodes[1::2]]
    each = [zip(*(part.tolist() for part in snapshot.steps_from(item)), strict=True) for item in sets]
    assert snapshot.steps_from_sets(sets) == [list(steps) for steps in each]


def test_an_open_snapshot_stays_at_its_revision_while_newer_ones_are_published(tmp_path: Path, feed: Feed) -> None:
    old = open_snapshot(tmp_path, feed)
    before = as_graph(old)
    for i in range(4):
        feed.add("Q90", "filler", f"x{i}")
        feed.commit()
        open_snapshot(tmp_path, feed)
    assert as_graph(old) == before
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) <= 3


def test_what_a_killed_writer_left_is_removed(tmp_path: Path, feed: Feed) -> None:
    open_snapshot(tmp_path, feed)
    (tmp_path / "base-torn").mkdir()
    feed.add("a", "filler", "b")
    feed.commit()
    open_snapshot(tmp_path, feed)
    assert not (tmp_path / "base-torn").exists()


def test_nothing_is_written_when_the_snapshot_is_current(tmp_path: Path, feed: Feed) -> None:
    open_snapshot(tmp_path, feed)
    before = (tmp_path / "current.json").read_text(encoding="utf-8")
    assert refresh_snapshot(tmp_path, feed) == feed.revision
    open_snapshot(tmp_path, feed)
    assert (tmp_path / "current.json").read_text(encoding="utf-8") == before


def test_an_empty_graph_has_a_snapshot(tmp_path: Path) -> None:
    snapshot = open_snapshot(tmp_path, Feed())
    assert snapshot.size == 0
    assert snapshot.node("a") is None
    assert snapshot.of_type("t").tolist() == []
    assert snapshot.hop([0, 1], 0).tolist() == []
    assert snapshot.steps_from([0])[0].tolist() == []
    assert [array.tolist() for array in snapshot.follow([3], [(0, False)])] == [[], []]


def test_without_a_published_version_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="index"):
        open_published(tmp_path)


@pytest.mark.parametrize("damage", ["pointer", "manifest", "dtype", "name", "short"])
def test_damage_is_an_error_that_says_how_to_mend_it(tmp_path: Path, feed: Feed, damage: str) -> None:
    open_snapshot(tmp_path, feed)
    base = tmp_path / read_pointer(tmp_path)["parts"][0]
    manifest = json.loads((base / "manifest.json").read_text(encoding="utf-8"))
    if damage == "pointer":
        (tmp_path / "current.json").write_text("[", encoding="utf-8")
    elif damage == "manifest":
        (base / "manifest.json").write_text("{}", encoding="utf-8")
    elif damage == "short":
        (base / "cols.npy").write_bytes((base / "cols.npy").read_bytes()[:-40])
    else:
        entry = manifest["arrays"].pop("cols")
        entry["dtype"] = "object" if damage == "dtype" else entry["dtype"]
        manifest["arrays"]["../cols" if damage == "name" else "cols"] = entry
        (base / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StoreError, match="delete the"):
        open_snapshot(tmp_path, feed)


def test_verify_names_the_file_that_was_changed(tmp_path: Path, feed: Feed) -> None:
    open_snapshot(tmp_path, feed)
    assert verify_snapshot(tmp_path) == []
    path = tmp_path / read_pointer(tmp_path)["parts"][0] / "text.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert [problem.where.rsplit("/", 1)[1] for problem in verify_snapshot(tmp_path)] == ["text.npy"]


def test_arrays_are_read_only(tmp_path: Path, feed: Feed) -> None:
    snapshot = open_snapshot(tmp_path, feed)
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(snapshot.of_type("city"))[:] = 0


def rewrite(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


@pytest.mark.parametrize("older", [{"format": 2}, {"arrays": 1}, {"store": "another"}])
def test_a_snapshot_of_an_older_format_or_of_another_store_is_built_again(
    tmp_path: Path, feed: Feed, older: dict[str, object]
) -> None:
    open_snapshot(tmp_path, feed)
    before = read_pointer(tmp_path)
    rewrite(tmp_path / "current.json", **older)
    assert open_snapshot(tmp_path, feed).node("Q90") == feed.numbers["Q90"]
    after = read_pointer(tmp_path)
    assert after["parts"] != before["parts"]
    assert {**after, "parts": before["parts"]} == before


def test_a_snapshot_of_a_newer_format_is_refused_and_kept(tmp_path: Path, feed: Feed) -> None:
    open_snapshot(tmp_path, feed)
    rewrite(tmp_path / "current.json", format=99)
    for opening in (open_snapshot, lambda folder, _: open_published(folder)):
        with pytest.raises(StoreVersionError, match="newer kgqa"):
            opening(tmp_path, feed)
    assert read_pointer(tmp_path)["format"] == 99


def test_another_store_at_the_same_revision_is_noticed(tmp_path: Path, feed: Feed) -> None:
    open_snapshot(tmp_path, feed)
    other = Feed()
    other.identity = "other"
    other.add("x", "r", "y")
    other.commit()
    assert other.revision == feed.revision
    assert open_snapshot(tmp_path, other).node("Q90") is None


@pytest.mark.parametrize("slots", [4, 40])
def test_the_rows_of_many_nodes_are_those_of_each(slots: int) -> None:
    """By a table where a good part of the graph is asked for, else by scanning few or bisecting many slots."""
    random = np.random.default_rng(slots)
    heads, tails = random.integers(0, 2000, 6000), random.integers(0, 2000, 6000)
    graph = Adjacency.build(heads % 1900, heads * 7 % slots, tails, size=2000)
    busy = Adjacency.build(
        np.repeat(heads[:50], slots), np.tile(np.arange(slots), 50), np.arange(50 * slots), size=2000
    )
    for rows in (graph, busy):
        for asked in (heads[:40], heads):
            for slot in (0, 3, slots + 5):
                start, length = rows.rows(asked, slot)
                found = [rows.cols[a : a + n].tolist() for a, n in zip(start.tolist(), length.tolist(), strict=True)]
                assert found == [rows.row(node, slot).tolist() for node in asked.tolist()]
