"""Which way a question reads a relation, and what a thing has by way of what it is in or belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kgqa.english.function_words import ARTICLES, AUXILIARIES, LABEL_PREPOSITIONS, PREPOSITIONS, WH_WORDS
from kgqa.english.inflection import base as bare
from kgqa.english.inflection import present, singular
from kgqa.reasoning.search.candidates.bases import SAYS, Base, Scene
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import thinned
from kgqa.reasoning.search.candidates.unwalked import Unwalked, belongs
from kgqa.reasoning.search.question.analysis import Analysis, Anchor
from kgqa.reasoning.search.question.asked import Asked

OWN = 0.99
"""From this match on a word is the relation's own."""
TURNED = 6.0
"""Held against a walk in the direction that the question does not ask for."""
OWNER = 2.0
"""Held against what has the thing asked for."""
_PLACING = frozenset("in from to of at within".split())


def without_inherited(
    hopeless: Sequence[tuple[Candidate, Unwalked]], bases: Sequence[Base], scene: Scene
) -> list[tuple[Candidate, Unwalked]]:
    """Leaves out hops that a thing has by way of others: "Which country is the company from?" by way of its city.

    So are what records about a thing say: who borrowed a book stands in the loan, a row that has no name of its own.
    The others are where the question places the thing, and forward walks over relations that are said, or of which
    everything has one at most, lead to what is asked.
    """
    strange = {
        (lost.anchors, hop.part & ~1)
        for lost, hop in hopeless
        if len(lost.parts) == 1 and not belongs(hop.node, hop.part, scene)
    }
    told = _by_records(bases, strange, scene) if strange else strange
    hopeless = [item for item in hopeless if len(item[0].parts) > 1 or (item[0].anchors, item[1].part & ~1) not in told]
    if not places(scene.analysis):
        return hopeless
    led = {
        (item.anchors, item.final)
        for item in (base.candidate for base in bases)
        if len(item.parts) > 1 and not any(scene.schema.inverse[part] for part in item.parts)
        if all(scene.pull[part] >= SAYS or _single(part, scene) for part in item.parts[:-1])
    }
    opposite = scene.schema.opposite
    return [
        (lost, hop)
        for lost, hop in hopeless
        if belongs(hop.node, hop.part, scene)
        or not any((lost.anchors, part) in led for part in (hop.part, int(opposite[hop.part])))
    ]


def _by_records(
    bases: Sequence[Base], wanted: set[tuple[tuple[Anchor, ...], int]], scene: Scene
) -> set[tuple[tuple[Anchor, ...], int]]:
    """Of these names and relations, those that nameless things have which point to the name."""
    schema, snapshot = scene.schema, scene.snapshot
    nameless: dict[tuple[Anchor, int], bool] = {}
    out: set[tuple[tuple[Anchor, ...], int]] = set()
    for item in (base.candidate for base in bases):
        if len(item.parts) != 2 or item.operators or (item.anchors, item.parts[1] & ~1) not in wanted:
            continue
        if not schema.inverse[item.parts[0]]:
            continue
        key = (item.anchors[0], item.parts[0])
        if key not in nameless:
            records = snapshot.hop([key[0].candidate.node], int(schema.numbers[key[1]]), True)
            nameless[key] = all(_nameless(int(node), scene) for node in thinned(records))
        if nameless[key]:
            out.add((item.anchors, item.parts[1] & ~1))
    return out


def _nameless(node: int, scene: Scene) -> bool:
    """Whether a thing goes by a number or a code only."""
    label = scene.snapshot.label(node)
    return label == scene.snapshot.id(node) and any(character.isdigit() for character in label)


def _single(part: int, scene: Scene) -> bool:
    """Whether nothing in a sample has a relation more than once."""
    number, back = int(scene.schema.numbers[part]), bool(scene.schema.inverse[part])
    (nodes,) = scene.snapshot.holders([(number, back)])
    positions, _ = scene.snapshot.hop_edges(thinned(nodes), number, back)
    return len(np.unique(positions)) == len(positions)


def places(analysis: Analysis) -> bool:
    """Whether a question asks in or from what something is: "In which order is it?", "What does it belong to?"."""
    cues = analysis.cues
    if cues.asked is Asked.WHERE:
        return True
    if cues.wh is None or not cues.noun:
        return False
    words = [token.lower for token in analysis.tokens]
    return words[-1] in _PLACING or (cues.wh > 0 and words[cues.wh - 1] in _PLACING)


def hold_back_turned(bases: Sequence[Base], scene: Scene) -> list[Base]:
    """Holds back walks that read a verb of the question the wrong way round.

    "What eats it?" asks for what has it as its object, "What does it eat?" for its objects. Only relations whose label
    is such a verb ("eats", "flows into"), and only the first hop from a name.
    """
    ways: dict[tuple[int, int], bool | None] = {}
    out = []
    for base in bases:
        item = base.candidate
        if item.parts and len(item.anchors) == 1 and item.parts[0] < scene.schema.parts:
            key = (id(item.anchors[0]), item.parts[0] & ~1)
            if key not in ways:
                ways[key] = _read_forward(item.anchors[0], key[1], scene)
            forward = ways[key]
            if forward is not None and forward is bool(scene.schema.inverse[item.parts[0]]):
                base = replace(base, candidate=replace(item, uncued=item.uncued + TURNED))
        out.append(base)
    return out


def hold_back_owners(bases: Sequence[Base], scene: Scene) -> list[Base]:
    """Holds back walks to what has the thing asked for: "Which manager ..." asks for no firm that has a manager."""
    cues, schema = scene.analysis.cues, scene.schema
    if cues.wh is None or not cues.noun or cues.noun[0] != cues.wh + 1:
        return list(bases)
    head = scene.analysis.tokens[cues.noun[-1]].lower
    kind = scene.alignment.kind[cues.noun[-1]]
    called = {
        part
        for part in range(schema.parts)
        if schema.inverse[part] and schema.phrasings[part].turned and kind[part] < SAYS
        if scene.alignment.said[cues.noun[-1], part - 1] >= OWN and _names_tails(head, part - 1, scene)
    }
    return [
        replace(base, candidate=replace(item, uncued=item.uncued + OWNER))
        if (item := base.candidate).final in called and item.parts and item.parts[-1] == item.final
        else base
        for base in bases
    ]


def _names_tails(noun: str, part: int, scene: Scene) -> bool:
    """Whether a relation is called by a noun, which is this one: "manager", "lead engineer", not "manages"."""
    words = scene.schema.phrasings[part].phrases[0].split()
    return singular(noun) == words[-1] and present(bare(words[0])) != words[0]


def _read_forward(anchor: Anchor, part: int, scene: Scene) -> bool | None:
    """Whether the name is the subject of the relation's verb (True), its object (False), or neither surely (None)."""
    schema, analysis = scene.schema, scene.analysis
    first = schema.phrasings[part].phrases[0].split()[0]
    if present(bare(first)) != first or int(schema.opposite[part]) == part or analysis.cues.wh is None:
        return None
    own = [
        i
        for i in np.flatnonzero(scene.alignment.said[:, part] >= OWN).tolist()
        if i not in anchor.tokens and bare(analysis.tokens[i].lower) == bare(first)
    ]
    if len(own) != 1:
        return None
    (verb,) = own
    words = [token.lower for token in analysis.tokens]
    wh = analysis.cues.wh
    between = words[verb + 1 : anchor.tokens[0]]
    if any(word in AUXILIARIES for word in words[wh : max(verb, anchor.tokens[-1])]):
        doing = words[wh + 1 : anchor.tokens[0]]
        subject = anchor.tokens[-1] + 1 == verb and any(word in ("do", "does", "did") for word in doing)
        return True if subject else None
    if words[:wh] or any(word in WH_WORDS for word in words[wh + 1 : verb]) or verb > anchor.tokens[0]:
        return None
    return False if all(word in ARTICLES | PREPOSITIONS | LABEL_PREPOSITIONS for word in between) else None
