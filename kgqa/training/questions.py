"""A synthesised question: its words with names put in, the mentions that linking should find, and the right plans."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgqa.reasoning.plan import Plan
from kgqa.training.phrase import MARK
from kgqa.types import Candidate, Mention

if TYPE_CHECKING:
    from kgqa.graph.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class SyntheticQuestion:
    """A question with its names and every plan that is right for it (orders of an intersection, ...).

    ``kept_back``: it is said in ways that the others are not said in.
    """

    text: str
    mentions: tuple[Mention, ...]
    plans: tuple[Plan, ...]
    shape: str
    kept_back: bool = False


def put_names(
    pattern: str, nodes: Sequence[int], snapshot: Snapshot, rng: random.Random
) -> tuple[str, tuple[Mention, ...]] | None:
    """The pattern with the nodes' names in place of its marks, in half of the cases all in lower case.

    None when there is not one mark for each node.
    """
    pieces = " ".join(pattern.split()).split(MARK)
    if len(pieces) != len(nodes) + 1:
        return None
    lower = rng.random() < 0.5
    text, mentions = pieces[0], []
    for node, piece in zip(nodes, pieces[1:]):
        label = snapshot.label(node)
        shown = label.lower() if lower else label
        candidate = Candidate(node, snapshot.id(node) or label, label, 1.0, "exact")
        mentions.append(Mention(shown, len(text), len(text) + len(shown), (candidate,)))
        text += shown + piece
    return text, tuple(mentions)
