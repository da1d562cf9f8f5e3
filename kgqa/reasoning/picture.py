"""Plans as graphs that can be drawn: what is started from, what each operator does, what flows where."""

from __future__ import annotations

from typing import Any

from kgqa.english.inflection import plural_phrase
from kgqa.graph.words import as_words
from kgqa.reasoning.explain import path_phrase, phrase
from kgqa.reasoning.names import Names
from kgqa.reasoning.plan import (
    Compare,
    HasFilter,
    Having,
    Hop,
    OfType,
    Plan,
    Qualifier,
    Start,
    Step,
    Superlative,
    TypeFilter,
    ValueFilter,
    children,
    op_name,
    walk,
)


def plan_graph(plan: Plan, names: Names) -> dict[str, Any]:
    """``{"nodes": [{"id", "op", "text"}], "edges": [{"source", "target", "label", "inverse", "predicted"}]}``.

    Nodes are operators, inputs first; the last one is the answer. An edge carries the relation that a hop walks
    (``inverse`` when from tail to head, ``predicted`` when missing edges may be filled), otherwise no label.
    """
    ids: dict[int, str] = {}
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    for part in walk(plan):
        if id(part) in ids:
            continue
        ids[id(part)] = f"n{len(nodes)}"
        nodes.append({"id": ids[id(part)], "op": op_name(part), "text": _text(part, names)})
        for child in children(part):
            hop = part if isinstance(part, Hop) else None
            edges.append(
                {
                    "source": ids[id(child)],
                    "target": ids[id(part)],
                    "label": "" if hop is None else relation_words(hop.step, names),
                    "inverse": hop is not None and hop.step.inverse,
                    "predicted": hop is not None and hop.completed,
                }
            )
    return {"nodes": nodes, "edges": edges}


def relation_words(step: Step, names: Names) -> str:
    """The relation as words, as its forward direction reads."""
    info = names.relation(step.relation)
    return info.label if info is not None and info.label else as_words(step.relation)


def _text(part: Plan, names: Names) -> str:
    match part:
        case Start(nodes=nodes):
            return ", ".join(names.node(node) for node in nodes)
        case OfType(type=kind):
            return f"all {plural_phrase(names.type(kind))}"
        case Having():
            return phrase(part, names)
        case TypeFilter(type=kind):
            return plural_phrase(names.type(kind))
        case ValueFilter(path=path, comparison=comparison, value=value):
            return f"{path_phrase(path, names)} {comparison} {value.label()}"
        case HasFilter(path=path, negated=negated):
            return f"{'not ' if negated else ''}{path_phrase(path, names)}"
        case Superlative(path=path, largest=largest, count=count):
            degree = ("most" if largest else "fewest") if count else ("largest" if largest else "smallest")
            return f"{degree} {path_phrase(path, names)}"
        case Compare(path=path, comparison=comparison):
            return f"{path_phrase(path, names)} {comparison}"
        case Qualifier(name=name):
            return name.replace("_", " ")
        case Hop():
            return ""
        case _:
            return op_name(part)
