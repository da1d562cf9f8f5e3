"""A neural reader of questions: how well each relation fits each place of a plan, from the words around the names.

The question's names are masked, the encoder's highest layers are tuned, and for each place in a walk ("the second hop
of three") attention gathers the words that speak of it; the result is compared with what relations are called. The
score of a plan is the sum over its places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.ranking.outline import OPERATORS, SLOTS, WHOLE, Layout
from kgqa.reasoning.search.vocabulary.schema import Schema

if TYPE_CHECKING:
    from torch import Tensor

HEADS, WIDTH, OUT = 4, 48, 128
NEAR = 8
"""Distances from a name, in word pieces, that are told apart on each side."""
BUCKETS = 2 * NEAR + 2


def column_vectors(schema: Schema) -> NDArray[np.float32]:
    """What is known of each column: its words, by direction, and what it reaches. shape: (columns, 3 * dim + 2)"""
    columns, dim = len(schema.phrasings), schema.vectors.shape[1]
    words = np.add.reduceat(schema.vectors, schema.first, axis=0)
    words /= np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-6)
    turned = np.asarray([phrasing.turned for phrasing in schema.phrasings], dtype=bool)[:, None]
    reached = np.zeros((columns, dim), dtype=np.float32)
    reached[: schema.parts] = schema.class_vectors
    share = schema.type_share
    typed = share.max(axis=1, initial=0.0) > 0
    reached[: schema.parts][typed] = share[typed] @ words[schema.parts :]
    flags = np.zeros((columns, 2), dtype=np.float32)
    flags[: schema.parts, 0] = schema.inverse
    flags[schema.parts :, 1] = 1.0
    return np.concatenate([words * ~turned, words * turned, reached, flags], axis=1).astype(np.float32)


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
