"""A neural reader of questions: how well each relation fits each place of a plan, from the words around the names.

The question's names are masked, the encoder's highest layers are tuned, and for each place in a walk ("the second hop
of three") attention gathers the words that speak of it; the result is compared with what relations are called. The
score of a plan is the sum over its places.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.ranking.outline import WHOLE, Layout
from kgqa.reasoning.search.vocabulary.schema import Schema

Floats = NDArray[np.float32]

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


def meanings(columns: Floats, weights: Mapping[str, Floats]) -> Floats:
    """What each column means to the reader. shapes: (columns, k) -> (columns, OUT)"""
    known: Floats = columns @ weights["head.words"].T + weights["head.own"]
    return known


def distances(ids: NDArray[np.int64], mask_id: int, names: int) -> NDArray[np.int64]:
    """For each name (the first is none) the bucket of each token's distance to it. shape: (names + 1, tokens)"""
    out = np.full((names + 1, len(ids)), BUCKETS - 1, dtype=np.int64)
    places = np.arange(len(ids))
    for number, at in enumerate(np.flatnonzero(ids == mask_id)[:names].tolist(), start=1):
        out[number] = np.clip(places - at, -NEAR, NEAR) + NEAR
    return out


def fits(
    hidden: Floats, near: NDArray[np.int64], known: Floats, weights: Mapping[str, Floats]
) -> tuple[Floats, Floats]:
    """How well each column, of which ``known`` is the meaning, fits each slot of a question, and each operator.

    shapes: (tokens, dim), (names, tokens), (columns, OUT) -> (names, slots, columns), (operators,)
    """
    tokens = len(hidden)
    key = (hidden @ weights["head.key"].T).reshape(tokens, HEADS, WIDTH)
    value = (hidden @ weights["head.value"].T).reshape(tokens, HEADS, WIDTH)
    slots = weights["head.slots"]
    logits = np.matmul(slots.transpose(1, 0, 2), key.transpose(1, 2, 0)).transpose(1, 0, 2)  # slots, heads, tokens
    shares = logits[None] + weights["head.near"][:, :, near].transpose(2, 0, 1, 3)
    shares -= shares.max(axis=-1, keepdims=True)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=-1, keepdims=True)
    gathered = np.matmul(shares.transpose(2, 0, 1, 3).reshape(HEADS, -1, tokens), value.transpose(1, 0, 2))
    gathered = gathered.reshape(HEADS, len(near), len(slots), WIDTH).transpose(1, 2, 0, 3)
    said = gathered.reshape(len(near), len(slots), HEADS * WIDTH) @ weights["head.out"].T
    said += weights["head.slot_out"] + weights["head.mean"] @ hidden.mean(axis=0)
    operators = said[0, WHOLE] @ weights["head.operators"].T + weights["head.operator_bias"]
    return (said @ known.T) * np.float32(OUT**-0.5), operators


def plan_scores(layout: Layout, fit: Floats, operators: Floats) -> NDArray[np.float64]:
    """The score of each plan: the sum over its slots and operators. shape: (plans,)"""
    plan, name, slot, column = layout.elements.T
    own, which = layout.operators.T
    hops = np.bincount(plan, weights=fit[name, slot, column], minlength=layout.plans)
    return hops.astype(np.float64) + np.bincount(own, weights=operators[which], minlength=layout.plans)
