"""Missing values of nodes of the graph, each with the probability that it is true."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.artefact import Artefact
from kgqa.embeddings.calibration import Calibration
from kgqa.embeddings.coded import CodedScan
from kgqa.embeddings.domains import Domains
from kgqa.embeddings.fusion import Fusion
from kgqa.embeddings.precedents import Precedents
from kgqa.embeddings.ranking import Ranking, ValueRanker, relation_key
from kgqa.graph.snapshot import Snapshot

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Completion:
    """Ranks what the graph lacks by a trained artefact and says how probable it is. Safe to use from many threads."""

    def __init__(
        self,
        artefact: Artefact,
        domains: Domains,
        snapshot: Snapshot,
        *,
        numbers: NDArray[np.int64],
        dense: Mapping[int, int],
        model: Callable[[], Any],
    ) -> None:
        """numbers: the snapshot's, by the model's number; ``dense``: the reverse. ``model`` opens the model."""
        said = artefact.manifest.get("fusion")  # what was trained before there were rules has none
        self._artefact, self._domains, self._snapshot = artefact, domains, snapshot
        self._numbers, self._dense, self._model = numbers, dense, model
        self._relations = artefact.vocabulary.relations
        self._calibration = Calibration.from_dict(artefact.manifest["calibration"])
        self._fusion = Fusion() if said is None else Fusion.from_dict(said)
        self._missing_share = float(artefact.manifest["missing_share"])
        self._values: ValueRanker | None = None
        self._opening = threading.Lock()

    def rank(
        self,
        nodes: Sequence[int],
        relation: int,
        inverse: bool,
        k: int,
        *,
        presumed: bool,
        scan: CodedScan | None = None,
    ) -> list[list[tuple[int, float]]]:
        """Values with probabilities for each node, both by the snapshot's numbers; see ``LinkPredictor.complete``."""
        known = self._known(nodes, self._relations[relation], inverse)
        dense = [self._dense[node] for node in nodes]
        priors = [
            self._domains.chance_missing(relation, inverse, node, len(values), missing_share=self._missing_share)
            for node, values in zip(dense, known, strict=True)
        ]
        if presumed:
            priors = self._domains.presumed(priors)
        left_out = [[self._dense[value] for value in values if value in self._dense] for values in known]
        out: list[list[tuple[int, float]]] = [[] for _ in nodes]
        asked = [place for place, prior in enumerate(priors) if prior > 0]
        if not asked:
            return out
        rankings = self._ranker().rank(
            relation, inverse, [dense[place] for place in asked], [left_out[place] for place in asked], k=k, scan=scan
        )
        key = relation_key(self._relations[relation], inverse)
        single = self._domains.side(relation, inverse).single
        for place, ranking in zip(asked, rankings, strict=True):
            out[place] = self._probable(ranking, key, single, priors[place])
        return out

    def _ranker(self) -> ValueRanker:
        """The model with the rules of the graph that it learnt; both are made when first needed."""
        model = self._model()
        with self._opening:
            if self._values is None:
                precedents = Precedents(self._artefact.triples, self._domains.types, entities=self._domains.entities)
                self._values = ValueRanker(
                    model, self._domains, self._relations, precedents=precedents, fusion=self._fusion
                )
            return self._values

    def _probable(self, ranking: Ranking, key: str, single: bool, prior: float) -> list[tuple[int, float]]:
        if not len(ranking.values):
            return []
        # A lower rank is never likelier; the values of a single-valued relation exclude each other.
        right = np.minimum.accumulate(self._calibration.probability(ranking.features, key))
        if single and right.sum() > 1.0:
            right[1:] *= (1.0 - right[0]) / right[1:].sum()
        numbers = self._numbers[ranking.values].tolist()
        return [(int(n), float(prior * p)) for n, p in zip(numbers, right, strict=True) if n >= 0]

    def _known(self, nodes: Sequence[int], relation: str, inverse: bool) -> list[list[int]]:
        out: list[list[int]] = [[] for _ in nodes]
        number = self._snapshot.relation_number(relation)
        if number is not None and nodes:
            positions, neighbours = self._snapshot.hop_edges(nodes, number, inverse)
            for position, neighbour in zip(positions.tolist(), neighbours.tolist(), strict=True):
                out[position].append(neighbour)
        return out
