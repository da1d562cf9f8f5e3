"""Where words stand: whether hops are said in the order walked, each by a word of its own, in its direction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.english.function_words import AUXILIARIES
from kgqa.reasoning.search.question.analysis import Analysis, strongest
from kgqa.reasoning.search.question.asked import Asked
from kgqa.reasoning.search.vocabulary.schema import Schema


def name_where_the_asked_stands(analysis: Analysis) -> float | None:
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


def own_words(
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
    whole = said.transpose(1, 2, 0)  # a hop's words side by side
    left = whole.copy()
    rows = np.arange(parts.shape[0])
    opposite = schema.leads_back
    first = call.argmax(axis=1)
    for turn in range(parts.shape[1]):
        place = (first + turn) % parts.shape[1]
        open_words = left[rows, place]
        best = open_words.argmax(axis=1)
        got = open_words[rows, best]
        lost = whole[rows, place].max(axis=1) - got
        here = parts[rows, place][:, None]
        parallel = (parts == here) & (middles != middles[rows, place][:, None])
        others = np.arange(parts.shape[1])[None, :] != place[:, None]
        back = (((opposite[parts] == here) | parallel) & others).any(axis=1)
        out[rows, place] = np.where(back, call[rows, place], np.maximum(call[rows, place] - lost, 0.0))
        taken = got > 0.4
        left[rows[taken], :, best[taken]] = 0.0
    return out


def order(
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


def direction(
    out: NDArray[np.float32],
    column: dict[str, int],
    parts: NDArray[np.int64],
    said: NDArray[np.float32],
    middles: NDArray[np.float32],
    depths: NDArray[np.int64],
    hops: NDArray[np.bool_],
    of: NDArray[np.int64],
    around: Sequence[Around],
    schema: Schema,
) -> None:
    """Whether the words around the first hop read it in its direction ("the R of X" forward, "R by X" backward).

    ``of``: the question of each plan, by its place in ``around``. shape: (plans,)
    """
    if not len(said):
        return
    first_hops = hops & (depths == 0)
    word = said.argmax(axis=0)
    sure = said.max(axis=0, initial=0.0) >= 0.5
    sign = schema.reading_sign[np.where(first_hops, parts, schema.parts)]
    counts = first_hops & sure
    rows, places = np.nonzero(counts & ~np.isnan(middles))
    cells = list(zip(of[rows].tolist(), middles[rows, places].tolist()))
    tables = {cell: number for number, cell in enumerate(dict.fromkeys(cells))}
    if tables:
        forward = np.stack([around[question].reads_forward(middle) for question, middle in tables])
        read = np.zeros(parts.shape)
        read[rows, places] = forward[[tables[cell] for cell in cells], word[rows, places]]
        out[:, column["forward_fit"]] = (read * sign * counts).sum(axis=1)


class Around:
    """Which way round the words of a question read a relation, by where the name stands."""

    def __init__(self, analysis: Analysis) -> None:
        self._lowers = [token.lower for token in analysis.tokens]
        self._known: dict[float, NDArray[np.float64]] = {}

    def reads_forward(self, middle: float) -> NDArray[np.float64]:
        """shape: (words,)"""
        if middle not in self._known:
            signs = [_reads_forward(self._lowers, word, middle) for word in range(len(self._lowers))]
            self._known[middle] = np.asarray(signs)
        return self._known[middle]


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
