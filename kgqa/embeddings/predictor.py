"""Link prediction: facts that the graph lacks, each with the calibrated probability that it is true."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.artefact import Artefact, network, open_artefact
from kgqa.embeddings.calibration import Calibration
from kgqa.embeddings.coded import CodedScan, scan_of
from kgqa.embeddings.completion import Completion
from kgqa.embeddings.domains import Domains
from kgqa.embeddings.freshness import Freshness, check_freshness
from kgqa.embeddings.heldout import TRIPLE_FEATURES, probabilities_of
from kgqa.embeddings.known import known_both_ways
from kgqa.embeddings.models import resolve_device
from kgqa.embeddings.neighbours import Related, alike, entity_vectors, related
from kgqa.embeddings.newcomers import with_newcomers
from kgqa.embeddings.plain_scores import PlainScores, plain_scores
from kgqa.embeddings.plausibility import plausibility
from kgqa.embeddings.ranking import score_triples
from kgqa.errors import ModelError, NotFoundError, UsageError
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.vector_refresh import Encoder
from kgqa.types import Literal, PredictedFact

if TYPE_CHECKING:
    from numpy.typing import NDArray

Ref = str | Literal


def load_predictor(
    folder: Path,
    store: GraphStore,
    snapshot: Snapshot,
    *,
    device: str = "cpu",
    encoder: Callable[[], Encoder] | None = None,
) -> LinkPredictor:
    """Opens the embeddings published below ``folder``, for the graph in ``snapshot``; nothing is unpickled.

    The model itself is built at the first prediction: its class is found by name among PyKEEN's and made from the
    manifest's plain arguments. Entities that came since get their vectors from what links them to trained ones, and
    from their texts by ``encoder`` where texts took part in the training. Raises
    ModelError when none were trained or a file is not what was written (hashes); the first prediction raises it when
    the class is unknown.
    """
    part, artefact = open_artefact(folder)
    try:
        freshness = check_freshness(artefact, store, snapshot)
        if freshness.stale is not None and freshness.unusable is None:
            artefact = with_newcomers(artefact, snapshot, store, encoder)
        return LinkPredictor(part, artefact, snapshot, freshness, device=device)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(part, error) from error


class LinkPredictor:
    """Predicts missing facts with a trained model; a FactSource. Safe to use from many threads.

    A probability is that of "this fact is true": the prior that the graph lacks a value here at all (see
    ``Domains.chance_missing``) times the calibrated probability that the prediction is right when it does.
    """

    def __init__(
        self, folder: Path, artefact: Artefact, snapshot: Snapshot, freshness: Freshness, *, device: str
    ) -> None:
        vocabulary = artefact.vocabulary
        relation_of = {name: number for number, name in enumerate(vocabulary.relations)}
        functional = {relation_of[name]: bool(value) for name, value in artefact.manifest["functional"].items()}
        self._manifest = artefact.manifest
        self._relations = vocabulary.relations
        self._relation_of = relation_of
        self._refs = {ref: number for number, ref in enumerate(vocabulary.refs)}
        self._numbers = _store_numbers(vocabulary.refs, snapshot)
        self._dense = {number: dense for dense, number in enumerate(self._numbers.tolist()) if number >= 0}
        self._domains = Domains(artefact.triples, vocabulary.types, functional=functional)
        self._folder, self._artefact, self._device = folder, artefact, device
        self._network: Any = None
        self._plain: PlainScores | None = None
        self._opening = threading.Lock()
        self._snapshot = snapshot
        self._freshness = freshness
        self._known_triples = known_both_ways(artefact.triples, relations=len(vocabulary.relations))
        self._triple_calibration = Calibration.from_dict(artefact.manifest["triple_calibration"], names=TRIPLE_FEATURES)
        self._vectors: NDArray[np.float32] | None = None
        self._scan: CodedScan | None = None
        self._completion = Completion(
            artefact, self._domains, snapshot, numbers=self._numbers, dense=self._dense, model=self._opened
        )

    @property
    def manifest(self) -> Any:
        """The manifest as written: model, metrics, calibration, revision, sources."""
        return self._manifest

    @property
    def stale(self) -> str | None:
        """Why the model no longer knows the whole graph, None when it does. A stale model still predicts."""
        return self._freshness.stale

    @property
    def unusable(self) -> str | None:
        """Why the model must not be used until trained again (what it learnt from was deleted), None when it may."""
        return self._freshness.unusable

    @property
    def usable(self) -> bool:
        return self._freshness.unusable is None

    def complete(
        self,
        nodes: Sequence[int],
        relation: str,
        *,
        inverse: bool = False,
        k: int = 5,
        presumed: bool = False,
        approximate: bool = False,
    ) -> list[PredictedFact]:
        """Up to ``k`` facts for each node, (node, relation, ?) or, when ``inverse``, (?, relation, node).

        Numbers are the snapshot's. Best first over all nodes; known facts left out. Empty for a relation or nodes that
        the model has not seen, for a single-valued relation whose value is known, and when the model is not usable.
        ``presumed``: who asks takes for granted that one of them at least has a value; see ``Domains.presumed``.
        ``approximate``: see ``scan``.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, not {k}")
        known_relation = self._relation_of.get(relation)
        if known_relation is None or not self.usable:
            return []
        asked = [node for node in dict.fromkeys(int(node) for node in nodes) if node in self._dense]
        scan = self.scan() if approximate else None
        rankings = self._completion.rank(asked, known_relation, inverse, k, presumed=presumed, scan=scan)
        facts = [
            PredictedFact(value, relation, node, probability)
            if inverse
            else PredictedFact(node, relation, value, probability)
            for node, values in zip(asked, rankings, strict=True)
            for value, probability in values
        ]
        return sorted(facts, key=lambda fact: (-fact.probability, fact.head, fact.tail))

    def predict(
        self,
        *,
        relation: str,
        head: Ref | None = None,
        tail: Ref | None = None,
        k: int = 10,
        approximate: bool = False,
    ) -> list[PredictedFact]:
        """The best missing facts for a head or a tail, by id. Raises ModelError when the model is not usable,
        NotFoundError for a relation or entity that it has not seen, UsageError unless one end is given, and for
        ``approximate`` what ``scan`` raises.
        """
        if (head is None) == (tail is None):
            raise UsageError("give head or tail: the other one is predicted")
        self._require_usable()
        given = head if head is not None else tail
        number = int(self._numbers[self._entity(given)]) if given is not None else -1
        self._relation(relation)
        if number < 0:
            return []
        return self.complete([number], relation, inverse=head is None, k=k, approximate=approximate)

    def scan(self) -> CodedScan:
        """What finds the values of a query approximately, in a tenth of the time; it says its recall.

        Made when first asked for, in seconds for a million entities, and kept with this predictor; relations with few
        candidates are ranked exactly nevertheless. Raises ModelError when the model is not usable, UsageError for
        another model than ComplEx or DistMult on the CPU, MissingDependencyError without FAISS.
        """
        self._require_usable()
        model = self._opened()
        with self._opening:
            if self._scan is None:
                self._scan = scan_of(model, self._artefact.triples)
            return self._scan

    def score(self, triples: Sequence[tuple[Ref, str, Ref]]) -> NDArray[np.float32]:
        """The model's plain scores, higher is likelier; not probabilities. shape: (len(triples),)

        Raises ModelError when the model is not usable, NotFoundError for what it has not seen.
        """
        self._require_usable()
        rows = [(self._entity(h), self._relation(r), self._entity(t)) for h, r, t in triples]
        return score_triples(self._opened(), np.array(rows, dtype=np.int64).reshape(-1, 3))

    def edge_scores(self, triples: NDArray[np.int64]) -> NDArray[np.float64]:
        """Plain scores of triples in the snapshot's numbers, NaN for what the model has not seen.

        triples: shape: (n, 3); gives shape: (n,). Raises ModelError when the model is not usable.
        """
        self._require_usable()
        places = {
            number: -1 if info is None else self._relation_of.get(info.id, -1)
            for number, info in enumerate(self._snapshot.relations)
        }
        rows = np.array(
            [(self._dense.get(h, -1), places.get(r, -1), self._dense.get(t, -1)) for h, r, t in triples.tolist()],
            dtype=np.int64,
        ).reshape(-1, 3)
        out = np.full(len(rows), np.nan)
        known = (rows >= 0).all(axis=1)
        if known.any():
            with self._opening:
                if self._network is None and self._plain is None:
                    self._plain = plain_scores(self._artefact)
            plain = self._plain
            out[known] = score_triples(self._opened(), rows[known]) if plain is None else plain(rows[known])
        return out

    def probabilities(self, triples: Sequence[tuple[Ref, str, Ref]]) -> NDArray[np.float64]:
        """How likely each triple is true, where true and false ones are equally many. shape: (len(triples),)

        Calibrated on held-out triples against corrupted ones, half of them right in type; at most 0.5 when there were
        too few. Errors as for ``score``.
        """
        self._require_usable()
        rows = np.array(
            [(self._entity(h), self._relation(r), self._entity(t)) for h, r, t in triples], dtype=np.int64
        ).reshape(-1, 3)
        said = plausibility(self._opened(), rows, self._known_triples)
        features = np.stack([said[name] for name in TRIPLE_FEATURES], axis=1)
        return probabilities_of(self._triple_calibration, features, np.array(self._relations, dtype=str)[rows[:, 1]])

    def similar(self, entity: Ref, *, k: int = 10) -> list[tuple[int, float]]:
        """The entities most like this one: the snapshot's numbers with the cosine of their embeddings, best first.

        Raises ModelError when the model is not usable, NotFoundError for an entity that it has not seen.
        """
        self._require_usable()
        if self._vectors is None:
            vectors = entity_vectors(self._opened())
            self._vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        found = alike(self._vectors, self._entity(entity), k=self._spare(k))
        numbers = self._numbers.tolist()
        return [(numbers[dense], cosine) for dense, cosine in found if numbers[dense] >= 0][:k]

    def related(self, entity: Ref, *, k: int = 10) -> list[Related]:
        """The entities that go with this one, by the snapshot's numbers of entities and relations, surest first.

        Errors as for ``similar``.
        """
        self._require_usable()
        found = related(
            self._opened(), self._domains, self._entity(entity), relations=len(self._relations), k=self._spare(k)
        )
        out = []
        for item in found:
            number = int(self._numbers[item.value])
            relation = self._snapshot.relation_number(self._relations[item.relation])
            if number >= 0 and relation is not None:
                out.append(replace(item, value=number, relation=relation))
        return out[:k]

    def _spare(self, k: int) -> int:
        """More than asked for, by as many as the graph may have lost since."""
        if k < 1:
            raise UsageError(f"k must be at least 1, not {k}")
        return k + int((self._numbers < 0).sum())

    def _opened(self) -> Any:
        """The model, built when it is first needed: most questions need none, and PyKEEN takes seconds to import."""
        with self._opening:
            if self._network is None:
                self._network = _build(self._folder, self._artefact, self._device)
            return self._network

    def _entity(self, ref: Ref) -> int:
        if (number := self._refs.get(ref)) is None:
            raise NotFoundError(f"the embeddings know no {ref!r}; train again if it is new")
        return number

    def _relation(self, id: str) -> int:
        if (number := self._relation_of.get(id)) is None:
            raise NotFoundError(f"the embeddings know no relation {id!r}; train again if it is new")
        return number

    def _require_usable(self) -> None:
        if self._freshness.unusable is not None:
            raise ModelError(self._freshness.unusable)


def _build(folder: Path, artefact: Artefact, device: str) -> Any:
    """The trained model. Raises ModelError when PyKEEN cannot build it, or the weights do not fit."""
    try:
        return network(artefact).to(resolve_device(device))
    except (KeyError, TypeError, ValueError, UsageError) as error:
        raise _damaged(folder, error) from error


def _damaged(folder: Path, error: Exception) -> ModelError:
    return ModelError(f"{folder}: the embeddings cannot be opened ({error}); train again")


def _store_numbers(refs: Sequence[Ref], snapshot: Snapshot) -> NDArray[np.int64]:
    """The snapshot's number of each ref, -1 for one that the graph no longer has. shape: (len(refs),)"""
    found = (snapshot.node(ref) for ref in refs)
    return np.array([-1 if number is None else number for number in found], dtype=np.int64)
