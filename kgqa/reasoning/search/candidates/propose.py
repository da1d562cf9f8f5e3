"""Candidate plans for one question: chains first, then the operators that its words ask for."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.candidates.bases import SAYS, Base, Scene, from_chain, onward
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import CALLED, FAR, anchor_chain, walk_chains
from kgqa.reasoning.search.candidates.comparisons import comparisons
from kgqa.reasoning.search.candidates.domains import from_type, implied_types, likeliest_types, listed, of_type
from kgqa.reasoning.search.candidates.inherited import hold_back_owners, hold_back_turned, without_inherited
from kgqa.reasoning.search.candidates.lists import hold_back_members, of_lists
from kgqa.reasoning.search.candidates.properties import flagged, names_themselves, properties_said
from kgqa.reasoning.search.candidates.qualifiers import asked_of_statements, with_qualifier
from kgqa.reasoning.search.candidates.relative import relative
from kgqa.reasoning.search.candidates.sets import counted, extended, intersections, negations, pinned
from kgqa.reasoning.search.candidates.texts import beginning, beginning_said
from kgqa.reasoning.search.candidates.times import timed
from kgqa.reasoning.search.candidates.truth import shared, yes_or_no
from kgqa.reasoning.search.candidates.unwalked import Unwalked, belongs, unwalked
from kgqa.reasoning.search.candidates.values import superlatives, valued
from kgqa.reasoning.search.question.analysis import Anchor
from kgqa.reasoning.search.question.asked import Asked

KEPT = 8
"""Set-valued candidates that operators are built on: of each name so many of one hop, and so many longer ones."""

EXTENDED = 5
"""Operators' sets, of each choice of names, from which one more hop is tried."""
BUILT_ON = 100_000
"""Sets reached over more edges are answers at most, never built on: hubs must not decide the time."""

CALLS = 0.75
"""From this match on a word calls for a hop."""
KIND_SAID = 0.85
"""From this match on a word names the kind of thing that a hop reaches."""
BORROWED = 1.5
"""Held against a fact that another thing lends."""
NONE_THERE = 0.2
"""Held against a count of nothing: another reading may count something."""
Result = TypeVar("Result")
Found = tuple[list[Candidate], list[tuple[Candidate, Unwalked]]]
"""Candidate plans, unscored, and those that would explain the question had the graph the facts."""
Scored = Generator[Sequence[Candidate], NDArray[np.float64], Result]
"""Yields candidates whose scores it goes on with, so that those of many questions are scored together."""


def propose(scene: Scene, walks: Sequence[Base]) -> Scored[Found]:
    """What a question may mean, by the walks from its names; scores decide which sets are worth building on."""
    bases = chain_ends = list(walks)
    yield [base.candidate for base in bases]  # measured together: each pass over few of them costs as much
    hopeless = without_inherited((yield from _hopeless(bases, scene)), bases, scene)
    bases = hold_back_turned(bases, scene)
    bases = hold_back_borrowed(bases, hopeless, scene)
    bases += typed(bases, scene)
    yield [*(base.candidate for base in bases), *(candidate for candidate, _ in hopeless)]
    bases += yield from through_types(bases, scene)
    cues = scene.analysis.cues
    names = len({anchor.tokens for anchor in scene.analysis.anchors})
    graded = _graded(scene)
    text = beginning_said(scene.analysis) is not None
    wanted = graded or text or cues.negation is not None or names > 1 or bool(properties_said(scene))
    wanted = wanted or bool(scene.schema.carried)
    said = scene.types_said()
    kinds = list(dict.fromkeys([*said, *(implied_types(scene) if graded else [])]))
    if graded and not kinds and not names:
        kinds = likeliest_types(scene)
    starts = [from_type(number, scene) for number in kinds]
    if wanted or cues.asked in (Asked.COUNT, Asked.BOOLEAN):
        best = yield from _best(bases, KEPT)
        made: list[Base] = []
        if names > 1:
            made += intersections(best, scene)
            made += pinned(best, scene)
            if not (cues.comparatives or cues.superlatives):
                made += of_lists(best, scene)
                bases = hold_back_members(bases, scene) if made else bases
        qualified = list(with_qualifier(best, scene))
        made += qualified
        made += timed([*best, *qualified], scene)
        made += negations([*best, *starts], scene)
        grounds = [*best, *made, *starts]
        themselves = names_themselves(scene) if cues.asked is Asked.BOOLEAN else []
        having = list(flagged([*grounds, *themselves], scene))
        grounds += having
        made += having
        made += valued(grounds, scene)
        made += beginning(grounds, scene)
        made += relative(grounds, scene)
        made += superlatives([*grounds, *made], scene) if cues.superlatives else []
        if made:
            made += extended((yield from _best(made, EXTENDED)), scene)
        bases += made
    if cues.asked is Asked.COUNT:
        bases += starts if not scene.schema.induced else listed(starts, scene)
    elif said and not wanted:
        bases += listed(starts, scene)
    found = _finish(hold_back_owners(bases, scene), scene)
    if cues.asked is not Asked.BOOLEAN:
        found += asked_of_statements(chain_ends, scene)
    if cues.asked is Asked.COUNT:
        found += yield from none_there(chain_ends, scene)
    return found, hopeless


def hold_back_borrowed(
    bases: Sequence[Base], hopeless: Sequence[tuple[Candidate, Unwalked]], scene: Scene
) -> list[Base]:
    """Holds back walks that take from neighbours what the name itself should have and lacks."""
    lacking: dict[tuple[Anchor, ...], set[int]] = {}
    for lost, hop in hopeless:
        if len(lost.parts) == 1 and belongs(hop.node, hop.part, scene):
            lacking.setdefault(lost.anchors, set()).add(hop.part)
    if not lacking:
        return list(bases)
    out = []
    for base in bases:
        item = base.candidate
        if len(item.parts) > 1 and not lacking.get(item.anchors, set()).isdisjoint(item.parts[1:]):
            base = replace(base, candidate=replace(item, uncued=item.uncued + BORROWED))
        out.append(base)
    return out


def none_there(bases: Sequence[Base], scene: Scene) -> Scored[list[Candidate]]:
    """Counts of what there is none of: a hop that such things have and this one has not."""
    short = [base for base in bases if len(base.candidate.parts) < scene.max_hops]
    best = yield from _best(short, 2)
    return [
        replace(counted(item.base.candidate), uncued=NONE_THERE, size=1)
        for item in unwalked(best, scene)
        if belongs(item.node, item.part, scene)
    ]


def chain_bases(scenes: Sequence[Scene]) -> list[list[Base]]:
    """Chains from every reading of every name of each question; where they lead is asked for together.

    The questions are read by one schema of one snapshot, with one beam.
    """
    starts = [(place, anchor) for place, scene in enumerate(scenes) for anchor in scene.analysis.anchors]
    hops = [min(scene.max_hops, max(FAR, _words_that_call(scene))) for scene in scenes]
    out: list[list[Base]] = [[] for _ in scenes]
    if not starts:
        return out
    clear = [_clearly_called(scene) for scene in scenes]
    snapshot, schema = scenes[0].snapshot, scenes[0].schema
    found = walk_chains(
        [anchor_chain(anchor, snapshot) for _, anchor in starts],
        snapshot,
        schema,
        [scenes[place].pull for place, _ in starts],
        clear=[clear[place] for place, _ in starts],
        max_hops=[hops[place] for place, _ in starts],
        beam=scenes[0].beam,
    )
    for (place, _), chains in zip(starts, found, strict=True):
        out[place] += [from_chain(chain, scenes[place]) for chain in chains]
    return out


def _clearly_called(scene: Scene) -> NDArray[np.bool_]:
    """Which parts a word says, or names the kind of thing that they reach. shape: (parts,)"""
    parts = scene.schema.parts
    kind: NDArray[np.bool_] = scene.alignment.kind[:, :parts].max(axis=0, initial=0.0) >= KIND_SAID
    clear: NDArray[np.bool_] = (scene.pull >= CALLED) | kind
    return clear


def _words_that_call(scene: Scene) -> int:
    """How many different words of the question clearly say a relation or a kind of thing, and one hop that none says:
    longer walks are not asked for."""
    parts = scene.schema.parts
    said = scene.alignment.said[:, :parts].max(axis=1, initial=0.0)
    kind = scene.alignment.kind[:, :parts].max(axis=1, initial=0.0)
    saying = {
        token.stem
        for token, clearly, of_kind in zip(scene.analysis.tokens, said, kind)
        if clearly >= CALLS or of_kind >= KIND_SAID
    }
    return len(saying) + 1


def _hopeless(bases: Sequence[Base], scene: Scene) -> Scored[list[tuple[Candidate, Unwalked]]]:
    """Candidates whose last hop is called for but leads nowhere."""
    if scene.analysis.cues.asked in (Asked.BOOLEAN, Asked.COUNT):
        return []
    reached = [base for base in bases if len(base.candidate.parts) < scene.max_hops]
    best = yield from _best(reached, 3)
    return [(replace(item.base.candidate, empty=1.0), item) for item in unwalked(best, scene)]


def typed(bases: Sequence[Base], scene: Scene) -> list[Base]:
    """Chains kept to a type that the question names, where what they reach is only partly of it."""
    out = []
    for number in scene.types_said():
        for base in bases:
            share = scene.schema.reach[base.candidate.final].types.get(number, 0.0)
            if 0.0 < share < 0.95:
                out.append(of_type(base, number, scene))
    return out


def through_types(bases: Sequence[Base], scene: Scene) -> Scored[list[Base]]:
    """One hop on from what is kept to a type that is not itself asked for: "the captains of ferries built by them".

    Where nothing is named, the members of such a type are the start: "Which animals eat plants?".
    """
    noun = scene.analysis.cues.noun
    parts, said = scene.schema.parts, scene.alignment.said
    between = {number for number in scene.types_said() if not noun or said[list(noun), parts + number].max() < SAYS}
    kept = [base for base in bases if base.candidate.final - parts in between and "type" in base.candidate.operators]
    best = yield from _best(kept, EXTENDED)
    made = list(extended(best, scene))
    if noun and not scene.analysis.anchors and not _graded(scene):
        starts = [from_type(number, scene) for number in sorted(between)]
        made += [base for start in starts for base in onward(start, scene) if len(base.nodes)]
    return made + typed(made, scene) if made else []


def _graded(scene: Scene) -> bool:
    cues = scene.analysis.cues
    return bool(cues.superlatives or cues.values or cues.comparatives)


def _best(bases: Sequence[Base], most: int) -> Scored[list[Base]]:
    """The best-scored sets that have members: of each name (or names) ``most`` of one hop and ``most`` longer ones."""
    if not bases:
        return []
    scores = yield [base.candidate for base in bases]
    chosen: list[Base] = []
    seen: dict[tuple[frozenset[int], bool], int] = {}
    for place in np.argsort(-scores, kind="stable").tolist():
        base = bases[place]
        # One hop from each name has its own room: by itself it explains little, joined with another it may explain all.
        group = (base.tokens, len(base.candidate.parts) == 1)
        if seen.get(group, 0) < most and base.candidate.size <= BUILT_ON and len(base.nodes):
            seen[group] = seen.get(group, 0) + 1
            chosen.append(base)
    return chosen


def _finish(bases: Sequence[Base], scene: Scene) -> list[Candidate]:
    """The operators whose answers are no sets."""
    asked = scene.analysis.cues.asked
    found = list(comparisons(scene))
    if asked is Asked.BOOLEAN:
        return [*found, *yes_or_no(bases, scene), *shared(bases, scene)]
    items = [base.candidate for base in bases]
    if asked is Asked.COUNT:
        return [item if _is_number(item, scene) else counted(item) for item in items]
    return found + items


def _is_number(item: Candidate, scene: Scene) -> bool:
    """Whether the candidate already answers with numbers ("how many people live in ..." as a population)."""
    return 0 <= item.final < scene.schema.parts and scene.schema.reach[item.final].number > SAYS
