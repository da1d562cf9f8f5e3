"""Objects in memory: pandas, networkx, PyKEEN, LangChain, mixed records."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch
from langchain_core.documents import Document
from pykeen.triples import CoreTriplesFactory, TriplesFactory

from kgqa.errors import InputError
from kgqa.graph.formats import read, record_to_dict, to_networkx, to_triples_factory
from kgqa.types import Entity, Literal, LiteralType, Passage, Record, Relation, Same, Triple

TRIPLES = [("Paris", "capital_of", "France"), ("France", "borders", "Spain"), ("Spain", "borders", "France")]


def said(records: Any) -> list[dict[str, Any]]:
    return sorted((record_to_dict(record) for record in records), key=repr)


# --- pandas


@pytest.mark.parametrize(
    "names", [("head", "relation", "tail"), ("Subject", "predicate", "object"), ("source", "relation", "target")]
)
def test_a_frame_of_triples_is_read_by_its_column_names_in_any_order(names: tuple[str, str, str]) -> None:
    frame = pd.DataFrame(TRIPLES, columns=list(names))[[names[2], names[0], names[1]]]
    assert list(read(frame)) == [Triple(*row) for row in TRIPLES]


def test_other_columns_of_a_frame_are_qualifiers() -> None:
    frame = pd.DataFrame(
        {"head": [1, 2], "relation": ["r", "r"], "tail": ["x", "y"], "year": [1990, None], "role": [None, "chair"]}
    )
    assert list(read(frame)) == [
        Triple("1", "r", "x", {"year": Literal("1990.0", LiteralType.DECIMAL)}),
        Triple("2", "r", "y", {"role": "chair"}),
    ]


def test_a_frame_that_is_no_table_of_triples_says_what_it_needs() -> None:
    with pytest.raises(InputError, match="head, relation and tail, or give a map"):
        list(read(pd.DataFrame({"a": [1]})))
    with pytest.raises(InputError, match="empty tail") as caught:
        list(read(pd.DataFrame({"head": ["a", "b"], "relation": ["r", "r"], "tail": ["x", None]})))
    assert caught.value.line == 2


def test_a_frame_can_be_read_through_a_map() -> None:
    frame = pd.DataFrame(
        {"code": ["fr"], "name": ["France"], "pop": [np.int64(68)], "day": [pd.Timestamp(1958, 10, 4)]}
    )
    mapping = {"id": "code", "label": "name", "attributes": {"pop": {"type": "integer"}, "day": {"type": "date"}}}
    [entity] = read(frame, map=mapping)
    assert entity == Entity(
        "fr",
        "France",
        attributes={"pop": Literal("68", LiteralType.INTEGER), "day": Literal("1958-10-04", LiteralType.DATE)},
    )


# --- networkx


def test_a_directed_graph_gives_entities_and_statements() -> None:
    graph = nx.DiGraph()
    graph.add_node("Q90", label="Paris", type="city", aliases={"en": ["City of Light"]}, population=2100000, gap=None)
    graph.add_edge("Q90", "Q142", relation="capital_of", since=987, note="old", source="atlas")
    assert list(read(graph)) == [
        Entity(
            "Q90",
            "Paris",
            aliases={"en": ("City of Light",)},
            types=("city",),
            attributes={"population": Literal("2100000", LiteralType.INTEGER)},
        ),
        Entity("Q142"),
        Triple("Q90", "capital_of", "Q142", {"since": Literal("987", LiteralType.INTEGER), "note": "old"}, "atlas"),
    ]


def test_an_undirected_graph_says_that_its_relations_are_symmetric() -> None:
    graph = nx.Graph()
    graph.add_edge("a", "b", relation="borders")
    graph.add_edge("b", "c", relation="borders")
    records = list(read(graph))
    assert [r for r in records if isinstance(r, Relation)] == [Relation("borders", symmetric=True)]
    assert sum(isinstance(r, Triple) for r in records) == 2


def test_the_key_of_a_multigraph_can_be_the_relation() -> None:
    graph = nx.MultiDiGraph()
    graph.add_edge("a", "b", key="likes")
    graph.add_edge("a", "b", key="knows")
    assert [r.relation for r in read(graph) if isinstance(r, Triple)] == ["likes", "knows"]


@pytest.mark.parametrize(
    ("edge", "node", "says"),
    [
        ({}, {}, 'set the edge attribute "relation"'),
        ({"relation": ""}, {}, "relation is empty"),
        ({"relation": 5}, {}, "relation must be text"),
        ({"relation": "r"}, {"age": object()}, "node 'a'.*attribute 'age'"),
        ({"relation": "r"}, {"labels": "x"}, "labels must be an object"),
    ],
)
def test_a_graph_that_lacks_something_says_what_and_where(
    edge: dict[str, Any], node: dict[str, Any], says: str
) -> None:
    graph = nx.DiGraph()
    graph.add_node("a", **node)
    graph.add_edge("a", "b", **edge)
    with pytest.raises(InputError, match=says):
        list(read(graph))


def test_two_nodes_with_one_id_are_refused() -> None:
    graph = nx.DiGraph()
    graph.add_nodes_from([1, "1"])
    with pytest.raises(InputError, match="two nodes"):
        list(read(graph))


def test_skipping_leaves_out_a_bad_node_and_its_edges() -> None:
    graph = nx.DiGraph()
    graph.add_node("a", age=object())
    graph.add_edge("a", "b", relation="r")
    graph.add_edge("b", "c", relation="r")
    reader = read(graph, on_error="skip")
    assert [r for r in reader if isinstance(r, Triple)] == [Triple("b", "r", "c")]
    assert reader.report.skipped == 1


RECORDS: list[Record] = [
    Entity("Q90", "Paris", {"ja": "パリ"}, {"en": ("City",)}, ("city",), "d", {"fr": "e"}, source="s"),
    Entity(
        "Q1",
        attributes={
            "label": Literal("odd name"),
            "area": (Literal("2.5", LiteralType.DECIMAL, "km^2"), Literal("x")),
            "day": Literal("1898", LiteralType.YEAR),
        },
    ),
    Entity("Q142"),
    Triple("Q90", "capital_of", "Q142", {"since": "987", "source": "book"}, "s"),
    Triple("Q90", "capital_of", "Q142", {"since": "1789"}),
    Triple("Q90", "motto", Literal("Fluctuat", lang="la"), {"at": Literal("1853", LiteralType.YEAR)}),
    Relation("capital_of", "capital of", functional=True),
    Same("Q90", "Q1"),
]


def test_records_survive_a_networkx_graph() -> None:
    assert said(read(to_networkx(RECORDS))) == said(RECORDS)


def test_our_graph_has_networkx_edges_like_one_made_by_hand() -> None:
    by_hand = nx.MultiDiGraph()
    for head, relation, tail in TRIPLES:
        by_hand.add_edge(head, tail, key=relation, relation=relation)
    ours = to_networkx(Triple(*row) for row in TRIPLES)
    assert nx.utils.graphs_equal(by_hand, nx.MultiDiGraph(ours.edges(keys=True, data=True)))


# --- PyKEEN


@pytest.mark.parametrize("inverse", [False, True])
def test_a_triples_factory_gives_its_triples_and_comes_back(inverse: bool) -> None:
    factory = TriplesFactory.from_labeled_triples(np.array(TRIPLES), create_inverse_triples=inverse)
    records = list(read(factory))
    assert {(r.head, r.relation, r.tail) for r in records if isinstance(r, Triple)} == set(TRIPLES)
    assert len(records) == len(TRIPLES)
    again = to_triples_factory(records, create_inverse_triples=inverse)
    assert again.entity_to_id == factory.entity_to_id and again.relation_to_id == factory.relation_to_id
    assert sorted(again.mapped_triples.tolist()) == sorted(factory.mapped_triples.tolist())


def test_a_factory_without_labels_or_statements_says_so() -> None:
    core = CoreTriplesFactory.create(torch.tensor([[0, 0, 1]]))
    with pytest.raises(InputError, match="no labels"):
        list(read(core))
    with pytest.raises(InputError, match="no statement"):
        to_triples_factory([Triple("a", "r", Literal("x"))])


# --- LangChain and mixtures


def test_documents_become_passages_with_stable_ids() -> None:
    documents = [
        Document("Paris is big.", metadata={"source": "a.txt", "title": "Paris", "start_index": 7, "language": "en"}),
        Document("Paris is big.", metadata={"source": "a.txt"}),
        Document("Oslo.", id="doc-5"),
        Document("Oslo."),
    ]
    first, second = list(read(documents)), list(read(documents))
    assert first == second
    passages = [p for p in first if isinstance(p, Passage)]
    assert passages[0] == Passage(passages[0].id, "Paris is big.", "Paris", "en", "a.txt", 7)
    assert passages[2].id == "doc-5" and len({p.id for p in passages}) == 4
    assert list(read(documents[1:2])) == [Passage(passages[0].id, passages[0].text, document="a.txt")]


def test_dicts_records_and_documents_can_be_mixed() -> None:
    items = [{"entity": {"id": "a"}}, Triple("a", "r", "b"), Document("text", id="d")]
    assert list(read(items)) == [Entity("a"), Triple("a", "r", "b"), Passage("d", "text")]
    assert list(read(iter(items))) == list(read(items))
    with pytest.raises(InputError, match=r"line 2: .*unknown field"):
        list(read([{"entity": {"id": "a"}}, {"entity": {"id": "a", "x": 1}}]))
