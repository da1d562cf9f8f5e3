"""What many questions may mean: their walks looked up, and their plans scored, together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.candidates.bases import Scene
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.propose import Found, chain_bases, propose
from kgqa.reasoning.search.candidates.unwalked import Unwalked
from kgqa.reasoning.search.ranking.ranker import Ranker
from kgqa.reasoning.search.ranking.sheet import Sheet, measure_all

TOGETHER = 8
"""Questions whose walks are held at once: enough to share each pass, few enough for the memory that hubs take."""


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


def proposals(scenes: Sequence[Scene], ranker: Ranker) -> list[Proposal]:
    """A proposal for each scene, in order and the same as alone.

    The scenes are of one snapshot, with one beam. Questions of as many words go together: they make one table.
    """
    alike: dict[tuple[int, int], list[int]] = {}
    for place, scene in enumerate(scenes):
        alike.setdefault((len(scene.analysis.tokens), id(scene.schema)), []).append(place)
    out: dict[int, Proposal] = {}
    for places in alike.values():
        for start in range(0, len(places), TOGETHER):
            some = places[start : start + TOGETHER]
            out.update(zip(some, _proposed([scenes[place] for place in some], ranker), strict=True))
    return [out[place] for place in range(len(scenes))]


def _proposed(scenes: Sequence[Scene], ranker: Ranker) -> list[Proposal]:
    sheets = [Sheet(scene.analysis, scene.alignment, scene.schema) for scene in scenes]
    candidates: list[list[Candidate]] = []
    dead: list[dict[int, Unwalked]] = []
    for alive, hopeless in _found(scenes, sheets, ranker):
        candidates.append([*alive, *(candidate for candidate, _ in hopeless)])
        dead.append({place: item for place, (_, item) in enumerate(hopeless, len(alive))})
    measure_all(list(zip(sheets, candidates, strict=True)))
    features = [sheet.of(items) for sheet, items in zip(sheets, candidates, strict=True)]
    return [
        Proposal(scene, candidates[place], dead[place], features[place], ranker.scores(features[place]))
        for place, scene in enumerate(scenes)
    ]


def _found(scenes: Sequence[Scene], sheets: Sequence[Sheet], ranker: Ranker) -> list[Found]:
    """Candidates of each question; whenever they wait for scores, those of all questions are measured together."""
    asking = [propose(scene, walks) for scene, walks in zip(scenes, chain_bases(scenes), strict=True)]
    found: dict[int, Found] = {}
    scores: dict[int, NDArray[np.float64] | None] = dict.fromkeys(range(len(scenes)))
    while scores:
        wanted: dict[int, Sequence[Candidate]] = {}
        for place, known in scores.items():
            try:
                wanted[place] = next(asking[place]) if known is None else asking[place].send(known)
            except StopIteration as done:
                found[place] = done.value
        measure_all([(sheets[place], items) for place, items in wanted.items()])
        scores = {place: ranker.scores(sheets[place].of(items)) for place, items in wanted.items()}
    return [found[place] for place in range(len(scenes))]
