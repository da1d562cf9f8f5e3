"""How plausible a model finds whole triples, and triples made false on purpose to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.known import KnownBothWays
from kgqa.embeddings.scoring import all_scores

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
            known_scores = scores.new_full(scores.shape, -torch.inf)
            at = torch.from_numpy(position), torch.from_numpy(others)
            known_scores[at] = scores[at]
            known_scores.scatter_(1, asked[2].unsqueeze(1), -torch.inf)
            margin = (true - known_scores.amax(dim=1, keepdim=True)).squeeze(1).double()
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

    every = torch.arange(model.num_real_relations)
    out = np.empty(len(rows))
    step = max(1, 200_000 // max(1, len(every)))
    with torch.inference_mode():
        for start in range(0, len(rows), step):
            part = torch.from_numpy(rows[start : start + step])
            grid = part.repeat_interleave(len(every), dim=0)
            grid[:, 1] = every.repeat(len(part))
            scores = model.predict_hrt(grid.to(model.device)).view(len(part), len(every)).cpu()
            share = torch.log_softmax(scores, dim=1).gather(1, part[:, 1:2]).squeeze(1)
            out[start : start + step] = share.double().numpy()
    return out
