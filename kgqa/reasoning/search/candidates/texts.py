"""Sets kept to what begins with a text: "suppliers whose name starts with T", "a symbol that begins with A"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kgqa.english.function_words import FUNCTION_WORDS
from kgqa.reasoning.comparing import fold
from kgqa.reasoning.plan import Comparison, Plan, Step, ValueFilter
from kgqa.reasoning.search.candidates.bases import SAYS, Base, Scene, parts_from
from kgqa.reasoning.search.candidates.values import with_value
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.types import Literal

_BEGIN = frozenset("start starts starting begin begins beginning".split())
_NAMES = frozenset("name names letter letters called title titles word words".split())
_QUOTES = frozenset("'\"\u2018\u201c\u00ab")
SHORT = 3
"""A beginning of so few letters needs no word such as "name" or "letter" beside it."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a text begins with, folded, and the words that say so."""

    text: str
    tokens: frozenset[int]


def beginning_said(analysis: Analysis) -> Beginning | None:
    """The text with which a name or a value has to begin."""
    words = [token.lower for token in analysis.tokens]
    for i, word in enumerate(words[:-2]):
        if word not in _BEGIN or words[i + 1] not in ("with", "in"):
            continue
        at = i + 2
        while at < len(words) - 1 and (words[at] in FUNCTION_WORDS or words[at] in _NAMES) and words[at] != "a":
            at += 1
        if words[at] == "a" and at + 1 < len(words) and words[at + 1] not in FUNCTION_WORDS:
            at += 1  # "with a T"
        text = fold(analysis.tokens[at].text.strip("-–'\"“”"))
        named = frozenset(k for k in range(at) if words[k] in _NAMES)
        quoted = analysis.question[max(0, analysis.tokens[at].start - 1) : analysis.tokens[at].start] in _QUOTES
        if text and (named or quoted or len(text) <= SHORT):
            return Beginning(text, named.union(range(i, at + 1)))
    return None


def without_beginning(analysis: Analysis) -> Analysis:
    """The question without readings of the text as a name: what begins with "Glass" need not be the only Glass."""
    said = beginning_said(analysis)
    if said is None:
        return analysis
    anchors = tuple(anchor for anchor in analysis.anchors if said.tokens.isdisjoint(anchor.tokens))
    unlinked = tuple(covered for covered in analysis.unlinked if said.tokens.isdisjoint(covered))
    return replace(analysis, anchors=anchors, unlinked=unlinked)


def beginning(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """The members that begin so: by their own names, or by a value that the question calls for."""
    said = beginning_said(scene.analysis)
    if said is None:
        return
    after = said.text[:-1] + chr(ord(said.text[-1]) + 1)
    bounds = ((Comparison.GREATER_EQUAL, said.text), (Comparison.LESS, after))
    call = scene.alignment.said[:, : scene.schema.parts].max(axis=0, initial=0.0)
    for base in bases:
        if not base.tokens.isdisjoint(said.tokens):
            continue  # the letter itself, taken for a name
        item = base.candidate
        own = _within(item.plan, (), bounds)
        named = replace(item, plan=own, cued=item.cued | said.tokens, operators=(*item.operators, "value"))
        yield Base(named, lambda base=base: base.nodes)  # type: ignore[misc] # a lambda's default is not typed
        for part in parts_from(base.nodes, scene):
            reach = scene.schema.reach[part]
            if reach.literal > SAYS and max(reach.number, reach.time) <= SAYS and call[part] >= SAYS:
                plan = _within(item.plan, (scene.schema.steps[part],), bounds)
                valued = with_value(item, plan, part, said.tokens, "value")
                yield Base(valued, lambda base=base: base.nodes)  # type: ignore[misc] # as above


def _within(plan: Plan, path: tuple[Step, ...], bounds: Sequence[tuple[Comparison, str]]) -> Plan:
    for comparison, text in bounds:
        plan = ValueFilter(plan, path, comparison, Literal(text))
    return plan
