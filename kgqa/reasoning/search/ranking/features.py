"""What speaks for and against each candidate plan, as numbers: one vectorised kernel for all shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.question.asked import Asked
from kgqa.reasoning.search.ranking.coverage import label_share, must_explain, unused
from kgqa.reasoning.search.ranking.word_order import direction, name_where_the_asked_stands, order, own_words
from kgqa.reasoning.search.vocabulary.alignment import Alignment
from kgqa.reasoning.search.vocabulary.schema import Schema

NAMES = (
    "regret_sum",
    "regret_max",
    "unexplained",
    "call_min",
    "call_mean",
    "own_min",
    "own_mean",
    "label_min",
    "label_mean",
    "one_hop",
    "two_hops",
    "more_hops",
    "doubled",
    "unsaid_again",
    "order",
    "near",
    "asked",
    "noun",
    "noun_kind",
    "anchor",
    "unused",
    "size",
    "back_shared",
    "back_unshared",
    "forward_fit",
    "operators",
    "uncued",
    "empty",
    "whole_min",
    "whole_mean",
    "regret_faint",
)
"""Names of the features, in the order of the columns."""


SURE = 0.6
"""From this match on a word is surely explained."""
NOUN = 0.85
"""From this match on a word names a kind of thing."""


def featurise(
    candidates: Sequence[Candidate], analysis: Analysis, alignment: Alignment, schema: Schema
) -> NDArray[np.float32]:
    """Features of each candidate. shape: (candidates, len(NAMES))"""
    if not candidates:
        return np.zeros((0, len(NAMES)), dtype=np.float32)
    return _kernel(candidates, analysis, alignment, schema)


def _kernel(
    candidates: Sequence[Candidate], analysis: Analysis, alignment: Alignment, schema: Schema
) -> NDArray[np.float32]:
    n, words = len(candidates), len(analysis.tokens)
    longest = max(1, max(len(item.parts) for item in candidates))
    pad = alignment.said.shape[1]
    parts = np.full((n, longest), pad, dtype=np.int64)
    middles = np.full((n, longest), np.nan, dtype=np.float32)
    depths = np.zeros((n, longest), dtype=np.int64)
    cued = np.zeros((n, words), dtype=bool)
    must = must_explain(analysis)
    hints = np.zeros((n, longest), dtype=np.float32)
    anchored = np.zeros((n, words), dtype=bool)
    for row, item in enumerate(candidates):
        length = len(item.parts)
        parts[row, :length] = item.parts
        middles[row, :length] = item.middles
        depths[row, :length] = item.depths
        hints[row, : len(item.hints)] = item.hints
        for anchor in item.anchors:
            anchored[row, anchor.tokens] = True
        if item.cued:
            cued[row, list(item.cued)] = True
    free = ~anchored & must[None, :]
    speaks = ~anchored
    real = parts < pad
    hops = (parts < schema.parts) & real
    said_all = np.concatenate([alignment.said, np.zeros((words, 1), np.float32)], axis=1)
    kind_all = np.concatenate([alignment.kind, np.zeros((words, 1), np.float32)], axis=1)
    said = said_all[:, parts] * speaks.T[:, :, None]
    kind = kind_all[:, parts] * speaks.T[:, :, None]

    out = np.zeros((n, len(NAMES)), dtype=np.float32)
    column = {name: k for k, name in enumerate(NAMES)}

    explained = np.maximum(np.maximum(said, 0.95 * kind).max(axis=2).T, cued)
    best = np.maximum(explained.max(axis=0, initial=0.0), 0.0)
    regret = (best[None, :] - explained) * free
    sure = best >= SURE  # a word that nothing explains well says little about any plan
    out[:, column["regret_sum"]] = (regret * sure).sum(axis=1)
    out[:, column["regret_max"]] = (regret * sure).max(axis=1, initial=0.0)
    out[:, column["regret_faint"]] = (regret * ~sure).sum(axis=1)
    open_words = np.maximum(free.sum(axis=1), 1)
    out[:, column["unexplained"]] = ((1 - explained) * free).sum(axis=1) / open_words

    call = np.maximum(said.max(axis=0, initial=0.0), hints)
    finals = np.asarray([item.final if item.final >= 0 else pad for item in candidates])
    asked_all = np.append(alignment.asked, 0.0)
    asks = analysis.cues.asked in (Asked.WHO, Asked.WHERE, Asked.WHEN)
    if asks:
        is_final = parts == finals[:, None]
        call = np.maximum(call, 0.5 * asked_all[parts] * is_final)
    if (asked_at := name_where_the_asked_stands(analysis)) is not None:
        call = np.maximum(call, 0.7 * (middles == asked_at) * (depths == 0) * hops)
    own = np.minimum(call, own_words(said, call, parts, middles, schema))
    label = np.append(label_share(analysis, schema), 0.0)[parts]
    label = np.maximum(label, 0.8 * call)
    _min_mean(out, column, "call", call, real)
    _min_mean(out, column, "own", own, real)
    _min_mean(out, column, "label", label, real)
    _min_mean(out, column, "whole", np.append(alignment.whole, 0.0)[parts], real)

    # Walks from several names count as one: the longest of them.
    lengths = np.where(hops, depths + 1, 0).max(axis=1)
    out[:, column["one_hop"]] = lengths == 1
    out[:, column["two_hops"]] = lengths == 2
    out[:, column["more_hops"]] = np.maximum(lengths - 2, 0)

    relation = np.where(hops, parts // 2, -1 - np.arange(longest)[None, :])
    branch = np.nan_to_num(middles, nan=-1.0)
    same = (relation[:, :, None] == relation[:, None, :]) & (branch[:, :, None] == branch[:, None, :])
    uses = same.sum(axis=2)
    # A word that names a kind of thing, as a noun of the question, does not say a relation a second time.
    strong = (said > 0.75) & (alignment.kind.max(axis=1, initial=0.0) <= NOUN)[:, None, None]
    # Words side by side say it once: "official language", "largest producer".
    hits = strong.sum(axis=0) - (strong[1:] & strong[:-1]).sum(axis=0)
    back = np.zeros((n, longest), dtype=bool)
    opposite = np.append(schema.opposite, np.full(len(schema.types) + 1, -1))
    back[:, 1:] = (opposite[parts[:, 1:]] == parts[:, :-1]) & hops[:, 1:] & (depths[:, 1:] > 0)
    # A symmetric relation walked twice goes on rather than back: nothing is shared by it ("both", "also").
    back[:, 1:] &= parts[:, 1:] != parts[:, :-1]
    turned_back = back.sum(axis=1)
    joined = np.asarray([item.operators.count("intersect") for item in candidates])
    # A sharing word says one turn ("the same director as"), or that sets are joined ("both", "in common").
    shared = np.minimum(turned_back, np.maximum(len(analysis.cues.sharing) - joined, 0))
    out[:, column["back_shared"]] = shared
    out[:, column["back_unshared"]] = turned_back - shared
    short = np.where(hops, np.maximum(uses - np.maximum(hits, 1), 0) / uses, 0.0).sum(axis=1)
    out[:, column["doubled"]] = np.maximum(short - 0.5 * shared, 0.0)
    out[:, column["unsaid_again"]] = np.where(hops, np.minimum(np.maximum(hits - uses, 0), 2) / uses, 0.0).sum(axis=1)

    position = np.arange(words, dtype=np.float32)[:, None, None]
    weight = np.maximum(said - 0.3, 0.0) ** 2
    mass = weight.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = np.abs(position - middles[None, :, :])
        centre = np.where(mass > 0, (weight * np.nan_to_num(distance)).sum(axis=0) / mass, np.nan)
    order(out, column, centre, depths, hops)
    nearness = np.where(np.isnan(distance), 0.0, 1.0 / (1.0 + np.nan_to_num(distance) / 3.0))
    near = (said * nearness).max(axis=0, initial=0.0) * (depths == 0) * hops
    out[:, column["near"]] = near.sum(axis=1) / np.maximum(((depths == 0) & hops).sum(axis=1), 1)

    if asks or analysis.cues.asked is Asked.QUANTITY:
        out[:, column["asked"]] = asked_all[finals]
    noun = list(analysis.cues.noun)
    if noun:
        names_it = np.asarray([item.final >= 0 and not schema.phrasings[item.final].turned for item in candidates])
        final_said = said_all[noun][:, finals] * speaks[:, noun].T * names_it[None, :]
        final_kind = kind_all[noun][:, finals] * speaks[:, noun].T
        out[:, column["noun"]] = np.maximum(final_said, final_kind).max(axis=0)
        out[:, column["noun_kind"]] = final_kind.max(axis=0)

    out[:, column["unused"]] = unused(analysis, anchored | cued, explained)
    out[:, column["anchor"]] = [min((a.strength for a in item.anchors), default=0.5) for item in candidates]
    out[:, column["size"]] = np.log1p([item.size for item in candidates]) / 10
    out[:, column["operators"]] = [len(item.operators) for item in candidates]
    out[:, column["uncued"]] = [item.uncued for item in candidates]
    out[:, column["empty"]] = [item.empty for item in candidates]
    direction(out, column, parts, said, middles, depths, hops, analysis, schema)
    return out


def _min_mean(
    out: NDArray[np.float32], column: dict[str, int], name: str, values: NDArray[np.float32], real: NDArray[np.bool_]
) -> None:
    some = real.any(axis=1)
    out[:, column[f"{name}_min"]] = np.where(some, np.where(real, values, 1.0).min(axis=1), 0.0)
    out[:, column[f"{name}_mean"]] = np.where(some, (values * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1), 0.0)
