"""The executor agrees with the networkx reference on every operator, and its support derives each answer."""

import tempfile
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.reasoning.execute import Result, ResultKind, execute
from kgqa.reasoning.plan import (
    Compare,
    Comparison,
    Count,
    Difference,
    Exists,
    HasFilter,
    Having,
    Hop,
    Intersect,
    OfType,
    Plan,
    Qualifier,
    QualifierCondition,
    Start,
    Step,
    Superlative,
    TimeSpan,
    TypeFilter,
    Union,
    ValueFilter,
    plan_from_dict,
    plan_to_dict,
    walk,
)
from kgqa.types import Literal, LiteralType, Relation
from tests.reference.plans import Reference
from tests.support.feed import Feed

ENTITIES = ["a", "b", "c", "d", "1990", "1985-06", "7"]
LITERALS = [
    Literal("5", LiteralType.INTEGER),
    Literal("1985", LiteralType.INTEGER),
    Literal("2.5", LiteralType.DECIMAL, "km"),
    Literal("900", LiteralType.INTEGER, "m"),
    Literal("1990-06-01", LiteralType.DATE),
    Literal("1985", LiteralType.YEAR),
    Literal("-0043", LiteralType.YEAR),
    Literal("B", LiteralType.STRING),
]
RELATIONS = ["r", "s", "s_inverse", "near"]
TYPES = ["t", "u"]
DATES = ["1980", "1985-06", "1990-06-01", "-0043"]

nodes = st.sampled_from([*ENTITIES, *LITERALS])
steps = st.builds(Step, st.sampled_from(RELATIONS), st.booleans())
paths = st.lists(steps, min_size=1, max_size=2).map(tuple)
comparisons = st.sampled_from(Comparison)
qualifiers = st.dictionaries(
    st.sampled_from(["valid_from", "valid_to", "at"]),
    st.sampled_from(DATES).map(lambda text: Literal(text, LiteralType.DATE)),
    max_size=2,
)
others = st.dictionaries(st.just("rank"), st.sampled_from([LITERALS[0], LITERALS[1]]), max_size=1)
said = st.just({}) | st.builds(lambda a, b: a | b, qualifiers, others)
links = st.tuples(st.sampled_from(ENTITIES[:4]), st.sampled_from(RELATIONS), st.sampled_from(ENTITIES[:4]), said)
values = st.tuples(st.sampled_from(ENTITIES[:4]), st.sampled_from(["r", "value"]), nodes, said)


@st.composite
def spans(draw):
    start = draw(st.none() | st.sampled_from(["-0100", "1979", "1985"]))
    end = draw(st.none() | st.sampled_from(["1985", "1990-06", "1999"]))
    return TimeSpan(start, end, draw(st.booleans()))


conditions = st.builds(QualifierCondition, st.just("rank"), comparisons, st.sampled_from([LITERALS[0], LITERALS[7]]))


constants = st.sampled_from(LITERALS)
value_paths = st.just((Step("value"),)) | paths


def operators(sets):
    """Each operator that gives a set, over inputs from ``sets``."""
    return {
        "hop": st.builds(Hop, sets, steps),
        "conditioned hop": st.builds(
            Hop, sets, steps, where=st.lists(conditions, max_size=1).map(tuple), during=st.none() | spans()
        ),
        "intersect": st.builds(Intersect, st.tuples(sets, sets)),
        "union": st.builds(Union, st.tuples(sets, sets)),
        "difference": st.builds(Difference, sets, sets),
        "type_filter": st.builds(TypeFilter, sets, st.sampled_from(TYPES)),
        "value_filter": st.builds(ValueFilter, sets, st.just(()) | value_paths, comparisons, constants),
        "has_filter": st.builds(HasFilter, sets, paths, sets, st.booleans()),
        "superlative": st.builds(Superlative, sets, value_paths, st.booleans(), st.booleans(), st.integers(1, 2)),
    }


starts = st.builds(
    Start, st.lists(st.sampled_from(ENTITIES[:4]) | nodes, min_size=1, max_size=2, unique=True).map(tuple)
)


@st.composite
def chains(draw):
    """One to three hops from a named start, often straight back over the relation just taken."""
    plan = draw(starts)
    for step in draw(st.lists(steps, min_size=1, max_size=2)):
        plan = Hop(plan, step)
        if draw(st.booleans()):
            inverse = {"s": "s_inverse", "s_inverse": "s", "near": "near"}.get(step.relation)
            stored = inverse is not None and draw(st.booleans())
            plan = Hop(plan, Step(inverse, step.inverse) if stored else Step(step.relation, not step.inverse))
    return plan


of_type = st.builds(OfType, st.sampled_from(TYPES))
having = st.builds(Having, steps)
sets = st.recursive(
    starts | chains() | of_type | having, lambda inner: st.one_of(*operators(inner).values()), max_leaves=3
)
PLANS = {
    **operators(sets),
    "start": starts,
    "of_type": of_type,
    "having": having,
    "chain": chains(),
    "count": st.builds(Count, sets),
    "exists": st.builds(Exists, sets, st.none() | sets),
    "qualifier": st.builds(
        Qualifier,
        operators(sets)["hop"] | operators(sets)["conditioned hop"],
        st.sampled_from(["rank", "valid_from", "at"]),
        st.none() | sets,
    ),
    "compare": st.builds(Compare, starts, starts, value_paths, comparisons, st.booleans(), st.booleans()),
}
graphs = st.builds(
    lambda a, b: a + b, st.lists(links, min_size=6, max_size=16), st.lists(values, min_size=2, max_size=8)
)
typings = st.dictionaries(
    st.sampled_from(ENTITIES), st.lists(st.sampled_from(TYPES), min_size=1, unique=True).map(tuple), min_size=2
)


def build(rows, types) -> tuple[Feed, Reference]:
    feed, graph = Feed(), nx.MultiDiGraph()
    feed.relation_records["near"] = Relation("near", symmetric=True)
    for head, relation, tail, qualified in rows:
        feed.add(head, relation, tail, **qualified)
        if not graph.has_edge(head, tail, relation):
            graph.add_edge(head, tail, relation, statements=[])
        graph.edges[head, tail, relation]["statements"].append(qualified)
    # A statement that differs only in having qualifiers is the same edge: what is known is its qualified statements.
    for _, _, data in graph.edges(data=True):
        data["statements"] = [known for known in data["statements"] if known] or [{}]
    for node, kinds in types.items():
        if node in graph:
            feed.types[feed.node_number(node)] = kinds
    return feed, Reference(graph, types, {}, {"near"}, {"s": "s_inverse"})


@pytest.mark.parametrize("operator", PLANS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_execution_agrees_with_the_reference_and_support_derives_each_answer(operator, data):
    rows, types, plan = data.draw(graphs), data.draw(typings), data.draw(PLANS[operator])
    feed, reference = build(rows, types)
    with tempfile.TemporaryDirectory() as folder:
        snapshot = open_snapshot(Path(folder), feed)
        result = execute(plan, snapshot)
        expected = reference.execute(plan)
        assert str(result.kind) == expected.kind
        found = {feed.ref(node) for node in result.nodes.tolist()} | {item.value for item in result.said}
        assert found == expected.nodes
        assert result.value == expected.value
        check_support(feed, snapshot, reference, plan, result)


@settings(max_examples=100)
@given(st.one_of(*PLANS.values()))
def test_a_plan_survives_json(plan):
    assert plan_from_dict(plan_to_dict(plan)) == plan


def check_support(feed: Feed, snapshot: Snapshot, reference: Reference, plan: Plan, result: Result) -> None:
    for node in result.nodes.tolist()[:5]:
        triples = result.support(node)
        check_triples(feed, snapshot, triples)
        if is_monotone(plan):
            # Nothing but the support derives the answer again.
            alone = only(reference, feed, triples, plan)
            assert feed.ref(node) in alone.members(plan)
    whole = result.support()
    check_triples(feed, snapshot, whole)
    assert whole == result.support()
    if result.kind is ResultKind.BOOLEAN and isinstance(plan, Exists) and result.value and is_monotone(plan):
        assert only(reference, feed, whole, plan).execute(plan).value


def check_triples(feed: Feed, snapshot: Snapshot, triples) -> None:
    assert len(set(triples)) == len(triples)
    for triple in triples:
        assert (triple.head, feed.relation_number(triple.relation), triple.tail) in feed.triples
        assert not triple.predicted


def is_monotone(plan: Plan) -> bool:
    """More triples never take an answer away, so the support alone must give it."""
    return not any(
        isinstance(part, Superlative | Difference | Compare) or (isinstance(part, HasFilter) and part.negated)
        for part in walk(plan)
    )


def only(reference: Reference, feed: Feed, triples, plan: Plan) -> Reference:
    kept = nx.MultiDiGraph()
    kept.add_nodes_from(reference.graph)
    for triple in triples:
        head, tail = feed.ref(triple.head), feed.ref(triple.tail)
        kept.add_edge(head, tail, triple.relation, **reference.graph.edges[head, tail, triple.relation])
    return Reference(kept, reference.types, reference.labels, reference.symmetric, reference.inverse_of)
