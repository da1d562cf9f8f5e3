"""How plausible a model finds whole triples, and triples made false on purpose to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.known import KnownBothWays
from kgqa.embeddings.scoring import all_scores, entity_weights, is_linear, product, relation_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLAUSIBILITY = (
    "tail share",
    "head share",
    "tail rank",
    "head rank",
    "tail margin",
    "head margin",
    "relation share",
)
_MAX_SCORES = 4_000_000
_NO_RIVAL = 50.0


def corrupted(
    triples: NDArray[np.int64], *, true: NDArray[np.int64], entities: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """One corruption of each triple that is none of the ``true`` ones: an end replaced, by turns by any entity and by
    one that stands at that end of the relation. triples, true: shape: (n, 3) and (m, 3); gives (n, 3)
    """
    out = triples.copy()
    here = set(map(tuple, true.tolist()))
    ends = {(r, c): true[true[:, 1] == r, c] for r in np.unique(triples[:, 1]).tolist() for c in (0, 2)}
    for index, row in enumerate(out):
        column = int(rng.integers(2)) * 2
        for attempt in range(50):
            pool = ends[int(row[1]), column] if index % 2 and attempt < 25 else None
            row[column] = rng.integers(entities) if pool is None else rng.choice(pool)
            if tuple(row.tolist()) not in here:
                break
    return out


def plausibility(model: Any, triples: NDArray[np.int64], known: KnownBothWays) -> dict[str, NDArray[np.float64]]:
    """What a model says of triples, by the names in ``PLAUSIBILITY``. triples: shape: (n, 3); gives shape: (n,) each

    Log shares and log ranks of both ends among all entities that are not known there, their lead over the best known
    one (50 where none is), and the log share of the relation among all. ``known`` may hold the triples themselves.
    """
    import torch

    out = {name: np.empty(len(triples)) for name in PLAUSIBILITY}
    step = max(1, _MAX_SCORES // model.num_entities)
    for start in range(0, len(triples), step):
        rows = triples[start : start + step]
        part = slice(start, start + len(rows))
        for inverse, side in ((False, "tail"), (True, "head")):
            nodes, values = (rows[:, 2], rows[:, 0]) if inverse else (rows[:, 0], rows[:, 2])
            asked = torch.from_numpy(np.stack([nodes, rows[:, 1], values])).to(model.device)
            scores = all_scores(model, asked[0], asked[1], inverse=inverse).clone()
            true = scores.gather(1, asked[2].unsqueeze(1))
            position, others = known[inverse].of(nodes, rows[:, 1])
            at = torch.from_numpy(position).to(model.device), torch.from_numpy(others).to(model.device)
            rivals = torch.where(at[1] == asked[2][at[0]], -torch.inf, scores[at])
            best = torch.full_like(true.squeeze(1), -torch.inf).scatter_reduce(0, at[0], rivals, "amax")
            margin = (true.squeeze(1) - best).double()
            out[f"{side} margin"][part] = torch.nan_to_num(margin, posinf=_NO_RIVAL).cpu().numpy()
            scores[at] = -torch.inf
            scores.scatter_(1, asked[2].unsqueeze(1), true)
            out[f"{side} share"][part] = (true.squeeze(1) - scores.logsumexp(1)).double().cpu().numpy()
            out[f"{side} rank"][part] = np.log((scores > true).sum(dim=1).add(1).double().cpu().numpy())
        out["relation share"][part] = _relation_share(model, rows)
    return out


def _relation_share(model: Any, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """The log share of the relation among all, between these ends. rows: shape: (n, 3)"""
    import torch

    asked = torch.from_numpy(rows).to(model.device)
    with torch.inference_mode():
        if is_linear(model):
            entities = entity_weights(model)
            pair = product(model, entities[asked[:, 2]], entities[asked[:, 0]], conjugate=True)
            weights = relation_weights(model)
            scores = pair @ (weights[::2] if model.use_inverse_triples else weights).T
        else:
            every = torch.arange(model.num_real_relations, device=model.device)
            grid = asked.repeat_interleave(len(every), dim=0)
            grid[:, 1] = every.repeat(len(asked))
            scores = model.predict_hrt(grid).view(len(asked), len(every))
        return np.asarray(torch.log_softmax(scores, dim=1).gather(1, asked[:, 1:2]).squeeze(1).double().cpu().numpy())
