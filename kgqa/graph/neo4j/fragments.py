"""The parts of reading queries over a graph of ours: one place that knows how statements and types are stored."""

from __future__ import annotations

from kgqa.graph.assertions import EntityField
from kgqa.graph.keys import NodeKey
from kgqa.graph.neo4j.writer import digest

_TYPE = int(EntityField.TYPE)

REF = "[{0}.number, {0}.text, {0}.kind, {0}.unit, {0}.lang]"
"""A node's number and the parts of its key."""


def node(name: str) -> str:
    """A pattern of any node of the graph, by number where one is given as ``name`` with a map behind it."""
    return f"({name}:Node)"


def numbered(name: str, number: str) -> str:
    """A pattern of the node with this number, an expression."""
    return f"({name}:Node {{number: {number}}})"


def keyed(name: str, keys: str) -> str:
    """A clause that finds the nodes whose ``start_key`` is among ``keys``, an expression."""
    return f"MATCH ({name}:Node) WHERE {name}.key IN {keys} AND {_shown(name)}"


def key_of(name: str) -> str:
    """The expression that gives a node's ``start_key``."""
    return f"{name}.key"


def start_key(key: NodeKey) -> str:
    """What finds a node by its id or value."""
    return digest(*key)


def step(near: str, far: str, *, relation: str, inverse: bool, both: bool, link: str = "a") -> str:
    """A clause from ``near`` over one relation, whose number is the expression ``relation``, to ``far``.

    ``both``: either way, for a symmetric relation.
    """
    left, right = ("-", "-") if both else ("<-", "-") if inverse else ("-", "->")
    return (
        f"MATCH ({near}){left}[{link}:STATEMENT]{right}({far}) WHERE {link}.relation = {relation} "
        f"AND {link}.revision <= $now"
    )


def is_qualified(link: str) -> str:
    """Whether a statement has qualifiers; ``link.qualifiers`` holds them as canonical JSON."""
    return f"{link}.qualifiers <> ''"


def has_type(name: str, type: str) -> str:
    """Whether a node has the type, an expression."""
    return (
        f"EXISTS {{ MATCH ({name})-[fact:FACT]->({name}) WHERE fact.field = {_TYPE} AND fact.value = {type} "
        "AND fact.revision <= $now }"
    )


def _shown(name: str) -> str:
    return f"EXISTS {{ MATCH ({name})-[any]-() WHERE any.revision <= $now }}"


OF_TYPE = (
    f"MATCH (n:Node)-[fact:FACT]->(n) WHERE fact.field = {_TYPE} AND fact.value = {{0}} AND fact.revision <= $now "
    "WITH DISTINCT n"
)
"""A clause that gives every node of a type, an expression, as ``n``."""

ALL_LINKS = "MATCH (h)-[a:STATEMENT]->(t) WHERE a.revision <= $now WITH DISTINCT h, t, a.relation AS r"
"""A clause that gives each distinct statement, qualifiers aside, as ``h``, ``r`` (the number) and ``t``."""

RETURNED = (
    "MATCH (t)-[b:STATEMENT]->(h) WHERE b.revision <= $now WITH DISTINCT h, t, r, b.relation AS s "
    "RETURN r, s, count(*), sum(CASE WHEN h = t THEN 1 ELSE 0 END)"
)
"""Goes on from ``ALL_LINKS``: how many statements of ``r`` stand turned round as statements of ``s``."""
