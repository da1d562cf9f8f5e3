"""What is asked of statements themselves: "in which role did she act in it", "since when", "who played Ahab in it"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kgqa.english.aspect import BEGINNINGS, DATES, ENDINGS, ROLES
from kgqa.english.inflection import singular
from kgqa.index.normalise import name_key
from kgqa.reasoning.conditions import AT, VALID_FROM, VALID_TO
from kgqa.reasoning.evaluation import conditioned_edges
from kgqa.reasoning.plan import Comparison, Hop, Qualifier, QualifierCondition
from kgqa.reasoning.qualifying import TIMES
from kgqa.reasoning.search.candidates.bases import Base, Scene, at_name
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import Nodes
from kgqa.reasoning.search.question.analysis import Analysis, Anchor
from kgqa.reasoning.search.question.asked import Asked
from kgqa.reasoning.search.vocabulary.carried import Carried
from kgqa.types import Literal

MOST = 2_000
"""A larger set's statements are not looked through."""
SAID = 0.6
"""From this match on a word names a qualifier."""
CALLED_FOR = 1.2
"""What speaks for a qualifier that the question asks for by name, or by asking when."""
AS_A_ROLE = 0.5
"""How clearly "in what role" asks for whatever a statement says beside its time."""
NAME = "qualifier"
"""The operator, as candidates tell it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A qualifier that the question may ask for: the words that ask for it, and how clearly they do."""

    name: str
    cued: frozenset[int]
    fit: float


def asked_of_statements(bases: Sequence[Base], scene: Scene) -> Iterator[Candidate]:
    """What the statements between two names carry, or those of one name where the qualifier is said."""
    if not scene.schema.carried:
        return
    for base in bases:
        item, hop = base.candidate, base.candidate.plan
        if base.before is None or not isinstance(hop, Hop) or len(item.anchors) != 1 or item.operators:
            continue
        wanted = _wanted(_carried_by(hop, scene), scene)
        others = [anchor for anchor in scene.analysis.anchors if base.tokens.isdisjoint(anchor.tokens)]
        # A single statement is read from its head; a longer way to one must be asked for hop by hop.
        direct = not hop.step.inverse if len(item.parts) == 1 else _asked_for(item, scene)
        found = _names_said(base, hop, scene) if wanted and direct else {}
        for reading in wanted:
            changed = replace(
                item,
                cued=item.cued | reading.cued,
                operators=(*item.operators, NAME),
                uncued=item.uncued - CALLED_FOR * reading.fit,
                final=-1,
            )
            for anchor in others if direct else ():
                there = reading.name in found.get(anchor.candidate.node, ())
                if not there and (len(item.parts) > 1 or not reading.cued or not _may_reach(anchor, item.final, scene)):
                    continue
                plan = Qualifier(hop, reading.name, at_name(anchor, scene).plan)
                empty = 0.0 if there else 1.0
                yield replace(changed, plan=plan, anchors=(*item.anchors, anchor), size=1, empty=empty)
            if reading.cued and not others:
                yield replace(changed, plan=Qualifier(hop, reading.name))


def with_qualifier(bases: Sequence[Base], scene: Scene) -> Iterator[Base]:
    """Walks whose last hop keeps to statements with a qualifier that the question says: "who played Ahab in it"."""
    if not scene.schema.carried:
        return
    said = [name_key(token.text) for token in scene.analysis.tokens]
    for base in bases:
        hop = base.candidate.plan
        if base.before is None or not isinstance(hop, Hop) or not _carried_by(hop, scene):
            continue
        source = base.before()
        if len(source) > MOST:
            continue
        values = {
            (name, value)
            for _, _, qualifiers in scene.snapshot.qualified(source, *_step(hop, scene))
            for name, value in qualifiers.items()
            if name not in TIMES
        }
        for name, value in sorted(values, key=repr):
            tokens = _said_as(_text(value, scene), said)
            if not tokens or not base.tokens.isdisjoint(tokens):
                continue
            plan = replace(hop, where=(*hop.where, QualifierCondition(name, Comparison.EQUAL, value)))
            cued = base.candidate.cued | tokens
            item = replace(base.candidate, plan=plan, cued=cued, operators=(*base.candidate.operators, NAME))
            yield Base(item, lambda plan=plan, source=source: _kept(plan, source, scene), base.before)  # type: ignore[misc] # a lambda's default is not typed


def _asked_for(item: Candidate, scene: Scene) -> bool:
    """Whether the question says every hop of a walk, and none of them again."""
    return len({part // 2 for part in item.parts}) == len(item.parts) and all(
        scene.pull[part] >= SAID for part in item.parts
    )


def _names_said(base: Base, hop: Hop, scene: Scene) -> dict[int, set[str]]:
    """The qualifiers that the statements of a hop carry, by where they lead."""
    source = base.before() if base.before is not None else np.empty(0, dtype=np.int32)
    out: dict[int, set[str]] = {}
    if len(source) <= MOST:
        for _, end, qualifiers in scene.snapshot.qualified(source, *_step(hop, scene)):
            out.setdefault(end, set()).update(qualifiers)
    return out


def _may_reach(anchor: Anchor, part: int, scene: Scene) -> bool:
    """Whether what a relation reaches is such a thing as the name: then the graph might have had the fact."""
    reached = scene.schema.reach[part].types
    own = [scene.schema.types.index(kind) for kind in scene.snapshot.types_of(anchor.candidate.node)]
    return any(reached.get(number, 0.0) > 0 for number in own)


def _kept(plan: Hop, source: Nodes, scene: Scene) -> Nodes:
    ends = [end for _, end in conditioned_edges(scene.snapshot, plan, source, _step(plan, scene))]
    return np.unique(np.asarray(ends, dtype=np.int32))


def _step(hop: Hop, scene: Scene) -> tuple[int, bool]:
    return scene.snapshot.relation_number(hop.step.relation) or 0, hop.step.inverse


def _carried_by(hop: Hop, scene: Scene) -> list[tuple[int, Carried]]:
    """The qualifiers that the statements of a hop carry, with their places in the schema."""
    relation, _ = _step(hop, scene)
    return [(place, item) for place, item in enumerate(scene.schema.carried) if relation in item.relations]


def _wanted(carried: Sequence[tuple[int, Carried]], scene: Scene) -> list[Wanted]:
    """The qualifiers that the question may ask for: when, by name or kind, or whatever else there is to ask for."""
    names = {item.name for _, item in carried}
    if (moment := _moment(scene.analysis, names)) is not None:
        return [moment]
    cues, content = scene.analysis.cues, scene.analysis.content
    if cues.asked in (Asked.WHEN, Asked.WHERE, Asked.BOOLEAN):
        return []
    sure = {i for anchor in scene.analysis.anchors if anchor.strength >= SAID for i in anchor.tokens}
    out = []
    for place, item in carried:
        if item.name in TIMES:
            continue
        match = scene.alignment.carried[:, place]
        near = [i for i in (cues.noun or range(len(match))) if content[i] and i not in sure]
        words = [i for i in near if match[i] >= SAID]
        roles = [i for i in cues.noun if scene.analysis.tokens[i].lower in ROLES]
        if roles and not words:
            out.append(Wanted(item.name, frozenset(roles), max(AS_A_ROLE, float(match[roles].max()))))
        elif words or (not cues.noun and cues.asked is not Asked.COUNT):
            out.append(Wanted(item.name, frozenset(words), float(match[words or near].max(initial=0.0))))
    return out


def _moment(analysis: Analysis, names: set[str]) -> Wanted | None:
    """The beginning, the end or the moment that the question asks for, of those that statements carry."""
    cues = analysis.cues
    dated = frozenset(i for i in cues.noun if analysis.tokens[i].lower in DATES)
    if cues.asked is not Asked.WHEN and not dated:
        return None
    words = [token.lower for token in analysis.tokens]
    ends = frozenset(i for i, word in enumerate(words) if word in ENDINGS)
    begins = frozenset(i for i, word in enumerate(words) if word in BEGINNINGS)
    wanted = (VALID_TO,) if ends else (VALID_FROM, AT) if begins else (AT, VALID_FROM)
    name = next((name for name in wanted if name in names), None)
    return None if name is None else Wanted(name, dated | ends | begins, 1.0)


def _text(value: Literal | str, scene: Scene) -> str:
    if isinstance(value, Literal):
        return value.value
    node = scene.snapshot.node(value)
    return value if node is None else scene.snapshot.label(node)


def _said_as(text: str, said: Sequence[str]) -> frozenset[int]:
    """The words of the question that say a text, in the plural too; none where it has no letters."""
    words = name_key(text).split()
    if not words or not any(character.isalpha() for character in text):
        return frozenset()
    *ahead, last = words
    for end in range(len(ahead), len(said)):
        if list(said[end - len(ahead) : end]) == ahead and last in (said[end], singular(said[end])):
            return frozenset(range(end - len(ahead), end + 1))
    return frozenset()
