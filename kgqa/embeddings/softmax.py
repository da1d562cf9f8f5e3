"""Training of bilinear models against all entities at once: full softmax, N3, predicting the relation.

The loss is that of Lacroix et al. 2018 (cross-entropy over all entities in both directions, reciprocal relations,
nuclear 3-norm) with the auxiliary one of Chen et al. 2021. Statements that share (node, relation) share one row of
scores: the sum of their losses needs its normaliser once. That is what makes it several times faster than 1-to-all
over single statements; a row takes 16 values at most, so that hubs do not become one huge step.

A recipe of several ``members`` trains so many models beside each other, each with numbers of its own in every vector
and a loss of its own (multiple runs of low dimension, Xu et al. 2021): the sum of their scores is that of one model of
their joint dimension, which is what is kept and judged.

Where a recipe names a number of ``candidates``, each step compares with so many entities drawn at random and the
step's own true values instead of all (sampled softmax, Bengio and Senécal 2008): the drawn ones stand for all others,
so that the normaliser is right on average.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.options import Precision, Recipe
from kgqa.embeddings.processes import ALONE, Processes
from kgqa.embeddings.rows import Queries, Rows
from kgqa.embeddings.scoring import entity_weights, is_complex, product, relation_weights
from kgqa.embeddings.watch import LoopResult, Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

START_SCALE = 1e-3


def train_softmax(
    model: Any,
    triples: NDArray[np.int64],
    recipe: Recipe,
    watch: Watch,
    *,
    seed: int,
    accumulate: int,
    precision: str,
    group: Processes = ALONE,
) -> LoopResult:
    """Trains a linear model in place, on the device where it is; see ``scoring.is_linear``. triples: shape: (n, 3)

    From the weights that it has; see ``draw_weights``. Several processes, all with the same weights, share the parts of
    each batch, of which there are ``accumulate`` for each of them, and add up their gradients: what one process does
    that splits its batches into as many parts.
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
            parts = np.array_split(batch, min(accumulate * group.world, len(batch)))
            for number in range(group.rank, len(parts), group.world):
                part = parts[number]
                pool = draw_pool(model.num_entities, rows, part, recipe, seed=(seed, epoch, start, number))
                loss = scale * batch_loss(model, rows, part, recipe, precision=precision, pool=pool)
                loss.backward()
                total += loss.detach()
            add_up(weights, group)
            optimizer.step()
            for representation in (model.entity_representations[0], model.relation_representations[0]):
                representation.post_parameter_update()
            watch.step()
        group.total(total)
        if watch.epoch(epoch, float(total) / steps, optimizer):
            break
    return watch.finish()


def add_up(weights: list[Tensor], group: Processes) -> None:
    """Gives each weight the sum of its gradients over the processes; of one that had no part of the batch it is 0."""
    import torch

    if group.world > 1:
        for weight in weights:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
            group.total(weight.grad)


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
    against = entities if pool is None else embedding(on_device(places)[0], entities)
    stands_for = None
    if pool is not None:
        stands_for = torch.zeros(len(against), dtype=entities.dtype, device=device)
        stands_for[pool.true :] = float(np.log(pool.weight))

    def scored(left: Tensor, right: Tensor) -> Iterator[Tensor]:
        """The products of each member."""
        for mine, others in zip(left.chunk(recipe.members, 1), right.chunk(recipe.members, 1), strict=True):
            with torch.autocast(device.type, torch.bfloat16, enabled=precision == Precision.BFLOAT16):
                products = mine @ others.T
            yield products.to(entities.dtype)

    loss = torch.zeros((), dtype=entities.dtype, device=device)
    for scores in scored(product(model, node, relation), against):
        right = scores.flatten().index_select(0, index[0] * scores.shape[1] + index[2]).sum()
        compared = scores if stands_for is None else scores + stands_for
        loss = loss + uses @ compared.logsumexp(dim=1) - right
    if recipe.n3:
        taken = np.bincount(nodes, counts, len(entities)) + np.bincount(values, minlength=len(entities))
        for weights, times in ((entities, taken), (relations, np.bincount(rows.relations[part], counts))):
            used = np.flatnonzero(times)
            cubes = _cubes(model, embedding(on_device(used)[0], weights))
            loss = loss + recipe.n3 * (torch.from_numpy(times[used]).to(device, cubes.dtype) @ cubes)
    if recipe.relation_weight:
        pair = product(model, embedding(index[1], entities), embedding(index[0], node), conjugate=True)
        kind = asked[1].index_select(0, index[0])
        for found in scored(pair, relations):
            loss = loss + recipe.relation_weight * cross_entropy(found, kind, reduction="sum")
    return loss


def _cubes(model: Any, x: Tensor) -> Tensor:
    """Sum over the dimensions of |x|³, of complex numbers their modulus. x: shape: (n, width); gives (n,)"""
    if not is_complex(model):
        return (x.abs() ** 3).sum(dim=1)
    pairs = x.unflatten(-1, (-1, 2))
    real, imaginary = pairs[..., 0], pairs[..., 1]
    square = real * real + imaginary * imaginary
    return (square * (square + 1e-20).sqrt()).sum(dim=1)
