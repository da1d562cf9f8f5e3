"""A plan means the same on the server, on a snapshot and in the plain reference, for every operator."""

from __future__ import annotations

import inspect
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgqa import Engine
from kgqa.config import load_settings
from kgqa.errors import DeadlineError, PlanError, StoreError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local.server import RunningServer
from kgqa.graph.neo4j.serving import ServedGraph
from kgqa.graph.neo4j.traversal import ServerGraph
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.reasoning.cypher import execute_on_server
from kgqa.reasoning.execute import execute
from kgqa.reasoning.plan import Hop, Plan, Start, Step, TimeSpan, path_plan, plan_from_dict, plan_to_dict
from kgqa.types import Entity, Literal, LiteralType, Record, Relation, Same, Triple
from tests.integration.support import run
from tests.property.test_plan_execution import DATES, ENTITIES, LITERALS, PLANS, RELATIONS, TYPES
from tests.reference.plans import Reference

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

PARTS = 6
"""Small random graphs side by side in one database; only literals join them."""


@dataclass(frozen=True)
class World:
    graph: ServerGraph
    snapshot: Snapshot
    reference: Reference
    store: Neo4jStore


@pytest.fixture(scope="module", autouse=True)
def credentials(server: RunningServer) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEO4J_PASSWORD", server.password)
        patch.delenv("NEO4J_USERNAME", raising=False)
        yield


# The tests of this world come first: the others put graphs of their own into the one database.
@pytest.fixture(scope="module")
def world(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    records, reference = random_world(random.Random(7))
    with stored(server, records) as store:
        snapshot = open_snapshot(tmp_path_factory.mktemp("snapshot"), store)
        yield World(ServerGraph(store, store.server), snapshot, reference, store)


def stored(server: RunningServer, records: list[Record]) -> Neo4jStore:
    run(server, "MATCH (n) DETACH DELETE n")
    store = Neo4jStore.connect(server.uri, create=True)
    store.write(records, source="s")
    return store


def random_world(chance: random.Random) -> tuple[list[Record], Reference]:
    graph, types, labels = nx.MultiDiGraph(), {}, {}
    records: list[Record] = [Relation("near", symmetric=True)]
    for part in range(PARTS):
        for name in ENTITIES:
            node = f"{part}:{name}"
            labels[node] = name
            types[node] = tuple(kind for kind in TYPES if chance.random() < 0.4)
            graph.add_node(node)
            records.append(Entity(node, label=name, types=types[node]))
        for _ in range(chance.randint(12, 24)):
            head, value = f"{part}:{chance.choice(ENTITIES[:4])}", chance.random() < 0.35
            relation = chance.choice(["r", "value"] if value else RELATIONS)
            tail = chance.choice([*LITERALS, *(f"{part}:{name}" for name in ENTITIES)])
            if not value:
                tail = f"{part}:{chance.choice(ENTITIES[:4])}"
            said = random_qualifiers(chance)
            records.append(Triple(head, relation, tail, said))
            if not graph.has_edge(head, tail, relation):
                graph.add_edge(head, tail, relation, statements=[])
            graph.edges[head, tail, relation]["statements"].append(said)
    for _, _, data in graph.edges(data=True):
        data["statements"] = [known for known in data["statements"] if known] or [{}]
    return records, Reference(graph, types, labels, {"near"}, {"s": "s_inverse"})


def random_qualifiers(chance: random.Random) -> dict[str, Literal]:
    said = {}
    for name in ("valid_from", "valid_to", "at"):
        if chance.random() < 0.2:
            said[name] = Literal(chance.choice(DATES), LiteralType.DATE)
    if chance.random() < 0.2:
        said["rank"] = chance.choice(LITERALS[:2])
    return said


def in_part(plan: Plan, part: int) -> Plan:
    """The plan with its entities taken from one of the graphs."""

    def renamed(data: object) -> object:
        if isinstance(data, dict):
            return {
                key: [f"{part}:{item}" if isinstance(item, str) else item for item in value]
                if key == "nodes"
                else renamed(value)
                for key, value in data.items()
            }
        return [renamed(item) for item in data] if isinstance(data, list) else data

    return plan_from_dict(renamed(plan_to_dict(plan)))


@pytest.mark.parametrize("operator", PLANS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_server_snapshot_and_reference_agree_and_so_does_support(
    operator: str, world: World, data: st.DataObject
) -> None:
    plan = in_part(data.draw(PLANS[operator]), data.draw(st.integers(0, PARTS - 1)))
    there, here = execute_on_server(plan, world.graph), execute(plan, world.snapshot)
    expected = world.reference.execute(plan)
    assert str(there.kind) == expected.kind
    found = {world.snapshot.id(node) or world.snapshot.literal(node) for node in there.nodes.tolist()}
    assert found | {item.value for item in there.said} == expected.nodes
    assert there.said == here.said
    assert there.value == expected.value
    assert there.nodes.tolist() == here.nodes.tolist()
    assert (there.total, there.missing, there.considered) == (here.total, here.missing, here.considered)
    assert there.support() == here.support()
    for node in there.nodes.tolist()[:2]:
        assert there.support(node) == here.support(node)


def test_the_served_graph_says_what_the_snapshot_says(world: World) -> None:
    graph, snapshot = ServedGraph(world.store, world.store.server), world.snapshot
    nodes = [int(node) for node in range(snapshot.size) if snapshot.exists([node])[0]]
    assert graph.size >= snapshot.size
    assert graph.exists([*nodes, graph.size + 5]).tolist() == [True] * len(nodes) + [False]
    assert graph.is_literal(nodes).tolist() == snapshot.is_literal(nodes).tolist()
    assert graph.labels(nodes) == snapshot.labels(nodes)
    assert graph.refs(nodes) == snapshot.refs(nodes)
    assert sorted(graph.type_ids) == sorted(snapshot.type_ids)
    for node in nodes[:20]:
        assert graph.types_of(node) == snapshot.types_of(node)
        assert [part.tolist() for part in graph.steps_from([node])] == [
            part.tolist() for part in snapshot.steps_from([node])
        ]
    sets = [np.array(nodes[:1]), np.array(sorted(nodes[:9])), np.array(nodes[:0], dtype=np.int64)]
    assert graph.steps_from_sets(sets) == snapshot.steps_from_sets(sets)
    ours, theirs = (sorted(zip(*map(list, found.steps_of(nodes)), strict=True)) for found in (graph, snapshot))
    assert ours == theirs
    steps = [(number, inverse) for number in range(len(snapshot.relation_ids)) for inverse in (False, True)]
    assert [part.tolist() for part in graph.holders(steps)] == [part.tolist() for part in snapshot.holders(steps)]
    near = graph.relation_number("near")
    assert near is not None
    assert near in graph.inverses(near)
    for step in steps:
        assert graph.reach(nodes[0], [step, step]) == snapshot.reach(nodes[0], [step, step])
        for end in graph.neighbours(nodes[0], *step):
            assert graph.qualifiers(nodes[0], step[0], end) == snapshot.qualifiers(nodes[0], step[0], end)


def test_merged_nodes_are_answered_from_as_one(server: RunningServer, tmp_path: Path) -> None:
    records: list[Record] = [
        Triple("a", "r", "b"),
        Triple("b2", "s", "c"),
        Same("b", "b2"),
        Same("c", "c2"),
        Triple("c2", "near", "d", {"at": Literal("1990", LiteralType.DATE)}),
        Relation("near", symmetric=True),
        Entity("b2", types=("t",)),
    ]
    plans = [
        path_plan("a", (Step("r"), Step("s"))),
        path_plan("a", (Step("r"), Step("s"), Step("near"))),
        path_plan("c", (Step("near"),)),
        plan_from_dict({"op": "of_type", "type": "t"}),
        Hop(Start(("d",)), Step("near"), during=plan_span("1990")),
    ]
    with stored(server, records) as store:
        snapshot, graph = open_snapshot(tmp_path, store), ServerGraph(store, store.server)
        for plan in plans:
            here, there = execute(plan, snapshot), execute_on_server(plan, graph)
            assert there.nodes.tolist() == here.nodes.tolist() != []
            assert there.support() == here.support()


def plan_span(year: str) -> TimeSpan:
    return TimeSpan(year, year)


def test_relations_are_inferred_as_the_snapshot_infers_them(server: RunningServer, tmp_path: Path) -> None:
    records: list[Record] = []
    for i in range(30):
        records += [Triple(f"a{i}", "in", f"b{i % 7}"), Triple(f"b{i % 7}", "holds", f"a{i}")]
        records += [Triple(f"a{i}", "beside", f"a{29 - i}"), Triple(f"a{i}", "of", f"a{(i + 1) % 30}")]
        records += [Triple(f"a{i}", "said", f"a{29 - i}", {"rank": Literal("1")}), Triple(f"a{i}", "of", f"b{i % 7}")]
    with stored(server, records) as store:
        snapshot, graph = open_snapshot(tmp_path, store), ServerGraph(store, store.server)
        for here, there in zip(snapshot.relations, graph.relations, strict=True):
            assert here is not None
            assert there is not None
            assert (there.symmetric, there.functional, there.inverse_of) == (
                here.symmetric,
                here.functional,
                here.inverse_of,
            )
        assert {info.id for info in graph.relations if info is not None and info.symmetric} == {"beside"}


def test_queries_end_at_their_limits_and_cannot_write(server: RunningServer) -> None:
    with stored(server, [Triple(f"a{i}", "r", f"b{j}") for i in range(40) for j in range(40)]) as store:
        plan = path_plan("a0", (Step("r"), Step("r", True)))
        with pytest.raises(PlanError, match="more than 10 nodes"):
            execute_on_server(plan, ServerGraph(store, store.server, rows=10))
        slow = ServerGraph(store, store.server, timeout=0.05)
        with pytest.raises(DeadlineError):
            slow.rows("UNWIND range(1, 100000000) AS x WITH sum(x * x % 7) AS y RETURN y")
        before = run(server, "MATCH (n) RETURN count(n)")
        with pytest.raises(StoreError, match=r"[Ww]rit"):
            slow.rows("CREATE (n) RETURN n")
        assert run(server, "MATCH (n) RETURN count(n)") == before


def test_the_served_graph_has_every_public_method_of_the_snapshot() -> None:
    def public(kind: type) -> dict[str, list[str]]:
        names = [name for name in dir(kind) if not name.startswith("_")]
        return {
            name: list(inspect.signature(member).parameters) if callable(member := getattr(kind, name)) else []
            for name in names
        }

    ours, snapshot = public(ServedGraph), public(Snapshot)
    for name in ("revision", "size", "type_ids", "dimensions"):  # attributes of a snapshot that is open
        snapshot.setdefault(name, [])
    ours["revision"] = []
    assert {name: ours.get(name) for name in snapshot} == snapshot


def test_the_engine_answers_alike_from_the_server_when_a_snapshot_would_be_too_large(
    server: RunningServer, tmp_path: Path
) -> None:
    run(server, "MATCH (n) DETACH DELETE n")
    people = {"Ada": ("Paris", 1815), "Bob": ("Paris", 1901), "Cyrus": ("Oslo", 1820)}
    records: list[Record] = [
        Entity(name.lower(), label=name, types=("person",), attributes={"born": Literal(str(year), LiteralType.YEAR)})
        for name, (_, year) in people.items()
    ]
    records += [Entity(city.lower(), label=city, types=("city",)) for city in ("Paris", "Oslo", "France")]
    records += [Triple(name.lower(), "lives_in", city.lower()) for name, (city, _) in people.items()]
    records += [Triple("paris", "located_in", "france"), Relation("lives_in", label="lives in")]
    questions = [
        "Who lives in Paris?",
        "How many persons live in Paris?",
        "Which person was born before 1850?",
        "Who was born first?",
        "Where does Cyrus live?",
        "Does Ada live in Oslo?",
        "Who lives in Rome?",
    ]
    said = []
    for limit in (None, 0):
        chosen = load_settings(work=tmp_path / str(limit), snapshot_mb=limit)
        if limit is None:
            Engine.create(server.uri, settings=chosen).close()
        with Engine.open(server.uri, settings=chosen) as engine:
            if limit is None:
                engine.ingest(records, source_name="s")
            assert engine.rooms().snapshot.on_server == (limit == 0)
            answers = [engine.ask(question).to_dict() for question in questions]
            said.append([{name: value for name, value in answer.items() if name != "timing_ms"} for answer in answers])
    assert not (tmp_path / "0" / "snapshot").exists()
    assert [answer["text"] for answer in said[1]] == [answer["text"] for answer in said[0]]
    assert said[1] == said[0]


def test_a_graph_opened_before_a_write_does_not_see_it(server: RunningServer) -> None:
    plan = path_plan("a", (Step("r"),))
    with stored(server, [Triple("a", "r", "b")]) as store:
        before = ServerGraph(store, store.server)
        assert before.refs(execute_on_server(plan, before).nodes) == ["b"]
        store.write([Triple("a", "r", "c"), Triple("a", "r", "b")], source="later")
        assert before.refs(execute_on_server(plan, before).nodes) == ["b"]
        after = ServerGraph(store, store.server)
        assert after.refs(execute_on_server(plan, after).nodes) == ["b", "c"]


def test_what_others_put_beside_our_statements_is_no_statement(server: RunningServer, tmp_path: Path) -> None:
    with stored(server, [Triple("a", "r", "b"), Triple("c", "r", "b")]) as store:
        run(server, "MATCH (a:Entity {id: 'a'}), (c:Entity {id: 'c'}) CREATE (a)-[:r]->(c), (a)-[:r]->(:Theirs)")
        graph, snapshot = ServedGraph(store, store.server), open_snapshot(tmp_path, store)
        for plan in (path_plan("a", (Step("r"),)), path_plan("b", (Step("r", True),))):
            assert execute_on_server(plan, graph).nodes.tolist() == execute(plan, snapshot).nodes.tolist()
        start = graph.node("a")
        assert start is not None
        assert [part.tolist() for part in graph.steps_from([start])] == [
            part.tolist() for part in snapshot.steps_from([start])
        ]
