"""Training of bilinear models against all entities at once: full softmax, N3, predicting the relation.

The loss is that of Lacroix et al. 2018 (cross-entropy over all entities in both directions, reciprocal relations,
nuclear 3-norm) with the auxiliary one of Chen et al. 2021. Statements that share (node, relation) share one row of
scores: the sum of their losses needs its normaliser once. That is what makes it several times faster than 1-to-all
over single statements; a row takes 16 values at most, so that hubs do not become one huge step.

Where a recipe names a number of ``candidates``, each step compares with so many entities drawn at random and the
step's own true values instead of all (sampled softmax, Bengio and Senécal 2008): the drawn ones stand for all others,
so that the normaliser is right on average.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.options import Precision, Recipe
from kgqa.embeddings.scoring import entity_weights, is_complex, product, relation_weights
from kgqa.embeddings.watch import LoopResult, Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

MAX_VALUES = 16
START_SCALE = 1e-3


@dataclass(frozen=True, slots=True)
class Rows:
    """Queries with some of their values. nodes, relations (PyKEEN's numbers, inverses odd): shape: (rows,)

    Row i has the values ``values[starts[i] : starts[i] + counts[i]]``.
    """

    nodes: NDArray[np.int64]
    relations: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    values: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)


class Queries:
    """All (node, relation) of both directions with their values, cut anew into rows for each epoch."""

    def __init__(self, triples: NDArray[np.int64], *, relations: int, inverses: bool) -> None:
        """triples: shape: (n, 3)"""
        forward = np.stack([triples[:, 0], 2 * triples[:, 1] if inverses else triples[:, 1], triples[:, 2]], axis=1)
        parts = [forward]
        if inverses:
            parts.append(np.stack([triples[:, 2], 2 * triples[:, 1] + 1, triples[:, 0]], axis=1))
        every = np.concatenate(parts)
        self._width = relations * (2 if inverses else 1)
        self._keys = every[:, 0] * self._width + every[:, 1]
        self._values = every[:, 2]
        self._distinct, self._counts = np.unique(self._keys, return_counts=True)
        self._starts = np.cumsum(self._counts) - self._counts

    @property
    def statements(self) -> int:
        return len(self._keys)

    @property
    def rows(self) -> int:
        """How many rows an epoch has."""
        return int((-(-self._counts // MAX_VALUES)).sum())

    def shuffled(self, seed: tuple[int, int]) -> Rows:
        """The rows of one epoch: values dealt at random, rows in random order."""
        rng = np.random.default_rng(seed)
        values = self._values[np.lexsort((rng.random(len(self._keys)), self._keys))]
        pieces = -(-self._counts // MAX_VALUES)
        owner = np.repeat(np.arange(len(pieces)), pieces)
        piece = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        starts = self._starts[owner] + piece * MAX_VALUES
        counts = np.minimum(self._counts[owner] - piece * MAX_VALUES, MAX_VALUES)
        order = rng.permutation(len(owner))
        keys = self._distinct[owner[order]]
        return Rows(keys // self._width, keys % self._width, starts[order], counts[order], values)


def train_softmax(
    model: Any, triples: NDArray[np.int64], recipe: Recipe, watch: Watch, *, seed: int, accumulate: int, precision: str
) -> LoopResult:
    """Trains a linear model in place, on the device where it is; see ``scoring.is_linear``. triples: shape: (n, 3)

    From the weights that it has; see ``draw_weights``.
    """
    import torch

    weights = [entity_weights(model), relation_weights(model)]
    queries = Queries(triples, relations=model.num_real_relations, inverses=model.use_inverse_triples)
    optimizer = make_optimizer(recipe, weights)
    steps = max(1, round(queries.statements / recipe.batch_size))
    size = -(-queries.rows // steps)
    steps = -(-queries.rows // size)
    scale = steps / queries.statements
    model.train()
    for epoch in range(watch.restore(optimizer, steps=steps) + 1, recipe.epochs + 1):
        rows = queries.shuffled((seed, epoch))
        total = torch.zeros((), device=weights[0].device)
        for start in range(0, len(rows), size):
            optimizer.zero_grad(set_to_none=True)
            batch = np.arange(start, min(start + size, len(rows)))
            for number, part in enumerate(np.array_split(batch, min(accumulate, len(batch)))):
                pool = draw_pool(model.num_entities, rows, part, recipe, seed=(seed, epoch, start, number))
                loss = scale * batch_loss(model, rows, part, recipe, precision=precision, pool=pool)
                loss.backward()
                total += loss.detach()
            optimizer.step()
            for representation in (model.entity_representations[0], model.relation_representations[0]):
                representation.post_parameter_update()
            watch.step()
        if watch.epoch(epoch, float(total) / steps, optimizer):
            break
    return watch.finish()


def draw_weights(model: Any, *, seed: int) -> None:
    """Draws the weights of a linear model anew, small: so the loss learns in tens of epochs (Lacroix et al. 2018)."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in (entity_weights(model), relation_weights(model)):
            weight.copy_(START_SCALE * torch.randn(weight.shape, generator=generator))


def make_optimizer(recipe: Recipe, weights: list[Tensor]) -> Any:
    """The recipe's optimiser, in its fused form where there is one."""
    from pykeen.optimizers import optimizer_resolver

    cls = optimizer_resolver.lookup(recipe.optimizer)
    try:
        return cls(weights, lr=recipe.learning_rate, fused=True)
    except (TypeError, RuntimeError):  # not every optimiser, and not on every device
        return cls(weights, lr=recipe.learning_rate)


@dataclass(frozen=True, slots=True)
class Pool:
    """The entities that one step compares with: the true values of its rows, then what was drawn from the others.

    entities: shape: (true + drawn,); ``weight``: for how many entities each drawn one stands.
    """

    entities: NDArray[np.int64]
    true: int
    weight: float


def draw_pool(
    entities: int, rows: Rows, part: NDArray[np.int64], recipe: Recipe, *, seed: tuple[int, ...]
) -> Pool | None:
    """What the rows in ``part`` are compared with; None: every entity."""
    if not recipe.candidates:
        return None
    true = np.unique(rows.values[_places(rows, part)])
    drawn = np.random.default_rng(seed).integers(0, entities, recipe.candidates)
    drawn = drawn[~np.isin(drawn, true)]
    if not len(drawn) or len(true) + len(drawn) >= entities:
        return None
    return Pool(np.concatenate([true, drawn]), len(true), (entities - len(true)) / len(drawn))


def _places(rows: Rows, part: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the values of the rows in ``part`` stand, row after row."""
    counts = rows.counts[part]
    return np.asarray(np.repeat(rows.starts[part] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum()))


def batch_loss(
    model: Any,
    rows: Rows,
    part: NDArray[np.int64],
    recipe: Recipe,
    *,
    precision: str,
    pool: Pool | None = None,
) -> Tensor:
    """The summed loss over the statements of the rows in ``part``, against ``pool`` (None: every entity)."""
    import torch
    from torch.nn.functional import cross_entropy, embedding  # its gradient is several times cheaper than indexing's

    entities, relations = entity_weights(model), relation_weights(model)
    device = entities.device

    def on_device(*arrays: NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(np.stack(arrays)).to(device)

    counts, nodes = rows.counts[part], rows.nodes[part]
    row, values = np.repeat(np.arange(len(part)), counts), rows.values[_places(rows, part)]
    if pool is None:
        column = values
    else:  # only these are gathered, once, and go by their place from here on
        here = np.unique(np.concatenate([nodes, pool.entities]))
        entities = embedding(on_device(here)[0], entities)
        column, places = np.searchsorted(pool.entities[: pool.true], values), np.searchsorted(here, pool.entities)
        nodes, values = np.searchsorted(here, nodes), np.searchsorted(here, values)
    asked = on_device(nodes, rows.relations[part], counts)
    index = on_device(row, values, column)
    node, relation, uses = embedding(asked[0], entities), embedding(asked[1], relations), asked[2].to(entities.dtype)
    with torch.autocast(device.type, torch.bfloat16, enabled=precision == Precision.BFLOAT16):
        against = entities if pool is None else embedding(on_device(places)[0], entities)
        scores = (product(model, node, relation) @ against.T).to(entities.dtype)
    right = scores.flatten().index_select(0, index[0] * scores.shape[1] + index[2]).sum()
    if pool is not None:
        stands_for = torch.zeros(scores.shape[1], dtype=scores.dtype, device=device)
        stands_for[pool.true :] = float(np.log(pool.weight))
        scores = scores + stands_for
    loss = uses @ scores.logsumexp(dim=1) - right
    if recipe.n3:
        taken = np.bincount(nodes, counts, len(entities)) + np.bincount(values, minlength=len(entities))
        for weights, times in ((entities, taken), (relations, np.bincount(rows.relations[part], counts))):
            used = np.flatnonzero(times)
            cubes = _cubes(model, embedding(on_device(used)[0], weights))
            loss = loss + recipe.n3 * (torch.from_numpy(times[used]).to(device, cubes.dtype) @ cubes)
    if recipe.relation_weight:
        pair = product(model, embedding(index[1], entities), embedding(index[0], node), conjugate=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == Precision.BFLOAT16):
            found = (pair @ relations.T).to(entities.dtype)
        wrong = cross_entropy(found, asked[1].index_select(0, index[0]), reduction="sum")
        loss = loss + recipe.relation_weight * wrong
    return loss


def _cubes(model: Any, x: Tensor) -> Tensor:
    """Sum over the dimensions of |x|³, of complex numbers their modulus. x: shape: (n, width); gives (n,)"""
    if not is_complex(model):
        return (x.abs() ** 3).sum(dim=1)
    pairs = x.unflatten(-1, (-1, 2))
    real, imaginary = pairs[..., 0], pairs[..., 1]
    square = real * real + imaginary * imaginary
    return (square * (square + 1e-20).sqrt()).sum(dim=1)
