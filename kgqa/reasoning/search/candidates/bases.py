"""Set-valued candidates with the nodes they reach: what operators are built on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgqa.english.inflection import singular
from kgqa.graph.snapshot import Snapshot
from kgqa.reasoning.plan import Hop, Intersect, Plan, Start
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.chains import SET_LIMIT, Chain, Nodes, in_both, thinned
from kgqa.reasoning.search.question.analysis import Analysis, Anchor
from kgqa.reasoning.search.vocabulary.alignment import Alignment
from kgqa.reasoning.search.vocabulary.schema import Schema

SAYS = 0.6
"""From this match on a word is taken to say a type or a value."""
GROUP = 0.7
"""How clearly a name in the plural calls for its members."""
WHOLE = 0.3
"""What the likeness of the whole question to a relation adds to that of its words."""
NOWHERE = float("nan")


@dataclass(frozen=True)
class Scene:
    """Everything that proposals for one question look at.

    ``seen`` keeps what was asked of the graph about a node, ``groups`` which words are a name in the plural, ``named``
    the words of a name as a set.
    """

    analysis: Analysis
    alignment: Alignment
    schema: Schema
    snapshot: Snapshot
    max_hops: int
    beam: int
    seen: dict[int, list[tuple[int, bool, int]]] = field(default_factory=dict, compare=False, repr=False)
    groups: dict[tuple[int, ...], bool] = field(default_factory=dict, compare=False, repr=False)

    named: dict[tuple[int, ...], frozenset[int]] = field(default_factory=dict, compare=False, repr=False)

    def words(self, tokens: tuple[int, ...]) -> frozenset[int]:
        """The words of a name as a set, made once for all that starts there."""
        if tokens not in self.named:
            self.named[tokens] = frozenset(tokens)
        return self.named[tokens]

    def steps_at(self, node: int) -> list[tuple[int, bool, int]]:
        """The steps that leave a node: relation, whether inverse, edges."""
        if node not in self.seen:
            (self.seen[node],) = self.snapshot.steps_from_sets([np.asarray([node], dtype=np.int32)])
        return self.seen[node]

    @cached_property
    def pull(self) -> NDArray[np.float32]:
        """How much the question calls for each part. shape: (parts,)"""
        said = self.alignment.said[:, : self.schema.parts].max(axis=0, initial=0.0)
        kind = self.alignment.kind[:, : self.schema.parts].max(axis=0, initial=0.0)
        likely = 0.1 * self.alignment.asked[: self.schema.parts] + WHOLE * self.alignment.whole[: self.schema.parts]
        return np.maximum(said, 0.5 * kind) + likely

    def types_said(self) -> list[int]:
        """Types, induced classes among them, that some word of the question says, by number."""
        types = self.alignment.said[:, self.schema.parts :].copy()
        for anchor in self.analysis.anchors:  # a name like its own type ("euro") does not say the type
            if anchor.strength >= SAYS - 0.1:
                named = types[list(anchor.tokens)]
                types[list(anchor.tokens)] = np.where(named >= 1.0, named, 0.0)
        said = types.max(axis=0, initial=0.0)
        return [int(number) for number in np.argsort(-said, kind="stable")[:6] if said[number] >= SAYS]


@dataclass(slots=True)
class Base:
    """A candidate whose value is a set, and that set, found when first asked for.

    ``before``: finds the set from which its last hop goes out, where it is a plain walk.
    """

    candidate: Candidate
    find: Callable[[], Nodes]
    before: Callable[[], Nodes] | None = None
    _nodes: Nodes | None = field(default=None, repr=False)
    _tokens: frozenset[int] | None = field(default=None, repr=False)

    @property
    def tokens(self) -> frozenset[int]:
        """The words of its names."""
        if self._tokens is None:
            self._tokens = frozenset(i for anchor in self.candidate.anchors for i in anchor.tokens)
        return self._tokens

    @property
    def nodes(self) -> Nodes:
        if self._nodes is None:
            self._nodes = self.find()
        return self._nodes


def from_chain(chain: Chain, scene: Scene) -> Base:
    parts, anchor = chain.parts, chain.anchor
    length = len(parts)
    candidate = Candidate(
        chain.plan(scene.schema),
        parts,
        (NOWHERE if anchor is None else anchor.middle,) * length,
        tuple(range(length)),
        parts[-1] if parts else -1,
        () if anchor is None else (anchor,),
        size=chain.edges,
        hints=_hints(chain, scene),
    )
    parent = chain.parent
    before = None if parent is None else lambda: parent.nodes(scene.snapshot, scene.schema)
    tokens = scene.words(() if anchor is None else anchor.tokens)
    return Base(candidate, lambda: chain.nodes(scene.snapshot, scene.schema), before, _tokens=tokens)


def _hints(chain: Chain, scene: Scene) -> tuple[float, ...]:
    """A name in the plural calls for its members: "the cheapest of the transition metals"."""
    if chain.anchor is None or len(chain.parts) == 0 or chain.edges < 2:
        return ()
    if chain.anchor.tokens not in scene.groups:
        scene.groups[chain.anchor.tokens] = names_a_group(chain.anchor, scene)
    if not scene.groups[chain.anchor.tokens]:
        return ()
    first = chain.parts[0]
    return (GROUP if scene.schema.reach[first].literal < 0.5 else 0.0, *(0.0 for _ in chain.parts[1:]))


def names_a_group(anchor: Anchor, scene: Scene) -> bool:
    """Whether a name is a plural in lower case: "the transition metals"."""
    last = scene.analysis.tokens[anchor.tokens[-1]]
    return last.text.islower() and not last.lower.endswith("'s") and singular(last.lower) != last.lower


def at_name(anchor: Anchor, scene: Scene) -> Candidate:
    """The candidate of no hop: what a name stands for, itself."""
    literal = scene.snapshot.literal(anchor.candidate.node)
    return Candidate(Start((literal or anchor.candidate.id,)), (), (), (), -1, (anchor,))


def joined(left: Base, right: Base) -> Base | None:
    """The members of both sets; None when there are none, or when both are all the same."""
    if not left.tokens.isdisjoint(right.tokens):
        return None
    nodes = in_both(left.nodes, right.nodes)
    if len(nodes) == 0:
        return None
    both = together(left.candidate, right.candidate, Intersect((left.candidate.plan, right.candidate.plan)))
    return Base(replace(both, operators=(*both.operators, "intersect"), size=len(nodes)), lambda: nodes)


def together(left: Candidate, right: Candidate, plan: Plan) -> Candidate:
    """One candidate that needs the parts and names of both."""
    return replace(
        left,
        plan=plan,
        parts=left.parts + right.parts,
        middles=left.middles + right.middles,
        depths=left.depths + right.depths,
        anchors=left.anchors + right.anchors,
        cued=left.cued | right.cued,
        operators=left.operators + right.operators,
        hints=(*left.hints, *(0.0,) * (len(left.parts) - len(left.hints)), *right.hints) if right.hints else left.hints,
    )


def onward(base: Base, scene: Scene, *, most: int = 8) -> Iterable[Base]:
    """One more hop, along the parts that the question calls for most."""
    if len(base.nodes) == 0 or len(base.nodes) > SET_LIMIT:
        return
    pull = scene.pull
    for part in sorted(parts_from(base.nodes, scene), key=lambda part: (-pull[part], part))[:most]:
        yield hopped(base, part, scene)


def hopped(base: Base, part: int, scene: Scene) -> Base:
    item, schema = base.candidate, scene.schema
    middle, depth = NOWHERE, -1
    if not item.parts and item.anchors:
        middle = item.anchors[0].middle
    for deep, place in zip(item.depths, item.middles):
        if middle != middle:
            middle = place
        if place == middle and deep > depth:
            depth = deep
    further = Candidate(
        Hop(item.plan, schema.steps[part]),
        (*item.parts, part),
        (*item.middles, middle),
        (*item.depths, depth + 1),
        part,
        item.anchors,
        item.cued,
        item.operators,
        item.uncued,
        item.empty,
        item.size,
        item.hints,
    )
    return Base(further, lambda: scene.snapshot.hop(base.nodes, int(schema.numbers[part]), bool(schema.inverse[part])))


def parts_from(nodes: Nodes, scene: Scene) -> list[int]:
    """Parts that lead on from a set (from an even sample of a large one)."""
    (steps,) = scene.snapshot.steps_from_sets([thinned(nodes)])
    found = (scene.schema.part_of.get((number, back)) for number, back, _ in steps)
    return [part for part in found if part is not None]


def after(anchor: Anchor, index: int) -> bool:
    """Whether a name stands after a word."""
    return anchor.tokens[0] > index
