"""Random writes, replacements and deletions on the embedded store against sets of assertions in plain Python."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgqa.graph.sqlite import SQLiteStore
from kgqa.graph.store import Edges
from kgqa.types import Entity, Literal, LiteralType, MentionSpan, Passage, Record, Relation, Same, Triple

IDS = st.sampled_from(["a", "b", "c", "é", "e\u0301", "7", "Z z"])
SOURCES = st.sampled_from(["s", "t", "u"])
LITERALS = st.builds(
    Literal,
    st.sampled_from(["7", "x", ""]),
    st.sampled_from([LiteralType.STRING, LiteralType.INTEGER]),
    st.sampled_from([None, "metre"]),
    st.sampled_from([None, "de"]),
)
NODES = st.one_of(IDS, LITERALS)
RELATIONS = st.sampled_from(["r", "q"])
QUALIFIERS = st.dictionaries(
    st.sampled_from(["at", "of"]), st.one_of(st.sampled_from(["1990", "x"]), LITERALS), max_size=2
)
TEXTS = st.sampled_from(["one", "two", "three"])
TAGS = st.sampled_from(["en", "de"])
SPANS = st.builds(MentionSpan, st.sampled_from([0, 1]), st.sampled_from([2, 3]), IDS)
RECORDS: st.SearchStrategy[Record] = st.one_of(
    st.builds(Triple, NODES, RELATIONS, NODES, QUALIFIERS, st.one_of(st.none(), SOURCES)),
    st.builds(
        Entity,
        IDS,
        st.one_of(st.none(), TEXTS),
        st.dictionaries(TAGS, TEXTS, max_size=2),
        st.dictionaries(TAGS, st.lists(TEXTS, max_size=2).map(tuple), max_size=2),
        st.lists(st.sampled_from(["T", "U"]), max_size=2).map(tuple),
        st.one_of(st.none(), TEXTS),
        attributes=st.dictionaries(RELATIONS, LITERALS, max_size=1),
    ),
    st.builds(
        Relation,
        RELATIONS,
        st.one_of(st.none(), TEXTS),
        inverse_of=st.one_of(st.none(), RELATIONS),
        functional=st.one_of(st.none(), st.booleans()),
        inferred=st.sampled_from([(), ("functional",)]),
    ),
    st.builds(
        Passage,
        st.sampled_from(["p", "p2"]),
        TEXTS,
        st.one_of(st.none(), TEXTS),
        mentions=st.lists(SPANS, max_size=2).map(tuple),
    ),
    st.builds(Same, IDS, IDS),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), SOURCES, st.lists(RECORDS, max_size=8)),
        st.tuples(st.just("replace"), SOURCES, st.lists(RECORDS, max_size=8)),
        st.tuples(st.just("delete"), SOURCES, st.just([])),
    ),
    max_size=6,
)
"""What is done, to which source, with which records."""

Assertion = tuple[object, ...]


def nfc(ref: str | Literal) -> str | Literal:
    return "é" if ref == "e\u0301" else ref


def assertions(record: Record) -> set[Assertion]:
    """What a record asserts, in the simplest form that tells two assertions apart."""
    match record:
        case Triple(head, relation, tail, qualifiers, _):
            return {("triple", nfc(head), relation, nfc(tail), frozenset(qualifiers.items()))}
        case Entity():
            subject = nfc(record.id)
            said: set[Assertion] = {("entity", subject)}
            said |= {("label", subject, "en", record.label)} if record.label else set()
            said |= {("label", subject, tag, text) for tag, text in record.labels.items()}
            said |= {("alias", subject, tag, text) for tag, texts in record.aliases.items() for text in texts}
            said |= {("type", subject, name) for name in record.types}
            said |= {("description", subject, record.description)} if record.description else set()
            said |= {("triple", subject, relation, value, frozenset()) for relation, value in record.attributes.items()}
            return said
        case Relation():
            flag = ("functional", record.id, record.functional, "functional" in record.inferred)
            said = {("relation", record.id)}
            said |= {("relation label", record.id, record.label)} if record.label else set()
            said |= {("inverse", record.id, record.inverse_of)} if record.inverse_of else set()
            return said | ({flag} if record.functional is not None else set())
        case Passage():
            place = ("passage", record.id, record.text, record.title)
            return {place} | {(*place, m.start, m.end, nfc(m.entity)) for m in record.mentions}
        case Same(a, b, _):
            return {("same", frozenset((nfc(a), nfc(b))))}


class Model:
    """Sets of assertions by source."""

    def __init__(self) -> None:
        self.said: dict[str, set[Assertion]] = defaultdict(set)

    def write(self, source: str, records: list[Record]) -> None:
        for record in records:
            self.said[record.source or source] |= assertions(record)

    def replace(self, source: str, records: list[Record]) -> None:
        self.said.pop(source, None)
        self.write(source, records)

    def content(self) -> dict[str, set[Assertion]]:
        return {source: said for source, said in self.said.items() if said}

    def nodes(self) -> set[object]:
        found: set[object] = set()
        for assertion in set().union(*self.said.values()):
            match assertion:
                case ("triple", head, _, tail, _):
                    found |= {head, tail}
                case ("entity" | "label" | "alias" | "type" | "description", subject, *_):
                    found.add(subject)
                case ("passage", _, _, _, _, _, entity):
                    found.add(entity)
                case ("same", pair):
                    assert isinstance(pair, frozenset)
                    found |= pair
        return found

    def edges(self) -> set[tuple[object, object, object]]:
        return {(a[1], a[2], a[3]) for said in self.said.values() for a in said if a[0] == "triple"}


def stored(store: SQLiteStore) -> dict[str, set[Assertion]]:
    content: dict[str, set[Assertion]] = defaultdict(set)
    for record in store.export():
        assert record.source is not None
        content[record.source] |= assertions(record)
    return content


def numbered(edges: Edges) -> set[tuple[int, int, int]]:
    return set(zip(edges.heads.tolist(), edges.relations.tolist(), edges.tails.tolist(), strict=True))


def all_edges(store: SQLiteStore) -> set[tuple[int, int, int]]:
    return set().union(*(numbered(chunk) for chunk in store.edges()))


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(STEPS)
def test_the_store_holds_what_the_model_holds_after_any_steps(steps: list[tuple[str, str, list[Record]]]) -> None:
    with tempfile.TemporaryDirectory() as place, SQLiteStore.create(Path(place) / "store") as store:
        model = Model()
        history = [(0, all_edges(store), frozenset[int]())]
        for what, source, records in steps:
            before = (store.revision, list(store.export()))
            if what == "delete":
                if source not in {info.name for info in store.sources()}:
                    continue
                store.delete(source=source)
                model.said.pop(source)
            else:
                report = store.write(records, source=source, replace=what == "replace")
                getattr(model, what)(source, records)
                changed = list(store.export()) != before[1]
                assert (report.added + report.removed > 0) == changed
                assert store.revision == before[0] + changed
                assert store.write(records, source=source, replace=what == "replace").revision == store.revision
            assert stored(store) == model.content()
            assert store.verify() == []
            rows = {row.number: row.id if row.id is not None else row.literal for row in store.node_rows()}
            assert set(rows.values()) == model.nodes()
            assert len(rows) == len(model.nodes())
            names = store.relation_numbers()
            edges = all_edges(store)
            assert {(rows[h], names[r], rows[t]) for h, r, t in edges} == model.edges()
            for revision, then, nodes in history:
                changes = store.changes(revision)
                if not changes.rebuild:
                    assert numbered(changes.added) == edges - then
                    assert numbered(changes.removed) == then - edges
                    assert set(changes.nodes) >= (rows.keys() ^ nodes)
            history.append((store.revision, edges, frozenset(rows)))


@given(STEPS)
def test_an_export_written_into_an_empty_store_gives_an_equal_export(
    steps: list[tuple[str, str, list[Record]]],
) -> None:
    with (
        tempfile.TemporaryDirectory() as place,
        SQLiteStore.create(Path(place) / "a") as first,
        SQLiteStore.create(Path(place) / "b") as second,
    ):
        for what, source, records in steps:
            if what != "delete":
                first.write(records, source=source, replace=what == "replace")
        exported = list(first.export())
        second.write([replace(record) for record in reversed(exported)], source="other")
        assert list(second.export()) == exported
        assert second.counts() == first.counts()
