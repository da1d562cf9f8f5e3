"""What speaks for and against each candidate plan, as numbers: one vectorised kernel for all shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.plan import Plan
from kgqa.reasoning.search.alignment import Alignment
from kgqa.reasoning.search.analysis import Analysis, Anchor, strongest
from kgqa.reasoning.search.cues import Asked
from kgqa.reasoning.search.english import AUXILIARIES
from kgqa.reasoning.search.schema import Schema

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
)
"""Names of the features, in the order of the columns."""


NOUN = 0.85
"""From this match on a word names a kind of thing."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan with what the features need to know of it.

    ``parts``: columns of the schema in the order walked; ``middles``: where in the question the name stands from which
    each is walked (nan without a name); ``depths``: how many hops from it; ``final``: the column that says what the
    answers are (-1: the plan answers with no set of things); ``cued``: words explained by operators; ``hints``: how far
    each part is called for by something else than words (empty: not at all).
    """

    plan: Plan
    parts: tuple[int, ...]
    middles: tuple[float, ...]
    depths: tuple[int, ...]
    final: int
    anchors: tuple[Anchor, ...]
    cued: frozenset[int] = frozenset()
    operators: tuple[str, ...] = ()
    uncued: float = 0.0
    empty: float = 0.0
    size: int = 1
    hints: tuple[float, ...] = ()


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
    must = _must_explain(analysis)
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
    out[:, column["regret_sum"]] = regret.sum(axis=1)
    out[:, column["regret_max"]] = regret.max(axis=1, initial=0.0)
    open_words = np.maximum(free.sum(axis=1), 1)
    out[:, column["unexplained"]] = ((1 - explained) * free).sum(axis=1) / open_words

    call = np.maximum(said.max(axis=0, initial=0.0), hints)
    finals = np.asarray([item.final if item.final >= 0 else pad for item in candidates])
    asked_all = np.append(alignment.asked, 0.0)
    asks = analysis.cues.asked in (Asked.WHO, Asked.WHERE, Asked.WHEN)
    if asks:
        is_final = parts == finals[:, None]
        call = np.maximum(call, 0.5 * asked_all[parts] * is_final)
    if (asked_at := _name_where_the_asked_stands(analysis)) is not None:
        call = np.maximum(call, 0.7 * (middles == asked_at) * (depths == 0) * hops)
    own = np.minimum(call, _own_words(said, call, parts, middles, schema))
    label = np.append(_label_share(analysis, schema), 0.0)[parts]
    label = np.maximum(label, 0.8 * call)
    _min_mean(out, column, "call", call, real)
    _min_mean(out, column, "own", own, real)
    _min_mean(out, column, "label", label, real)

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
    hits = np.maximum(strong.sum(axis=0), 0)
    back = np.zeros((n, longest), dtype=bool)
    opposite = np.append(schema.opposite, np.full(len(schema.types) + 1, -1))
    back[:, 1:] = (opposite[parts[:, 1:]] == parts[:, :-1]) & hops[:, 1:] & (depths[:, 1:] > 0)
    sharing = bool(analysis.cues.sharing)
    turned_back = back.sum(axis=1)
    out[:, column["back_shared"]] = turned_back * sharing
    out[:, column["back_unshared"]] = turned_back * (not sharing)
    short = np.where(hops, np.maximum(uses - np.maximum(hits, 1), 0) / uses, 0.0).sum(axis=1)
    out[:, column["doubled"]] = np.maximum(short - 0.5 * sharing * turned_back, 0.0)
    out[:, column["unsaid_again"]] = np.where(hops, np.minimum(np.maximum(hits - uses, 0), 2) / uses, 0.0).sum(axis=1)

    position = np.arange(words, dtype=np.float32)[:, None, None]
    weight = np.maximum(said - 0.3, 0.0) ** 2
    mass = weight.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = np.abs(position - middles[None, :, :])
        centre = np.where(mass > 0, (weight * np.nan_to_num(distance)).sum(axis=0) / mass, np.nan)
    _order(out, column, centre, depths, hops)
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

    out[:, column["unused"]] = _unused(analysis, anchored | cued, explained)
    out[:, column["anchor"]] = [min((a.strength for a in item.anchors), default=0.5) for item in candidates]
    out[:, column["size"]] = np.log1p([item.size for item in candidates]) / 10
    out[:, column["operators"]] = [len(item.operators) for item in candidates]
    out[:, column["uncued"]] = [item.uncued for item in candidates]
    out[:, column["empty"]] = [item.empty for item in candidates]
    _direction(out, column, parts, said, middles, depths, hops, analysis, schema)
    return out


def _unused(analysis: Analysis, used: NDArray[np.bool_], explained: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of the question's names a plan leaves out; words explained otherwise count less, alike ones half.

    shapes: (plans, words), (plans, words) -> (plans,)
    """
    out = np.zeros(len(used), dtype=np.float32)
    for anchor in strongest(analysis.anchors):
        tokens = list(anchor.tokens)
        spoken = np.where(explained[:, tokens] >= 1.0, 1.0, 0.5 * explained[:, tokens]).mean(axis=1)
        share = used[:, tokens].mean(axis=1)
        out += anchor.strength * np.where(share == 0, 1.0 - spoken, 1.0 - share)
    return out


def _name_where_the_asked_stands(analysis: Analysis) -> float | None:
    """The middle of a name that stands for the asked noun: "Which noble gases ..." calls for its members."""
    wh = analysis.cues.wh
    start = 0 if wh is None else wh + 1
    for anchor in strongest(analysis.anchors):
        between = range(start, anchor.tokens[0])
        if len(between) <= 2 and not any(analysis.content[i] for i in between) and start <= anchor.tokens[0]:
            verb = [i for i in between if analysis.tokens[i].lower in AUXILIARIES]
            if not verb and (wh is None or analysis.cues.asked in (Asked.THING, Asked.COUNT)):
                return anchor.middle
    return None


def _own_words(
    said: NDArray[np.float32],
    call: NDArray[np.float32],
    parts: NDArray[np.int64],
    middles: NDArray[np.float32],
    schema: Schema,
) -> NDArray[np.float32]:
    """How clearly each hop is called for by a word that no earlier hop has taken.

    A hop straight back, and the same hop from another name, may share its word.
    shapes: (words, plans, hops), then (plans, hops) each -> (plans, hops)
    """
    out = call.copy()
    if parts.shape[1] < 2 or not len(said):
        return out
    left = said.copy()
    rows = np.arange(parts.shape[0])
    opposite = np.append(schema.opposite, np.full(len(schema.types) + 1, -1))
    first = call.argmax(axis=1)
    for turn in range(parts.shape[1]):
        place = (first + turn) % parts.shape[1]
        best = left[:, rows, place].argmax(axis=0)
        got = left[best, rows, place]
        lost = said[:, rows, place].max(axis=0) - got
        here = parts[rows, place][:, None]
        parallel = (parts == here) & (middles != middles[rows, place][:, None])
        back = ((opposite[parts] == here) | parallel).any(axis=1)
        out[rows, place] = np.where(back, call[rows, place], np.maximum(call[rows, place] - lost, 0.0))
        taken = got > 0.4
        left[best[taken], rows[taken], :] *= 0.0
    return out


def _min_mean(
    out: NDArray[np.float32], column: dict[str, int], name: str, values: NDArray[np.float32], real: NDArray[np.bool_]
) -> None:
    some = real.any(axis=1)
    out[:, column[f"{name}_min"]] = np.where(some, np.where(real, values, 1.0).min(axis=1), 0.0)
    out[:, column[f"{name}_mean"]] = np.where(some, (values * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1), 0.0)


def _order(
    out: NDArray[np.float32],
    column: dict[str, int],
    centre: NDArray[np.float32],
    depths: NDArray[np.int64],
    hops: NDArray[np.bool_],
) -> None:
    """Hops further along the chain are said further from the name: 1 when always so, -1 when never."""
    if centre.shape[1] < 2:
        return
    with np.errstate(invalid="ignore"):
        steps = np.tanh(centre[:, 1:] - centre[:, :-1])
    valid = hops[:, 1:] & (depths[:, 1:] > 0) & ~np.isnan(steps)
    total = np.where(valid, np.nan_to_num(steps), 0.0).sum(axis=1)
    out[:, column["order"]] = total / np.maximum(valid.sum(axis=1), 1)


def _direction(
    out: NDArray[np.float32],
    column: dict[str, int],
    parts: NDArray[np.int64],
    said: NDArray[np.float32],
    middles: NDArray[np.float32],
    depths: NDArray[np.int64],
    hops: NDArray[np.bool_],
    analysis: Analysis,
    schema: Schema,
) -> None:
    """Whether the words around the first hop read it in its direction ("the R of X" forward, "R by X" backward)."""
    lowers = [token.lower for token in analysis.tokens]
    if not lowers:
        return
    turned = np.asarray([phrasing.turned for phrasing in schema.phrasings[: schema.parts]] + [False], dtype=bool)
    for middle in np.unique(middles[~np.isnan(middles)]):
        forward = np.asarray([_reads_forward(lowers, word, float(middle)) for word in range(len(lowers))])
        first = hops & (depths == 0) & (middles == middle)
        word = said.argmax(axis=0)
        sure = said.max(axis=0, initial=0.0) >= 0.5
        part = np.where(first, parts, schema.parts)
        back = np.append(schema.inverse, False)[part]
        sign = np.where(back, -1.0, 1.0) * (turned[part] | ~back)
        out[:, column["forward_fit"]] += (forward[word] * sign * (first & sure)).sum(axis=1)


def _reads_forward(lowers: Sequence[str], word: int, middle: float) -> float:
    """1: the word reads as an attribute of the name, -1: the name is its object or agent, 0: no sign."""
    following = lowers[word + 1] if word + 1 < len(lowers) else ""
    if middle > word and following == "of":
        return 1.0
    if middle > word and following in ("by", "in", "at", "from"):
        return -1.0
    if middle < word:
        between = lowers[int(np.ceil(middle)) + 1 : word]
        return 0.5 if len(between) <= 2 else 0.0
    return 0.0


def _must_explain(analysis: Analysis) -> NDArray[np.bool_]:
    """Content words and the words of operator cues. shape: (words,)"""
    must = np.asarray(analysis.content, dtype=bool)
    cues = analysis.cues
    cued = [cue.tokens for cue in cues.superlatives] + [cue.tokens for cue in cues.values]
    for tokens in cued:
        must[list(tokens)] = True
    if cues.negation is not None:
        must[cues.negation] = True
    return must


def _label_share(analysis: Analysis, schema: Schema) -> NDArray[np.float32]:
    """Of the stems of each column's own label, the share that the question has. shape: (parts + types,)"""
    stems = {token.stem for token in analysis.tokens}
    out = np.zeros(len(schema.phrasings), dtype=np.float32)
    touched = {column for stem in stems for column in schema.stems.get(stem, ())}
    for position in touched:
        own = schema.phrasings[position].own
        out[position] = len(own & stems) / max(1, len(own))
    return out
