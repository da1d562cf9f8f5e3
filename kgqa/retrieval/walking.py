"""The channels of passages by the passage graph: a walk from what the question finds and names, and its second hop."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.retrieval.channels import Channel, Hit, Query, proportional, recall_of
from kgqa.retrieval.links.index import LinkIndex
from kgqa.retrieval.links.pagerank import push
from kgqa.retrieval.links.rows import ABOUT, NAMED

SEEDS = 10
"""Passages that each channel gives a walk to start from."""
DAMPING = math.sqrt(0.5)
"""A step from passage to passage is two edges long, by way of a name: half of the walk goes on at each."""
TOLERANCE = 1e-5
Weighted = tuple[NDArray[np.int64], NDArray[np.float64]]


class Seeds:
    """Where a walk starts: the best passages of each channel and the names in the question, in equal shares."""

    def __init__(self, links: LinkIndex, channels: Sequence[Channel[str]]) -> None:
        self._links, self._channels = links, channels

    def of(self, query: Query, *, names: bool = True) -> Weighted:
        """(nodes, weights), nodes ascending; weights sum to 1 unless there are no seeds. shape: (n,) each"""
        shares: list[dict[int, float]] = []
        found = [(channel, recall_of(channel, query, SEEDS)) for channel in self._channels]
        numbers = self._links.numbers(sorted({hit.key for _, hits in found for hit in hits}))
        for channel, hits in found:
            chances = channel.chances(hits)
            shares.append({3 * numbers[hit.key]: p for hit, p in zip(hits, chances, strict=True) if hit.key in numbers})
        if names:
            shares.append(self._names(query))
        shares = [share for share in shares if share]
        mixed: dict[int, float] = {}
        for share in shares:
            whole = sum(share.values())
            for node, weight in share.items():
                mixed[node] = mixed.get(node, 0.0) + weight / whole / len(shares)
        nodes = sorted(mixed)
        return np.array(nodes, dtype=np.int64), np.array([mixed[node] for node in nodes])

    def _names(self, query: Query) -> dict[int, float]:
        """The question is a text of the graph: half of it leads to what its names are titles of, half to mentions."""
        entities = [mention.candidates[0].node for mention in query.mentions if mention.candidates]
        found = self._links.names_in(query.text, entities)
        titled = {3 * name.number + ABOUT: name.weight for name in found if name.titled and name.weight}
        mentioned = {3 * name.number + NAMED: name.weight for name in found if name.mentioned and name.weight}
        out: dict[int, float] = {}
        for part in (titled, mentioned):
            out |= dict(zip(part, proportional(list(part.values())), strict=True))
        return out


class WalkChannel:
    """Passages by personalised PageRank over passages and names, started from the question's seeds."""

    name = "ppr"

    def __init__(self, links: LinkIndex, seeds: Seeds) -> None:
        self._links, self._seeds = links, seeds

    def rank(self, query: Query, k: int) -> list[Hit[str]]:
        nodes, weights = self._seeds.of(query)
        if self._links.transitions is None or not len(nodes):
            return []
        found, ranks = push(self._links.transitions, nodes, weights, damping=DAMPING, tolerance=TOLERANCE)
        return best_passages(self._links, found, ranks, k, among=query.among)

    def chances(self, hits: Sequence[Hit[str]]) -> list[float]:
        """PageRank is a distribution already."""
        return proportional([hit.score for hit in hits])


class BridgeChannel:
    """Passages one step beyond the first found: those they mention by title, or that share a rare name with them.

    What the other channels found first is left out: this is the second hop alone, conditioned on the first.
    """

    name = "bridge"

    def __init__(self, links: LinkIndex, seeds: Seeds) -> None:
        self._links, self._seeds = links, seeds

    def rank(self, query: Query, k: int) -> list[Hit[str]]:
        transitions = self._links.transitions
        nodes, weights = self._seeds.of(query, names=False)
        if transitions is None or not len(nodes):
            return []
        first, found, ranks = nodes, nodes, weights
        for _ in range(2):  # to a name, and on to the passages of that name
            places, targets, shares = transitions.edges(found, *transitions.extents(found))
            found, inverse = np.unique(targets, return_inverse=True)
            ranks = np.bincount(inverse, weights=ranks[places] * shares, minlength=len(found)).astype(np.float64)
        new = ~np.isin(found, first)
        return best_passages(self._links, found[new], ranks[new], k, among=query.among)

    def chances(self, hits: Sequence[Hit[str]]) -> list[float]:
        return proportional([hit.score for hit in hits])


def best_passages(
    links: LinkIndex,
    nodes: NDArray[np.int64],
    ranks: NDArray[np.float64],
    k: int,
    *,
    among: frozenset[str] | None = None,
) -> list[Hit[str]]:
    """The ``k`` passages among these nodes that rank highest; ties by id. ``among``: only passages with these ids."""
    passages = nodes % 3 == 0
    nodes, ranks = nodes[passages], np.round(ranks[passages], 12)
    if among is None and len(nodes) > k:
        kept = ranks >= np.partition(ranks, len(ranks) - k)[len(ranks) - k]
        nodes, ranks = nodes[kept], ranks[kept]
    ids = links.ids((nodes // 3).tolist())
    hits = [
        Hit(ids[node // 3], rank) for node, rank in zip(nodes.tolist(), ranks.tolist(), strict=True) if node // 3 in ids
    ]
    if among is not None:
        hits = [hit for hit in hits if hit.key in among]
    return sorted(hits, key=lambda hit: (-hit.score, hit.key))[:k]
