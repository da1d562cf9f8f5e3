"""What speaks for and against each candidate plan, as numbers: one vectorised kernel for all shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.question.analysis import Analysis
from kgqa.reasoning.search.question.asked import Asked
from kgqa.reasoning.search.ranking.coverage import label_share, must_explain, unused
from kgqa.reasoning.search.ranking.word_order import Around, direction, name_where_the_asked_stands, order, own_words
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
_COLUMNS = {name: column for column, name in enumerate(NAMES)}
REGRET_SUM, REGRET_MAX, REGRET_FAINT = (_COLUMNS[name] for name in ("regret_sum", "regret_max", "regret_faint"))

SURE = 0.6
"""From this match on a word is surely explained."""
NOUN = 0.85
"""From this match on a word names a kind of thing."""


class Known:
    """What is the same for all candidates of a question; a column more than the schema has stands for no part."""

    def __init__(self, analysis: Analysis, alignment: Alignment, schema: Schema) -> None:
        self.analysis, self.alignment, self.schema = analysis, alignment, schema
        words = len(analysis.tokens)
        none = np.zeros((words, 1), np.float32)
        self.must = must_explain(analysis)
        self.said = np.concatenate([alignment.said, none], axis=1)
        self.kind = np.concatenate([alignment.kind, none], axis=1)
        self.asked = np.append(alignment.asked, 0.0)
        self.label = np.append(label_share(analysis, schema), 0.0)
        self.asked_at = name_where_the_asked_stands(analysis)
        self.no_noun = alignment.kind.max(axis=1, initial=0.0) <= NOUN
        self.around = Around(analysis)

    def masks(self, candidates: Sequence[Candidate]) -> tuple[NDArray[np.bool_], list[float]]:
        """The words of each candidate's names, and how sure the faintest of them is. shape: (candidates, words)"""
        known: dict[tuple[int, ...], int] = {}
        at = [known.setdefault(tuple(map(id, item.anchors)), place) for place, item in enumerate(candidates)]
        masks = np.zeros((len(candidates), len(self.must)), dtype=bool)
        strengths = [0.5] * len(candidates)
        for place in known.values():
            anchors = candidates[place].anchors
            for anchor in anchors:
                masks[place, anchor.tokens] = True
            strengths[place] = min((anchor.strength for anchor in anchors), default=0.5)
        return masks[at], [strengths[place] for place in at]


def measure(
    candidates: Sequence[Candidate], question: Known
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """What each candidate is by itself, how well it explains each word, and which words it must explain.

    shapes: (candidates, len(NAMES)), (candidates, words), (candidates, words)
    """
    analysis, alignment, schema = question.analysis, question.alignment, question.schema
    n, words = len(candidates), len(analysis.tokens)
    lengths = np.fromiter((len(item.parts) for item in candidates), dtype=np.int64, count=n)
    longest = max(1, int(lengths.max()))
    pad = alignment.said.shape[1]
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
    anchored, strengths = question.masks(candidates)
    free = ~anchored & question.must[None, :]
    speaks = ~anchored
    real = parts < pad
    hops = (parts < schema.parts) & real
    said_all, kind_all = question.said, question.kind
    said = said_all[:, parts] * speaks.T[:, :, None]
    kind = kind_all[:, parts] * speaks.T[:, :, None]

    out = np.zeros((n, len(NAMES)), dtype=np.float32)
    column = _COLUMNS

    explained = np.maximum(np.maximum(said, 0.95 * kind).max(axis=2).T, cued)
    open_words = np.maximum(free.sum(axis=1), 1)
    out[:, column["unexplained"]] = ((1 - explained) * free).sum(axis=1) / open_words

    call = np.maximum(said.max(axis=0, initial=0.0), hints)
    finals = np.asarray([item.final if item.final >= 0 else pad for item in candidates])
    asked_all = question.asked
    asks = analysis.cues.asked in (Asked.WHO, Asked.WHERE, Asked.WHEN)
    if asks:
        is_final = parts == finals[:, None]
        call = np.maximum(call, 0.5 * asked_all[parts] * is_final)
    if question.asked_at is not None:
        call = np.maximum(call, 0.7 * (middles == question.asked_at) * (depths == 0) * hops)
    own = np.minimum(call, own_words(said, call, parts, middles, schema))
    label = question.label[parts]
    label = np.maximum(label, 0.8 * call)
    _min_mean(out, column, "call", call, real)
    _min_mean(out, column, "own", own, real)
    _min_mean(out, column, "label", label, real)
    _min_mean(out, column, "whole", np.maximum(np.append(alignment.whole, 0.0)[parts], hints), real)

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
    strong = (said > 0.75) & question.no_noun[:, None, None]
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
    shared = np.minimum(turned_back, np.maximum(len(analysis.cues.sharing) - joined, 0))
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
    out[:, column["anchor"]] = strengths
    out[:, column["size"]] = np.log1p([item.size for item in candidates]) / 10
    out[:, column["operators"]] = [len(item.operators) for item in candidates]
    out[:, column["uncued"]] = [item.uncued for item in candidates]
    out[:, column["empty"]] = [item.empty for item in candidates]
    direction(out, column, parts, said, middles, depths, hops, question.around, schema)
    return out, explained, free


def _min_mean(
    out: NDArray[np.float32], column: dict[str, int], name: str, values: NDArray[np.float32], real: NDArray[np.bool_]
) -> None:
    some = real.any(axis=1)
    out[:, column[f"{name}_min"]] = np.where(some, np.where(real, values, 1.0).min(axis=1), 0.0)
    out[:, column[f"{name}_mean"]] = np.where(some, (values * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1), 0.0)
