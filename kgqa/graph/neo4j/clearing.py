"""Removes what runs wrote that show to nobody, in transactions of bounded size; done twice it removes nothing more."""

from __future__ import annotations

from collections.abc import Iterable

from kgqa.graph.neo4j.names import MENTIONS, SAME_AS
from kgqa.graph.neo4j.server import Server
from kgqa.graph.neo4j.showing import View

IN_TURN = "IN TRANSACTIONS OF 10000 ROWS"
_ANY = "any(run IN {0}.runs WHERE run IN $runs)"
_LEFT = "[i IN range(0, size({0}.runs) - 1) WHERE NOT {0}.runs[i] IN $runs] AS left"
_KEEP = "SET {0}.{1} = [i IN left | {0}.{1}[i]], {0}.runs = [i IN left | {0}.runs[i]]"
_NODES = ("Entity", "Literal")
_QUERIES = (
    f"MATCH (h:Entity)-[a]->(:Literal) WHERE {_ANY.format('a')} "
    f"WITH DISTINCT h CALL (h) {{ SET h:KgqaStale }} {IN_TURN}",
    *(
        f"MATCH (:{label})-[a]->() WHERE all(run IN a.runs WHERE run IN $runs) CALL (a) {{ DELETE a }} {IN_TURN}"
        for label in _NODES
    ),
    *(
        f"MATCH (:{label})-[a]->() WHERE {_ANY.format('a')} WITH a, {_LEFT.format('a')} "
        f"CALL (a, left) {{ {_KEEP.format('a', 'sources')} }} {IN_TURN}"
        for label in _NODES
    ),
    *(
        f"MATCH (n:{label}) WHERE {_ANY.format('n')} WITH n, {_LEFT.format('n')} "
        f"CALL (n, left) {{ {_KEEP.format('n', 'facts')}{stale} }} {IN_TURN}"
        for label, stale in (("Entity", " SET n:KgqaStale"), ("Relation", ""))
    ),
    f"MATCH (:Passage)-[a:{MENTIONS}]->() WHERE a.run IN $runs CALL (a) {{ DELETE a }} {IN_TURN}",
    f"MATCH (:Entity)-[a:{SAME_AS}]->() WHERE a.run IN $runs CALL (a) {{ DELETE a }} {IN_TURN}",
    f"MATCH (p:Passage) WHERE p.run IN $runs CALL (p) {{ DETACH DELETE p }} {IN_TURN}",
    *(
        f"MATCH (n:{label}) WHERE size(coalesce(n.facts, [])) = 0 AND NOT EXISTS {{ (n)--() }} "
        f"CALL (n) {{ DELETE n }} {IN_TURN}"
        for label in _NODES
    ),
)
_UNSEEN = "MATCH (n:{label}) WHERE {single} AND NOT {mentioned} CALL (n) {{ SET n.run = $hide }} {in_turn}"


def clear(server: Server, runs: Iterable[int], view: View) -> None:
    """Removes all that these runs wrote, and nodes that nothing mentions then; ``view`` hides these runs.

    The caller holds the one writer's lock. Killed on its way, it is to be called again.
    """
    wanted = sorted(runs)
    for query in _QUERIES:
        server.in_turn(query, runs=wanted)
    others = sorted(set(view.hidden) - set(wanted))
    if others:
        # What only an unfinished write mentions is made its own, so that it does not show.
        hiding = View(view.revision, view.newest, tuple(others))
        for label in _NODES:
            parts = {"single": hiding.single("n"), "mentioned": hiding.mentioned("n")}
            query = _UNSEEN.format(label=label, in_turn=IN_TURN, **parts)
            server.in_turn(query, hide=others[0], **hiding.parameters)
