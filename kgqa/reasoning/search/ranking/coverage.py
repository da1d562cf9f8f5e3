"""What of the question a plan leaves unexplained, and what of a label the question says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kgqa.reasoning.search.question.analysis import Analysis, strongest
from kgqa.reasoning.search.vocabulary.schema import Schema


def unused(analysis: Analysis, used: NDArray[np.bool_], explained: NDArray[np.float32]) -> NDArray[np.float32]:
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


def must_explain(analysis: Analysis) -> NDArray[np.bool_]:
    """Content words and the words of operator cues. shape: (words,)"""
    must = np.asarray(analysis.content, dtype=bool)
    must[list(analysis.told)] = False
    cues = analysis.cues
    cued = [cue.tokens for cue in cues.superlatives] + [cue.tokens for cue in cues.values]
    for tokens in cued:
        must[list(tokens)] = True
    if cues.negation is not None:
        must[cues.negation] = True
    return must


def label_share(analysis: Analysis, schema: Schema) -> NDArray[np.float32]:
    """Of the stems of each column's own label, the share that the question has. shape: (parts + types,)

    The names in other languages count as labels: the one that the question says most of.
    """
    stems = {token.stem for token in analysis.tokens}
    out = np.zeros(len(schema.phrasings), dtype=np.float32)
    touched = {column for token in analysis.tokens for column in schema.said_by(token, analysis.language)}
    for position in touched:
        phrasing = schema.phrasings[position]
        out[position] = max(len(own & stems) / max(1, len(own)) for own in (phrasing.own, *phrasing.others))
    return out
