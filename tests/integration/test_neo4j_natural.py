"""What other people's Cypher finds in a graph of ours, and that no name gets out of its place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgqa.errors import InputError
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local import RunningServer
from kgqa.graph.neo4j.names import escape, label_of, type_of
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, Literal, LiteralType, Passage, Relation, Triple
from tests.contract.graph_store import CITY
from tests.integration.support import run

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

HOSTILE = (
    "`",
    "``",
    "a`b",
    "`) DETACH DELETE n //",
    "x`]->() MATCH (n) DETACH DELETE n //",
    "\\u0060) DETACH DELETE n //",
    "\\",
    "\\u005Cu0060",
    "'; MATCH (n) DELETE n; //",
    '"}) DETACH DELETE n',
    "}-tricks {a: 1}",
    "$row",
    "// comment",
    "/* open",
    "Entity",
    "Passage",
    "KgqaMeta",
    "MENTIONS",
    "SAME_AS",
    "sources",
    "number",
    "id",
    "\u2028line\u2029",
    "\uff40look\u02cbalike\u1fef",
    "zero\u200bwidth\u202eoverride",
    "tab\tnew\nline\r",
    "nul\0here",
    " ",
    "é" * 5_000,
    "n" * 10_240,
)
names = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("`\\u0065}{'\"$/*"), min_size=1, max_size=40
)


@pytest.fixture(scope="module")
def shared(server: RunningServer) -> Iterator[Neo4jStore]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEO4J_PASSWORD", server.password)
        run(server, "MATCH (n) DETACH DELETE n")
        with Neo4jStore.connect(server.uri, create=True) as store:
            yield store


@given(st.lists(names, min_size=3, max_size=8))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_names_stay_names(
    shared: Neo4jStore, tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    a, b, *rest = words
    records = [
        Entity(a, label=b, types=tuple(words), aliases={"en": tuple(rest)}, attributes={b: Literal(a)}),
        Triple(a, b, rest[0], {word: word for word in words}),
        Triple(b, rest[0], Literal(a, LiteralType.STRING, unit=b)),
        Relation(rest[0], label=a, inverse_of=b),
        Passage(a, b, title=rest[0]),
    ]
    with SQLiteStore.create(tmp_path_factory.mktemp("plain") / "store") as plain:
        plain.write(records, source=a[:200])
        expected, counts = list(plain.export()), plain.counts()
    shared.write(records, source=a[:200], replace=True)
    assert list(shared.export()) == expected
    assert shared.counts() == counts
    assert list(shared.statements(head=a, relation=b))
    shared.delete(source=expected[0].source or "")
    assert shared.counts().entities == 0
    assert shared.verify() == []


def test_no_two_names_become_one() -> None:
    for make in (label_of, type_of):
        assert len({make(name) for name in HOSTILE}) == len(HOSTILE)
        assert {make(make(name)) for name in HOSTILE if make(name) != name}.isdisjoint({make(n) for n in HOSTILE})


@given(names)
def test_an_escaped_name_is_one_token_and_the_server_reads_it_back(shared: Neo4jStore, name: str) -> None:
    usable = type_of(name)
    rows = list(shared._server.read(f"RETURN {{{escape(usable)}: 1}} AS found"))
    assert rows == [({usable: 1},)]


def test_a_source_name_that_no_index_takes_is_refused_by_name(shared: Neo4jStore) -> None:
    with pytest.raises(InputError, match="source"):
        shared.write([Triple("a", "r", "b")], source="s" * 9_000)


def test_other_peoples_cypher_finds_what_it_expects(empty: RunningServer) -> None:
    with Neo4jStore.connect(empty.uri, create=True) as store:
        store.write(CITY, source="atlas")
        store.write([Triple("Q90", "capital_of", "Q142")], source="blog")
    (paris,) = run(
        empty,
        "MATCH (n:city:capital {id: 'Q90'}) RETURN n.name, n.aliases, n.description, n.population, n.tower",
    )
    assert paris == ("Paris", ["City of Light", "Lutèce", "Paname"], "capital of France", 2100000, [324.0, 330.0])
    found = run(empty, "MATCH (:Entity {id: 'Q90'})-[a:capital_of]->(t) RETURN t.id, a.sources, a.valid_from, a.share")
    assert sorted(found, key=lambda row: len(row[1])) == [
        ("Q142", ["atlas"], "0987", 0.5),
        ("Q142", ["atlas", "blog"], None, None),
    ]
    assert run(empty, "MATCH (:Passage {id: 'p7'})-[m:MENTIONS]->(e:Entity) RETURN e.id, m.start ORDER BY m.start") == [
        ("Q90", 0),
        ("Q1471", 18),
    ]
    assert run(empty, "MATCH (:Entity)-[:tower]->(v:Literal) RETURN v.value, v.unit, v.lo ORDER BY v.value") == [
        ("324", "metre", 324.0),
        ("330", "metre", 330.0),
    ]


def test_labels_and_properties_follow_what_the_sources_say(empty: RunningServer) -> None:
    with Neo4jStore.connect(empty.uri, create=True) as store:
        store.write(
            [Entity("a", label="A", types=("t",), attributes={"size": Literal("1", LiteralType.INTEGER)})], source="s"
        )
        store.write([Entity("a", types=("u",)), Triple("a", "size", Literal("2", LiteralType.INTEGER))], source="t")
        look = "MATCH (n:Entity {id: 'a'}) RETURN n.name, labels(n), n.size"
        (name, labels, size) = run(empty, look)[0]
        assert (name, sorted(labels), sorted(size)) == ("A", ["Entity", "t", "u"], [1, 2])
        store.delete(source="s")
        (name, labels, size) = run(empty, look)[0]
        assert (name, sorted(labels), size) == ("a", ["Entity", "u"], 2)


def test_migrations_are_applied_once_and_recorded(empty: RunningServer) -> None:
    for _ in range(2):
        run(empty, "MATCH (n) DETACH DELETE n")
        Neo4jStore.connect(empty.uri, create=True).close()
        Neo4jStore.connect(empty.uri).close()
        numbers = [row[0] for row in run(empty, "MATCH (m:KgqaMigration) RETURN m.number ORDER BY m.number")]
        assert numbers == list(range(1, len(numbers) + 1))


def test_graphs_in_one_database_never_see_each_other(empty: RunningServer) -> None:
    with (
        Neo4jStore.connect(f"{empty.uri}?graph=films", create=True) as films,
        Neo4jStore.connect(f"{empty.uri}?graph=books", create=True) as books,
    ):
        films.write([Triple("Solaris", "made by", "Tarkovsky"), Passage("p", "Solaris, a film.")], source="s")
        books.write([Triple("Solaris", "written by", "Lem"), Entity("Solaris", label="Solaris")], source="s")
        assert [(row.head, row.relation, row.tail) for row in films.statements()] == [
            ("Solaris", "made by", "Tarkovsky")
        ]
        assert [row.tail for row in books.statements(head="Solaris")] == ["Lem"]
        assert films.node("Lem") is None and books.passage("p") is None
        assert [relation.id for relation in books.relations()] == ["written by"]
        assert sum(len(edges.heads) for edges in films.edges()) == 1
        books.delete(source="s")
        assert books.counts().statements == 0 and films.counts().statements == 1
        assert films.verify() == books.verify() == []
        before = list(films.export())
        assert films.identity != books.identity
    with Neo4jStore.connect(f"{empty.uri}?graph=films") as films:
        assert list(films.export()) == before
