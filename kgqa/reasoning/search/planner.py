"""The planner: a question and its mentions in, ranked executed plans out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.errors import UsageError
from kgqa.reasoning.execute import Result, Shared, execute
from kgqa.reasoning.search.candidates.bases import Scene
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.domains import asks_of_a_class
from kgqa.reasoning.search.candidates.meant import doubt
from kgqa.reasoning.search.candidates.propose import propose
from kgqa.reasoning.search.candidates.texts import without_beginning
from kgqa.reasoning.search.candidates.unwalked import Unwalked, belongs
from kgqa.reasoning.search.question.analysis import Analysis, analyse
from kgqa.reasoning.search.ranking.features import NAMES
from kgqa.reasoning.search.ranking.ranker import Ranker, load_ranker
from kgqa.reasoning.search.ranking.reading import PlanReader
from kgqa.reasoning.search.ranking.sheet import Sheet, featurise
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


@dataclass(frozen=True)
class Proposal:
    """Candidate plans of one question with their features and the ranker's scores.

    ``dead``: by position, those whose last hop is called for but leads nowhere. shapes: (plans, features), (plans,)
    """

    scene: Scene
    candidates: list[Candidate]
    dead: dict[int, Unwalked]
    features: NDArray[np.float32]
    scores: NDArray[np.float64]


class Planner:
    """Finds the plans that a question may mean. Hop count, shape and answer type are found, not given.

    Args:
        snapshot: the graph
        relations: what the store knows of its relations (labels, aliases, inverse labels)
        encoder: any text encoder; relation and type vectors are made here, vectors of words as they come
        ranker: weights; None takes the packaged ones
        schema: what ``build_schema`` made of the same graph, when already at hand
        reader: a reader of questions trained on this graph; its scores are added to the ranker's
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

    def prepare(self, questions: Sequence[str], mentions: Sequence[Sequence[Mention]] | None = None) -> None:
        """Encodes many questions, with what linking found in them, in one batch: each search finds them ready."""
        mentions = mentions or [()] * len(questions)
        analyses = [analyse(question, found) for question, found in zip(questions, mentions, strict=True)]
        self.words.ensure([text for analysis in analyses for text in (*analysis.content_words, analysis.masked)])

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
        return self._proposal(self.scene(analyse(question, mentions)))

    def _proposal(self, scene: Scene) -> Proposal:
        sheet = Sheet(scene.analysis, scene.alignment, scene.schema)
        candidates, dead = self.candidates(scene, sheet)
        features = sheet.of(candidates)
        return Proposal(scene, candidates, dead, features, self.ranker.scores(features))

    def read(self, proposals: Sequence[Proposal]) -> None:
        """Lets the reader, where there is one, read many questions together, so that each decision finds them read."""
        if self.reader is not None:
            self.reader.prepare_all(
                [(item.scene.analysis, item.candidates, item.scores) for item in proposals if self._reads(item.scene)]
            )

    def decide(self, proposal: Proposal, *, deadline: float | None = None) -> PlanSearch:
        """The second half of ``search``: ranks the candidates and executes the best.

        What no plan explains in a graph without types is read once more, with classes.
        """
        found = self._decide(proposal, deadline)
        if found.reason is None or found.reason.code not in AGAIN or self.reader is not None:
            return found
        if not self._classes or proposal.scene.schema is not self.schema or self._classed is self.schema:
            return found
        scene = self._scene(proposal.scene.analysis, self._classed)
        again = self._decide(self._proposal(scene), deadline)
        return found if again.reason is not None else again

    def _decide(self, proposal: Proposal, deadline: float | None) -> PlanSearch:
        scene, candidates, dead, features = proposal.scene, proposal.candidates, proposal.dead, proposal.features
        analysis = scene.analysis
        asked = analysis.cues.asked
        if not candidates:
            return PlanSearch((), asked, 0, nothing_found(analysis))
        scores = linear = proposal.scores
        if self.reader is not None and self._reads(scene):
            scores = self.reader.scores(analysis, candidates, scores)
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
        plans = tuple(
            ScoredPlan(
                plan=candidates[place].plan,
                score=float(scores[place]),
                probability=float(chances[place])
                * doubt(candidates[place], float(features[place][CALL_MIN]), float(linear[place]), scene),
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
            reason = weak(candidates[best], features[best], scene, read=self.reader is not None and self._reads(scene))
            reason = reason or reading_unclear(best, found, candidates, scores)
        return PlanSearch(
            plans,
            asked,
            len(candidates),
            reason,
            None if lost is None else lost.plan,
            0.0 if missing is None else float(chances[missing]),
            () if lost is None else _mentions(lost),
        )

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
    def _classed(self) -> Schema:
        """The schema with the classes of things without types; the same where everything has types."""
        return with_classes(self.schema, self._encoder)

    def _reads(self, scene: Scene) -> bool:
        """Whether a reader can read a question; it knows of no induced classes."""
        return scene.schema is self.schema

    def _kinds(self, analysis: Analysis) -> list[tuple[tuple[int, ...], frozenset[int]]]:
        """The words of each likely name, with the numbers of the types of what it names."""
        index = {name: number for number, name in enumerate(self.schema.types)}
        return [
            (anchor.tokens, frozenset(index[name] for name in self.snapshot.types_of(anchor.candidate.node)))
            for anchor in analysis.anchors
            if anchor.strength >= LIKELY and index
        ]

    def candidates(self, scene: Scene, sheet: Sheet | None = None) -> tuple[list[Candidate], dict[int, Unwalked]]:
        """Candidate plans, and by position those whose last hop is called for but leads nowhere.

        ``sheet`` keeps the features of those that are scored on the way.
        """
        measured = sheet or Sheet(scene.analysis, scene.alignment, scene.schema)

        def score(items: Sequence[Candidate]) -> NDArray[np.float64]:
            return self.ranker.scores(measured.of(items))

        candidates, hopeless = propose(scene, score)
        dead = {len(candidates) + place: item for place, (_, item) in enumerate(hopeless)}
        return [*candidates, *(candidate for candidate, _ in hopeless)], dead

    def featurise(self, candidates: Sequence[Candidate], scene: Scene) -> NDArray[np.float32]:
        """shape: (candidates, features)"""
        return featurise(candidates, scene.analysis, scene.alignment, scene.schema)


def _is_empty(result: Result) -> bool:
    if result.kind == "unknown":
        return True
    return result.kind == "nodes" and result.total == 0


def _mentions(candidate: Candidate) -> tuple[Mention, ...]:
    """The mentions used, each with the reading that the plan takes."""
    return tuple(
        Mention(
            anchor.mention.text, anchor.mention.start, anchor.mention.end, (anchor.candidate,), anchor.mention.score
        )
        for anchor in candidate.anchors
    )
