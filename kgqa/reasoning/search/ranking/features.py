"""What speaks for and against each candidate plan, as numbers: one vectorised kernel for all shapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.ranking.coverage import unused
from kgqa.reasoning.search.ranking.known import Known, side_by_side
from kgqa.reasoning.search.ranking.word_order import direction, order, own_words

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
_COLUMNS = {name: column for column, name in enumerate(NAMES)}
REGRET_SUM, REGRET_MAX, REGRET_FAINT = (_COLUMNS[name] for name in ("regret_sum", "regret_max", "regret_faint"))

SURE = 0.6
"""From this match on a word is surely explained."""
ROWS = 2048
"""Candidates measured at once: enough to be worth a pass, few enough to stay in the cache."""


Measured = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]
"""What each candidate is by itself, how well it explains each word, and which words it must explain.

shapes: (candidates, len(NAMES)), (candidates, words), (candidates, words)
"""


def measure(asked: Sequence[tuple[Known, Sequence[Candidate]]]) -> list[Measured]:
    """Measures the candidates (at least one) of each question; those of questions that are kin together."""
    out: dict[int, Measured] = {}
    for places in _together(asked):
        rows, explained, free = _measure([asked[place][0] for place in places], [asked[place][1] for place in places])
        start = 0
        for place in places:
            own = slice(start, start := start + len(asked[place][1]))
            out[place] = rows[own], explained[own], free[own]
    return [out[place] for place in range(len(asked))]


def _together(asked: Sequence[tuple[Known, Sequence[Candidate]]]) -> Iterator[list[int]]:
    """Places of questions that are kin, so many as have ``ROWS`` candidates between them."""
    kin: dict[tuple[int, bool, int], list[int]] = {}
    for place, (question, _) in enumerate(asked):
        kin.setdefault(question.kin, []).append(place)
    for places in kin.values():
        some: list[int] = []
        rows = 0
        for place in places:
            count = len(asked[place][1])
            if some and rows + count > ROWS:
                yield some
                some, rows = [], 0
            some.append(place)
            rows += count
        yield some


def _measure(questions: Sequence[Known], sets: Sequence[Sequence[Candidate]]) -> Measured:
    """The candidates of all questions, one set after the other."""
    schema, known = questions[0].schema, side_by_side(questions)
    candidates = [item for items in sets for item in items]
    of = np.repeat(np.arange(len(sets)), [len(items) for items in sets])
    n, words = len(candidates), known.must.shape[1]
    lengths = np.fromiter((len(item.parts) for item in candidates), dtype=np.int64, count=n)
    longest = max(1, int(lengths.max()))
    pad = known.said.shape[2] - 1
    filled = np.arange(longest) < lengths[:, None]
    parts = np.full((n, longest), pad, dtype=np.int64)
    parts[filled] = [part for item in candidates for part in item.parts]
    middles = np.full((n, longest), np.nan, dtype=np.float32)
    middles[filled] = [middle for item in candidates for middle in item.middles]
    depths = np.zeros((n, longest), dtype=np.int64)
    depths[filled] = [depth for item in candidates for depth in item.depths]
    hints = np.zeros((n, longest), dtype=np.float32)
    cued = np.zeros((n, words), dtype=bool)
    for row, item in enumerate(candidates):
        if item.hints:
            hints[row, : len(item.hints)] = item.hints
        if item.cued:
            cued[row, list(item.cued)] = True
    masks = [question.masks(items) for question, items in zip(questions, sets)]
    anchored = np.concatenate([found for found, _ in masks])
    free = ~anchored & known.must[of]
    speaks = ~anchored
    real = parts < pad
    hops = (parts < schema.parts) & real
    said = known.said[of[:, None], :, parts].transpose(2, 0, 1) * speaks.T[:, :, None]
    kind = known.kind[of[:, None], :, parts].transpose(2, 0, 1) * speaks.T[:, :, None]

    out = np.zeros((n, len(NAMES)), dtype=np.float32)
    column = _COLUMNS

    explained = np.maximum(np.maximum(said, 0.95 * kind).max(axis=2).T, cued)
    open_words = np.maximum(free.sum(axis=1), 1)
    out[:, column["unexplained"]] = ((1 - explained) * free).sum(axis=1) / open_words

    call = np.maximum(said.max(axis=0, initial=0.0), hints)
    finals = np.asarray([item.final if item.final >= 0 else pad for item in candidates])
    wanted = known.wanted[of]
    if wanted.any():
        is_final = (parts == finals[:, None]) & wanted[:, None]
        call = np.maximum(call, 0.5 * known.asked[of[:, None], parts] * is_final)
    asked_at = known.asked_at[of]
    if not np.isnan(asked_at).all():
        call = np.maximum(call, 0.7 * (middles == asked_at[:, None]) * (depths == 0) * hops)
    own = np.minimum(call, own_words(said, call, parts, middles, schema))
    label = known.label[of[:, None], parts]
    label = np.maximum(label, 0.8 * call)
    _min_mean(out, column, "call", call, real)
    _min_mean(out, column, "own", own, real)
    _min_mean(out, column, "label", label, real)
    _min_mean(out, column, "whole", np.maximum(known.whole[of[:, None], parts], hints), real)

    # Walks from several names count as one: the longest of them.
    far = np.where(hops, depths + 1, 0).max(axis=1)
    out[:, column["one_hop"]] = far == 1
    out[:, column["two_hops"]] = far == 2
    out[:, column["more_hops"]] = np.maximum(far - 2, 0)

    relation = np.where(hops, parts // 2, -1 - np.arange(longest)[None, :])
    named = ~np.isnan(middles)
    branch = np.where(named, middles, np.float32(-1.0))
    same = (relation[:, :, None] == relation[:, None, :]) & (branch[:, :, None] == branch[:, None, :])
    uses = same.sum(axis=2)
    # A word that names a kind of thing, as a noun of the question, does not say a relation a second time.
    strong = (said > 0.75) & known.no_noun[of].T[:, :, None]
    # Words side by side say it once: "official language", "largest producer".
    hits = strong.sum(axis=0) - (strong[1:] & strong[:-1]).sum(axis=0)
    back = np.zeros((n, longest), dtype=bool)
    opposite = schema.leads_back
    back[:, 1:] = (opposite[parts[:, 1:]] == parts[:, :-1]) & hops[:, 1:] & (depths[:, 1:] > 0)
    # A symmetric relation walked twice goes on rather than back: nothing is shared by it ("both", "also").
    back[:, 1:] &= parts[:, 1:] != parts[:, :-1]
    turned_back = back.sum(axis=1)
    joined = np.asarray([item.operators.count("intersect") for item in candidates])
    # A sharing word says one turn ("the same director as"), or that sets are joined ("both", "in common").
    shared = np.minimum(turned_back, np.maximum(known.sharing[of] - joined, 0))
    out[:, column["back_shared"]] = shared * (call * back).max(axis=1, initial=0.0)  # what is shared has to be said
    out[:, column["back_unshared"]] = turned_back - shared
    short = np.where(hops, np.maximum(uses - np.maximum(hits, 1), 0) / uses, 0.0).sum(axis=1)
    out[:, column["doubled"]] = np.maximum(short - 0.5 * shared, 0.0)
    out[:, column["unsaid_again"]] = np.where(hops, np.minimum(np.maximum(hits - uses, 0), 2) / uses, 0.0).sum(axis=1)

    position = np.arange(words, dtype=np.float32)[:, None, None]
    weight = np.maximum(said - 0.3, 0.0) ** 2
    mass = weight.sum(axis=0)
    distance = np.where(named, np.abs(position - branch), np.float32(0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.where(mass > 0, (weight * distance).sum(axis=0) / mass, np.nan)
    order(out, column, centre, depths, hops)
    nearness = np.where(named, 1.0 / (1.0 + distance / 3.0), 0.0)
    near = (said * nearness).max(axis=0, initial=0.0) * (depths == 0) * hops
    out[:, column["near"]] = near.sum(axis=1) / np.maximum(((depths == 0) & hops).sum(axis=1), 1)

    out[:, column["asked"]] = np.where(known.answers[of], known.asked[of, finals], 0.0)
    if known.noun.any():
        names_it = np.asarray([item.final >= 0 and not schema.phrasings[item.final].turned for item in candidates])
        named_by = known.noun[of] & speaks
        final_said = known.said[of, :, finals] * (named_by & names_it[:, None])
        final_kind = known.kind[of, :, finals] * named_by
        out[:, column["noun"]] = np.maximum(final_said, final_kind).max(axis=1)
        out[:, column["noun_kind"]] = final_kind.max(axis=1)

    start = 0
    for question, items in zip(questions, sets):
        own_rows = slice(start, start := start + len(items))
        used = (anchored | cued)[own_rows]
        out[own_rows, column["unused"]] = unused(question.analysis, used, explained[own_rows])
    out[:, column["anchor"]] = [strength for _, strengths in masks for strength in strengths]
    out[:, column["size"]] = np.log1p([item.size for item in candidates]) / 10
    out[:, column["operators"]] = [len(item.operators) for item in candidates]
    out[:, column["uncued"]] = [item.uncued for item in candidates]
    out[:, column["empty"]] = [item.empty for item in candidates]
    direction(out, column, parts, said, middles, depths, hops, of, [question.around for question in questions], schema)
    return out, explained, free


def _min_mean(
    out: NDArray[np.float32], column: dict[str, int], name: str, values: NDArray[np.float32], real: NDArray[np.bool_]
) -> None:
    some = real.any(axis=1)
    out[:, column[f"{name}_min"]] = np.where(some, np.where(real, values, 1.0).min(axis=1), 0.0)
    out[:, column[f"{name}_mean"]] = np.where(some, (values * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1), 0.0)
