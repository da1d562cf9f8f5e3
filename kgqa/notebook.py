"""Answers that show themselves in Jupyter: text, evidence to open, the plan as a picture, verdict and confidence.

Importing kgqa in a notebook turns it on; ``%load_ext kgqa.notebook`` (or ``kgqa.notebook.enable()``) does so where kgqa
was imported before. The page is built as a tree of elements and written by the standard library, which escapes every
text and attribute: names of a hostile graph stay names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from kgqa.errors import PlanError, UsageError
from kgqa.types import Answer, Evidence, Literal, TripleEvidence

if TYPE_CHECKING:
    from kgqa.graph.snapshot import RelationInfo

_COLOURS = {
    "supported": "#1a7f37",
    "predicted": "#9a6700",
    "partly_supported": "#9a6700",
    "unsupported": "#cf222e",
    "contradicted": "#cf222e",
    "unanswerable": "#57606a",
}
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BOX, _GAP, _ROW, _CHAR = 30, 34, 52, 7.2  # of the picture, in pixels
_LONGEST = 36  # characters of a name in the picture


def enable() -> None:
    """Lets the notebook that runs now show answers. Raises UsageError outside IPython."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        raise UsageError("there is no notebook here: kgqa.notebook.answer_html(answer) gives the HTML itself")
    load_ipython_extension(shell)


def load_ipython_extension(shell: Any) -> None:
    """What ``%load_ext kgqa.notebook`` calls."""
    shell.display_formatter.formatters["text/html"].for_type(Answer, answer_html)


def answer_html(answer: Answer) -> str:
    """An answer as a piece of HTML."""
    root = ET.Element("div", {"style": "font-family: sans-serif; max-width: 60em; line-height: 1.45"})
    _add(
        root, "div", answer.text, style="font-size: 115%; font-weight: 600; margin-bottom: .4em; white-space: pre-wrap"
    )
    line = _add(root, "div", style="margin-bottom: .4em")
    label = str(answer.verdict.label)
    colour = _COLOURS[label]
    badge = f"color: {colour}; border: 1px solid {colour}; border-radius: 1em; padding: 0 .6em; margin-right: .8em"
    _add(line, "span", label.replace("_", " "), style=badge)
    if answer.reason is not None:
        _add(line, "span", f"{answer.reason.code}: {answer.reason.detail}")
    else:
        _add(line, "span", f"confidence {answer.confidence:.2f}")
    if "total" in answer.timing_ms:
        _add(line, "span", f"{answer.timing_ms['total']:.1f} ms", style="color: #57606a; margin-left: .8em")
    if answer.candidates:
        _add(root, "div", "Best guess: " + ", ".join(item.label for item in answer.candidates[:5]))
    if answer.plan is not None:
        _add_plan(root, answer)
    if answer.evidence:
        _add_evidence(root, answer)
    return ET.tostring(root, encoding="unicode", method="html")


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, {name.replace("_", "-"): value for name, value in attributes.items()})
    if text is not None:
        child.text = _UNSAFE.sub("\ufffd", text)
    return child


def _add_evidence(root: ET.Element, answer: Answer) -> None:
    details = _add(root, "details", open="open") if len(answer.evidence) <= 5 else _add(root, "details")
    hidden = answer.evidence_total - len(answer.evidence)
    _add(details, "summary", f"Evidence ({answer.evidence_total}{f', {hidden} not listed' if hidden > 0 else ''})")
    table = _add(details, "table", style="border-collapse: collapse; text-align: left")
    for item in answer.evidence:
        row = _add(table, "tr")
        _add(row, "td", f"[{item.n}]", style="text-align: right; vertical-align: top")
        _add(row, "td", _sentence(item), style="text-align: left")
        _add(row, "td", ", ".join(item.sources), style="text-align: left; color: #57606a")


def _sentence(item: Evidence) -> str:
    if not isinstance(item, TripleEvidence):
        return f"“{item.text}”" + (f" ({item.title})" if item.title else "")
    text = f"{item.head_label} – {item.relation_label} → {item.tail_label}"
    if item.qualifiers:
        held = (f"{name}: {_value(value)}" for name, value in item.qualifiers.items())
        text += f" ({', '.join(held)})"
    if item.predicted:
        text += " · predicted" + (f", probability {item.probability:.2f}" if item.probability is not None else "")
    return text


def _value(value: Any) -> str:
    return str(value.get("value", value)) if isinstance(value, Mapping) else str(value)


# --- the plan as a picture --------------------------------------------------------------------------------


class _Names:
    """Names for the parts of a plan, from the answer itself."""

    def __init__(self, answer: Answer) -> None:
        self._nodes: dict[str, str] = {}
        self._relations: dict[str, str] = {}
        for mention in answer.linked:
            for candidate in mention.candidates[:1]:
                self._nodes[candidate.id] = candidate.label
        for item in answer.evidence:
            if isinstance(item, TripleEvidence):
                self._nodes.setdefault(item.head, item.head_label)
                self._nodes.setdefault(item.tail, item.tail_label)
                self._relations.setdefault(item.relation, item.relation_label)

    def node(self, ref: str | Literal) -> str:
        return ref.label() if isinstance(ref, Literal) else self._nodes.get(ref, ref)

    def relation(self, id: str) -> RelationInfo | None:
        from kgqa.graph.snapshot import RelationInfo

        label = self._relations.get(id)
        return None if label is None else RelationInfo(id=id, label=label)

    def type(self, id: str) -> str:
        from kgqa.graph.words import as_words

        return self._nodes.get(id) or as_words(id)


def _add_plan(root: ET.Element, answer: Answer) -> None:
    from kgqa.reasoning.picture import plan_graph
    from kgqa.reasoning.plan import plan_from_dict

    details = _add(root, "details")
    _add(details, "summary", f"Plan: {answer.plan_text}" if answer.plan_text else "Plan")
    if answer.plan is None:
        return
    try:
        graph = plan_graph(plan_from_dict(answer.plan.to_dict()), _Names(answer))
    except PlanError:  # a plan of another program: its words are all there is to show
        return
    _draw(details, graph)


def _draw(parent: ET.Element, graph: Mapping[str, Any]) -> None:
    """Boxes from left to right, a column for each step away from the starts."""
    depth = {node["id"]: 0 for node in graph["nodes"]}
    for edge in graph["edges"]:  # inputs come before what takes them, so one pass is enough
        depth[edge["target"]] = max(depth[edge["target"]], depth[edge["source"]] + 1)
    columns: list[list[dict[str, Any]]] = [[] for _ in range(max(depth.values()) + 1)]
    for node in graph["nodes"]:
        columns[depth[node["id"]]].append(node)
    words = {node["id"]: _short(node["text"]) for node in graph["nodes"]}
    labels = [_edge_words(edge) for edge in graph["edges"]]
    gaps = [_GAP] * len(columns)
    for edge, label in zip(graph["edges"], labels):
        before = depth[edge["target"]] - 1
        gaps[before] = max(gaps[before], round(len(label) * _CHAR) + 24)
    centre: dict[str, tuple[float, float, float]] = {}
    left = 8.0
    for column, nodes in enumerate(columns):
        width = max(max(len(words[node["id"]]) for node in nodes) * _CHAR + 16, 16.0)
        for row, node in enumerate(nodes):
            centre[node["id"]] = (left + width / 2, 26.0 + row * _ROW, width)
        left += width + gaps[column]
    height = 26 + max(len(nodes) for nodes in columns) * _ROW
    picture = _add(
        parent, "svg", width=f"{left:.0f}", height=str(height), viewBox=f"0 0 {left:.0f} {height}", role="img"
    )
    for edge, label in zip(graph["edges"], labels):
        (x1, y1, width1), (x2, y2, width2) = centre[edge["source"]], centre[edge["target"]]
        style = {"stroke-dasharray": "5 3"} if edge["predicted"] else {}
        _add(
            picture,
            "line",
            x1=_px(x1 + width1 / 2),
            y1=_px(y1),
            x2=_px(x2 - width2 / 2),
            y2=_px(y2),
            stroke="currentColor",
            **style,
        )
        middle = (x1 + width1 / 2 + x2 - width2 / 2) / 2
        _words(picture, label, middle, (y1 + y2) / 2 - 6)
    for node in graph["nodes"]:
        x, y, width = centre[node["id"]]
        _add(
            picture, "rect", x=_px(x - width / 2), y=_px(y - _BOX / 2), width=_px(width), height=str(_BOX), rx="6",
            fill="none", stroke="currentColor",
        )  # fmt: skip
        _words(picture, words[node["id"]], x, y + 4)


def _words(parent: ET.Element, text: str, x: float, y: float) -> None:
    _add(parent, "text", text, x=_px(x), y=_px(y), text_anchor="middle", font_size="12", fill="currentColor")


def _edge_words(edge: Mapping[str, Any]) -> str:
    label = _short(edge["label"])
    return f"← {label}" if edge["inverse"] else f"{label} →" if label else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _px(value: float) -> str:
    return f"{value:.1f}"
