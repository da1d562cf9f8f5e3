"""The reader of questions as torch trains it: the same sums as in reasoning, over padded batches, with gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kgqa.reasoning.search.ranking.outline import OPERATORS, SLOTS, WHOLE, Layout
from kgqa.reasoning.search.ranking.reader import BUCKETS, HEADS, NEAR, OUT, WIDTH

if TYPE_CHECKING:
    from torch import Tensor


def fresh(dim: int, columns: int, seed: int) -> dict[str, Tensor]:
    """Weights to start from."""
    import torch

    made = torch.Generator().manual_seed(seed)

    def normal(*shape: int, scale: float) -> Tensor:
        return torch.randn(*shape, generator=made) * scale

    inner = HEADS * WIDTH
    return {
        "head.key": normal(inner, dim, scale=dim**-0.5),
        "head.value": normal(inner, dim, scale=dim**-0.5),
        "head.slots": normal(SLOTS, HEADS, WIDTH, scale=0.5 * WIDTH**-0.5),
        "head.near": torch.zeros(SLOTS, HEADS, BUCKETS),
        "head.out": normal(OUT, inner, scale=inner**-0.5),
        "head.slot_out": torch.zeros(SLOTS, OUT),
        "head.words": normal(OUT, 3 * dim + 2, scale=dim**-0.5),
        "head.own": torch.zeros(columns, OUT),
        "head.operators": normal(len(OPERATORS), OUT, scale=OUT**-0.5),
        "head.operator_bias": torch.zeros(len(OPERATORS)),
        "head.mean": normal(OUT, dim, scale=dim**-0.5),
    }


def distances(ids: Tensor, mask_id: int, names: int) -> Tensor:
    """For each name (the first is none) the bucket of each token's distance to it. shape: (rows, names + 1, tokens)"""
    import torch

    rows, tokens = ids.shape
    out = torch.full((rows, names + 1, tokens), BUCKETS - 1, dtype=torch.long)
    places = torch.arange(tokens)
    for row in range(rows):
        for number, at in enumerate((ids[row] == mask_id).nonzero()[:names, 0].tolist(), start=1):
            out[row, number] = (places - at).clamp(-NEAR, NEAR) + NEAR
    return out


def meanings(columns: Tensor, weights: Mapping[str, Tensor]) -> Tensor:
    """What each column means to the reader. shapes: (columns, k) -> (columns, OUT)"""
    return columns @ weights["head.words"].T + weights["head.own"]


def fits(
    hidden: Tensor, mask: Tensor, near: Tensor, known: Tensor, weights: Mapping[str, Tensor]
) -> tuple[Tensor, Tensor]:
    """How well each column, of which ``known`` is the meaning, fits each slot, and each operator the question.

    shapes: (rows, tokens, dim), (rows, tokens), (rows, names, tokens), (columns, OUT)
    -> (rows, names, slots, columns), (rows, operators)
    """
    import torch

    rows, tokens, _ = hidden.shape
    key = (hidden @ weights["head.key"].T).view(rows, tokens, HEADS, WIDTH)
    value = (hidden @ weights["head.value"].T).view(rows, tokens, HEADS, WIDTH)
    logits = torch.einsum("rthw,shw->rsht", key, weights["head.slots"])[:, None]
    bias = weights["head.near"].permute(2, 0, 1)[near].permute(0, 1, 3, 4, 2)
    logits = (logits + bias).masked_fill(mask[:, None, None, None, :] == 0, -1e9)
    gathered = torch.einsum("rnsht,rthw->rnshw", logits.softmax(dim=-1), value).flatten(3)
    mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    said = gathered @ weights["head.out"].T + weights["head.slot_out"] + (mean @ weights["head.mean"].T)[:, None, None]
    operators = said[:, 0, WHOLE] @ weights["head.operators"].T + weights["head.operator_bias"]
    return torch.einsum("rnso,co->rnsc", said, known) * OUT**-0.5, operators


def plan_scores(layouts: Sequence[Layout], fit: Tensor, operators: Tensor) -> Tensor:
    """Scores of the plans of each row, one row's after another's. shape: (plans,)"""
    import torch

    starts = np.cumsum([0, *(layout.plans for layout in layouts)])
    element = np.concatenate([layout.elements[:, 0] + start for layout, start in zip(layouts, starts)])
    at = np.concatenate([layout.elements[:, 1:] for layout in layouts]).astype(np.int64)
    row = np.repeat(np.arange(len(layouts)), [len(layout.elements) for layout in layouts])
    out = torch.zeros(int(starts[-1]))
    found = fit[row, at[:, 0], at[:, 1], at[:, 2]]
    out = out.index_add(0, torch.from_numpy(element), found)
    plan = np.concatenate([layout.operators[:, 0] + start for layout, start in zip(layouts, starts)])
    said = np.concatenate([layout.operators[:, 1] for layout in layouts]).astype(np.int64)
    row = np.repeat(np.arange(len(layouts)), [len(layout.operators) for layout in layouts])
    return out.index_add(0, torch.from_numpy(plan), operators[row, said])


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Token numbers and mask of rows of unequal length. shapes: (rows, tokens)"""
    import torch

    longest = max(len(row) for row in rows)
    ids = torch.zeros((len(rows), longest), dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.float32)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(list(row), dtype=torch.long)
        mask[number, : len(row)] = 1.0
    return ids, mask
