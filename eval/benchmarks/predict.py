"""One query of link prediction, (node, relation, ?), among 1,000,000 entities of dimension 128, exactly and nearly.

    python eval/benchmarks/predict.py [--entities 1000000] [--out FILE]

The vectors are random (the time does not depend on them). ``scores``: of every entity, one product of a vector with the
matrix; ``query``: with what is known left out, the best ten found and their features. Beside them what the machine can
do: the time to read the matrix once, as the sum of its numbers, on the same one thread; and the same query by PyKEEN's
``predict_t``. ``of reading`` is how near each comes to that bound. Medians of 15, and the least, which other users of
the machine disturb least; ``of reading`` compares the least.

``query, approximate``: by product codes (needs faiss), over 50 queries. Random vectors are the hard case for it:
nothing stands out. Its building is timed once.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from common import finish, options

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kgqa.embeddings.coded import scan_of
from kgqa.embeddings.domains import Domains
from kgqa.embeddings.fusion import Fusion
from kgqa.embeddings.models import build_model
from kgqa.embeddings.precedents import Precedents
from kgqa.embeddings.ranking import ValueRanker, score_values
from kgqa.embeddings.scoring import entity_weights

WIDTH, K, NODE, REPEATS, QUERIES = 128, 10, 7, 15, 50


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--entities", type=int, default=1_000_000)
    arguments = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    entities = arguments.entities
    rng = np.random.default_rng(arguments.seed)
    # Every entity is a value of the one relation, twice so that none is taken: all are candidates. Two are known.
    heads, tails = rng.integers(0, entities, 2 * entities), np.tile(np.arange(entities), 2)
    triples = np.stack([heads, np.zeros_like(heads), tails], axis=1)
    model = build_model(
        "complex",
        {"embedding_dim": WIDTH // 2, "regularizer": None},
        triples[:10],
        entities=entities,
        relations=1,
        inverses=True,
        seed=arguments.seed,
    ).eval()
    weights = entity_weights(model)
    domains = Domains(triples, [()] * entities, functional={0: False})
    precedents = Precedents(triples[:10], domains.types, entities=entities)
    ranker = ValueRanker(model, domains, ("r",), precedents=precedents, fusion=Fusion())
    known = [[1, 2]]
    read = seconds(lambda: weights.sum())
    scores = seconds(lambda: score_values(model, 0, False, [NODE]))
    query = seconds(lambda: list(ranker.rank(0, False, [NODE], known, k=K)))
    pair = torch.tensor([[NODE, 0]])
    with torch.inference_mode():
        peer = seconds(lambda: model.predict_t(pair).topk(K))
        theirs = model.predict_t(pair)[0]
        theirs[[1, 2, NODE]] = -torch.inf
        best = set(theirs.topk(K).indices.tolist())
    found = set(next(iter(ranker.rank(0, False, [NODE], known, k=K))).values.tolist())
    start = time.perf_counter()
    scan = scan_of(model, triples)
    build = time.perf_counter() - start
    nodes = rng.integers(3, entities, QUERIES).tolist()
    exact = [ranking.values for ranking in ranker.rank(0, False, nodes, known * QUERIES, k=K)]
    nearly, times = [], []
    for node in [nodes[0], *nodes]:  # the first one makes what all queries of a relation share
        start = time.perf_counter()
        nearly.append(next(iter(ranker.rank(0, False, [node], known, k=K, scan=scan))).values)
        times.append(time.perf_counter() - start)
    recall = statistics.mean(len(np.intersect1d(*pair)) / K for pair in zip(exact, nearly[1:], strict=True))
    gigabytes = weights.numel() * weights.element_size() / 1e9

    def row(spent: tuple[float, float], same: float | None) -> dict[str, float | None]:
        median, least = spent
        return {
            "ms": round(1000 * median, 2),
            "least ms": round(1000 * least, 2),
            "GB/s": round(gigabytes / least, 2),
            "of reading": round(read[1] / least, 2),
            "same ten": same,
        }

    figures = {
        "reading the matrix once": row(read, None),
        "scores": row(scores, None),
        "query": row(query, len(found & best)),
        "query, PyKEEN's": row(peer, K),
        "query, approximate": {
            "ms": round(1000 * statistics.median(times[1:]), 2),
            "least ms": round(1000 * min(times[1:]), 2),
            "same ten": round(K * recall, 2),
        },
        "building the approximate scan": {"ms": round(1000 * build), "recall@10": scan.recall_at_10},
    }
    finish(arguments, "one query of link prediction", figures, entities=entities, width=WIDTH, k=K)


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """The median and the least wall time."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), min(times)


if __name__ == "__main__":
    main()
