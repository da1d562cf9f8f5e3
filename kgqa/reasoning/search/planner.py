"""The planner: a question and its mentions in, ranked executed plans out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.english.function_words import QUANTITIES
from kgqa.errors import UsageError
from kgqa.reasoning.execute import Result, ResultKind, Shared, execute
from kgqa.reasoning.search.candidates.bases import Scene
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.domains import asks_of_a_class
from kgqa.reasoning.search.candidates.meant import doubt
from kgqa.reasoning.search.candidates.texts import without_beginning
from kgqa.reasoning.search.candidates.unwalked import Unwalked, belongs, walked_on
from kgqa.reasoning.search.proposals import Proposal, proposals
from kgqa.reasoning.search.question.analysis import Analysis, analyse
from kgqa.reasoning.search.ranking.features import NAMES
from kgqa.reasoning.search.ranking.ranker import Ranker, load_ranker
from kgqa.reasoning.search.ranking.reading import PlanReader
from kgqa.reasoning.search.ranking.sheet import featurise
from kgqa.reasoning.search.reasons import explain_words, nothing_found, reading_unclear, weak
from kgqa.reasoning.search.results import PlanSearch, ScoredPlan
from kgqa.reasoning.search.vocabulary.alignment import WordVectors, align
from kgqa.reasoning.search.vocabulary.classes import with_classes
from kgqa.reasoning.search.vocabulary.schema import Schema, build_schema
from kgqa.reasoning.search.vocabulary.things import appositions
from kgqa.types import Mention, Reason, ReasonCode, Relation, TextEncoder

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot

LIKELY = 0.5
CALL_MIN, UNEXPLAINED = NAMES.index("call_min"), NAMES.index("unexplained")
OPEN = 0.25
"""Share of a question's words that a plan leaves unexplained from which on it may mean more."""
AGAIN = frozenset((ReasonCode.NO_PLAN, ReasonCode.FALSE_PREMISE))
"""Why a question is read once more, with classes: what the graph merely does not know stays so."""
TRIES = 16
"""Plans executed at most for one question."""


class Planner:
    """Finds the plans that a question may mean. Hop count, shape and answer type are found, not given.

    Args:
        snapshot: the graph
        relations: what the store knows of its relations (labels, aliases, inverse labels)
        encoder: any text encoder; relation and type vectors are made here, vectors of words as they come
        ranker: weights; None takes the packaged ones
        schema: what ``build_schema`` made of the same graph, when already at hand
        reader: a reader of questions, trained on this graph or packaged; its scores are added to the ranker's
        max_hops: longest walk from a name, 1 to 4
        beam: walks kept at each length
        keep: plans returned
        classes: whether things without types are put into classes by what they have; a reader learns without them
    """

    def __init__(
        self,
        snapshot: Snapshot,
        relations: Sequence[Relation],
        encoder: TextEncoder,
        *,
        ranker: Ranker | None = None,
        schema: Schema | None = None,
        reader: PlanReader | None = None,
        max_hops: int = 3,
        beam: int = 64,
        keep: int = 5,
        classes: bool = True,
    ) -> None:
        if not 1 <= max_hops <= 4 or beam < 1 or keep < 1:
            raise UsageError(f"max_hops 1 to 4, beam and keep at least 1: got {max_hops}, {beam}, {keep}")
        self.snapshot = snapshot
        self.schema = schema or build_schema(snapshot, relations, encoder)
        self._encoder, self._classes = encoder, classes
        self.words = WordVectors(encoder)
        self.ranker = ranker or load_ranker()
        self.reader = reader
        self.max_hops, self._beam, self._keep = max_hops, beam, keep

    def prepare(self, questions: Sequence[str], mentions: Sequence[Sequence[Mention]] | None = None) -> list[Analysis]:
        """Takes many questions apart, with what linking found in them, and encodes their words in one batch."""
        mentions = mentions or [()] * len(questions)
        analyses = [
            analyse(question, found, nouns=self._nouns) for question, found in zip(questions, mentions, strict=True)
        ]
        self.words.ensure([text for analysis in analyses for text in (*analysis.content_words, analysis.masked)])
        return analyses

    def search(self, question: str, mentions: Sequence[Mention], *, deadline: float | None = None) -> PlanSearch:
        """Ranked plans for one question.

        Args:
            question: as asked
            mentions: what linking found in it
            deadline: when to stop (``time.monotonic`` seconds); raises DeadlineError past it
        """
        return self.decide(self.propose(question, mentions), deadline=deadline)

    def propose(self, question: str, mentions: Sequence[Mention]) -> Proposal:
        """The first half of ``search``: what the question may mean, not yet read."""
        (found,) = self.propose_all([analyse(question, mentions, nouns=self._nouns)])
        return found

    def propose_all(self, analyses: Sequence[Analysis]) -> list[Proposal]:
        """What many questions may mean, their plans scored together; ``prepare`` takes them apart."""
        return proposals([self.scene(analysis) for analysis in analyses], self.ranker)

    def read(self, proposals: Sequence[Proposal]) -> None:
        """Lets the reader, where there is one, read many questions together, so that each decision finds them read."""
        for classed in (False, True):
            some = [item for item in proposals if (item.scene.schema is not self.schema) is classed]
            if some and (reader := self._reader_for(some[0].scene)) is not None:
                reader.prepare_all([(item.scene.analysis, item.candidates, item.scores) for item in some])

    def decide(self, proposal: Proposal, *, deadline: float | None = None) -> PlanSearch:
        """The second half of ``search``: ranks the candidates and executes the best.

        What no plan explains in a graph without types is read once more, with classes.
        """
        found = self._decide(proposal, deadline)
        if found.reason is None or found.reason.code not in AGAIN or self._trained:
            return found
        if not self._classes or proposal.scene.schema is not self.schema or self._classed is self.schema:
            return found
        scene = self._scene(proposal.scene.analysis, self._classed)
        (proposal,) = proposals([scene], self.ranker)
        again = self._decide(proposal, deadline)
        return found if again.reason is not None else again

    def _decide(self, proposal: Proposal, deadline: float | None) -> PlanSearch:
        scene, candidates, dead, features = proposal.scene, proposal.candidates, proposal.dead, proposal.features
        analysis = scene.analysis
        asked = analysis.cues.asked
        if not candidates:
            return PlanSearch((), asked, 0, nothing_found(analysis))
        scores = linear = proposal.scores
        reader = self._reader_for(scene)
        if reader is not None:
            scores = reader.scores(analysis, candidates, scores)
        chances = self.ranker.probabilities(features, scores)
        order = np.argsort(-scores, kind="stable")
        found: list[tuple[int, Result]] = []
        missing: int | None = None
        shared: Shared = {}
        for place in order[:TRIES].tolist():
            empty = place in dead
            if not empty:
                result = execute(candidates[place].plan, self.snapshot, deadline=deadline, shared=shared)
                empty = _is_empty(result)
                if not empty:
                    found.append((place, result))
            if empty and missing is None and not found and self._tells(candidates[place]):
                missing = place
            if len(found) >= self._keep:
                break
        trained = reader is not None and reader.trained  # then the chance speaks for the words
        plans = tuple(
            ScoredPlan(
                plan=candidates[place].plan,
                score=float(scores[place]),
                probability=float(chances[place])
                * (1.0 if trained else _doubt(candidates[place], features[place], float(linear[place]), scene)),
                result=result,
                why=explain_words(candidates[place], scene),
                mentions=_mentions(candidates[place]),
            )
            for place, result in found
        )
        if missing is not None and found and self._said_of_another(missing, found[0][0], proposal):
            missing = None
        lost = None if missing is None else candidates[missing]
        reason: Reason | None
        if lost is not None and missing is not None:
            reason = nothing_found(analysis, lost, dead.get(missing), scene)
        elif not plans:
            reason = nothing_found(analysis)
        else:
            best = found[0][0]
            reason = weak(candidates[best], features[best], scene, read=trained)
            reason = reason or reading_unclear(best, found, candidates, scores)
        if missing is None or lost is None:
            return PlanSearch(plans, asked, len(candidates), reason)
        lost, chance = self._with_more(missing, float(chances[missing]), proposal)
        return PlanSearch(plans, asked, len(candidates), reason, lost.plan, chance, _mentions(lost))

    def _with_more(self, missing: int, chance: float, proposal: Proposal) -> tuple[Candidate, float]:
        """The plan to complete: that whose last hop is lost, or one that goes on from such a hop and explains more."""
        scene, lost = proposal.scene, proposal.candidates[missing]
        lacking = [item for item in proposal.dead.values() if belongs(item.node, item.part, scene)]
        further = [candidate for item in lacking for candidate in walked_on(item, scene)]
        if not further:
            return lost, chance
        every = [*proposal.candidates, *further]
        features = np.concatenate([proposal.features, self.featurise(further, scene)])
        scores = self.ranker.scores(features)
        if (reader := self._reader_for(scene)) is not None:
            scores = reader.scores(scene.analysis, every, scores)
        best = max((missing, *range(len(proposal.candidates), len(every))), key=lambda place: (scores[place], -place))
        return every[best], float(self.ranker.probabilities(features, scores)[best])

    def _tells(self, candidate: Candidate) -> bool:
        """Whether it says something that a plan finds nothing: a class that was inferred may only be the wrong one."""
        return bool(self.snapshot.type_ids) or "type" not in candidate.operators

    def _said_of_another(self, lost: int, first: int, proposal: Proposal) -> bool:
        """Whether a relation that such a thing cannot have is asked of something else, which the first plan reaches.

        "Who supplies the parts that go into it": not it, but its parts are supplied, and the question has words for
        more than one hop.
        """
        hop, candidates = proposal.dead.get(lost), proposal.candidates
        if hop is None or belongs(hop.node, hop.part, proposal.scene):
            return False
        open_words = float(proposal.features[lost][UNEXPLAINED]) > OPEN
        return (
            open_words and candidates[first].final == hop.part and candidates[first].anchors == candidates[lost].anchors
        )

    # --- the steps, also used by training

    def scene(self, analysis: Analysis) -> Scene:
        """A question beside the graph: which words may mean which relations and types."""
        analysis = without_beginning(analysis)
        analysis = replace(analysis, told=appositions(analysis, self.schema, self.snapshot))
        induced = self._classes and asks_of_a_class(analysis)
        return self._scene(analysis, self._classed if induced else self.schema)

    def _scene(self, analysis: Analysis, schema: Schema) -> Scene:
        alignment = align(analysis, schema, self.words, self._kinds(analysis))
        return Scene(analysis, alignment, schema, self.snapshot, self.max_hops, self._beam)

    @cached_property
    def _nouns(self) -> frozenset[str]:
        """Words of quantity by which the graph calls a relation."""
        named = {phrase for phrasing in self.schema.phrasings[: self.schema.parts] for phrase in phrasing.phrases}
        return frozenset(QUANTITIES & named)

    @cached_property
    def _classed(self) -> Schema:
        """The schema with the classes of things without types; the same where everything has types."""
        return with_classes(self.schema, self._encoder)

    @property
    def _trained(self) -> bool:
        """Whether the reader learnt on this graph: then its chance speaks for words that no relation explains."""
        return self.reader is not None and self.reader.trained

    def _reader_for(self, scene: Scene) -> PlanReader | None:
        return self.reader if scene.schema is self.schema else self._classed_reader

    @cached_property
    def _classed_reader(self) -> PlanReader | None:
        """The reader for induced classes: one that learnt on this graph knows nothing of them."""
        if self.reader is None or self.reader.trained or self._classed is self.schema:
            return None
        return self.reader.over(self._classed)

    def _kinds(self, analysis: Analysis) -> list[tuple[tuple[int, ...], frozenset[int]]]:
        """The words of each likely name, with the numbers of the types of what it names."""
        index = {name: number for number, name in enumerate(self.schema.types)}
        return [
            (anchor.tokens, frozenset(index[name] for name in self.snapshot.types_of(anchor.candidate.node)))
            for anchor in analysis.anchors
            if anchor.strength >= LIKELY and index
        ]

    def candidates(self, scene: Scene) -> tuple[list[Candidate], dict[int, Unwalked]]:
        """Candidate plans, and by position those whose last hop is called for but leads nowhere."""
        (found,) = proposals([scene], self.ranker)
        return found.candidates, found.dead

    def featurise(self, candidates: Sequence[Candidate], scene: Scene) -> NDArray[np.float32]:
        """shape: (candidates, features)"""
        return featurise(candidates, scene.analysis, scene.alignment, scene.schema)


def _doubt(candidate: Candidate, features: NDArray[np.float32], linear: float, scene: Scene) -> float:
    return doubt(candidate, float(features[CALL_MIN]), float(features[UNEXPLAINED]), linear, scene)


def _is_empty(result: Result) -> bool:
    if result.kind is ResultKind.UNKNOWN:
        return True
    return result.kind in (ResultKind.NODES, ResultKind.VALUES) and result.total == 0


def _mentions(candidate: Candidate) -> tuple[Mention, ...]:
    """The mentions used, each with the reading that the plan takes."""
    return tuple(
        Mention(
            anchor.mention.text, anchor.mention.start, anchor.mention.end, (anchor.candidate,), anchor.mention.score
        )
        for anchor in candidate.anchors
    )
