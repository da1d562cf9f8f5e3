"""What can be set for training, and the presets that fill in what is not: one for each size of graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

import numpy as np

from kgqa.errors import UsageError


class Loop(StrEnum):
    """How a model is trained: ours against all entities at once, or one of PyKEEN's training loops."""

    SOFTMAX = "softmax"
    LCWA = "lcwa"
    SYMMETRIC = "symmetriclcwa"
    NEGATIVES = "slcwa"


class Precision(StrEnum):
    """Numbers of the forward pass; weights, gradients and losses stay 32 bits wide."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """How to train. None leaves it to the preset of the graph's size.

    model, loss, sampler, regularizer, optimizer: by PyKEEN's names, each with its constructor's arguments as plain JSON
    values; ``dim`` is the model's ``embedding_dim`` and ``batch_size`` counts statements. Naming a loss, sampler or
    regularizer takes one of PyKEEN's loops. To the softmax loop belong: ``n3``, the weight of the nuclear 3-norm
    (Lacroix et al. 2018); ``relation_weight``, of the auxiliary loss of predicting the relation (Chen et al. 2021);
    ``candidates``, the number of entities drawn for each step to compare with (0: all of them); ``members``, the number
    of models that are learnt beside each other, each of ``dim`` dimensions, and kept as one; ``precision``; and
    ``warm``, which starts from the embeddings that are there (PyKEEN's loops draw their weights anew), with a tenth of
    the learning rate where none is given. ``accumulate`` splits each batch into so many parts. ``text``: the entities'
    names and descriptions take part (``texts.py``), as far as that helps on the validation part.

    ``valid_share`` of the statements stop the training in time and calibrate the probabilities, ``test_share`` judge
    both; instead, ``valid_source`` and ``test_source`` name sources whose statements are held out so.
    ``max_scores`` bounds the memory of validation (4 bytes each). A checkpoint is written every
    ``checkpoint_seconds``; None writes none. After ``minutes`` of training, those before a kill counted, the epoch is
    the last. ``tracker`` is a PyKEEN result tracker ("mlflow", "csv", ...).
    """

    model: str = "ComplEx"
    model_arguments: Mapping[str, Any] = field(default_factory=dict)
    dim: int | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    patience: int | None = None
    check_every: int | None = None
    loop: str | None = None
    loss: str | None = None
    loss_arguments: Mapping[str, Any] = field(default_factory=dict)
    sampler: str | None = None
    sampler_arguments: Mapping[str, Any] = field(default_factory=dict)
    regularizer: str | None = None
    regularizer_arguments: Mapping[str, Any] = field(default_factory=dict)
    optimizer: str | None = None
    n3: float | None = None
    relation_weight: float | None = None
    candidates: int | None = None
    members: int | None = None
    precision: str = Precision.FLOAT32.value
    accumulate: int = 1
    warm: bool = False
    text: bool = False
    valid_share: float = 0.1
    test_share: float = 0.05
    valid_source: str | None = None
    test_source: str | None = None
    categories: bool = True
    seed: int = 0
    device: str = "auto"
    max_scores: int = 4_000_000
    checkpoint_seconds: float | None = 60.0
    minutes: float | None = None
    tracker: str | None = None
    tracker_arguments: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def names(cls) -> frozenset[str]:
        """What can be set."""
        return frozenset(item.name for item in fields(cls))

    def check(self) -> None:
        """Raises UsageError for a value that makes no sense, naming it."""
        for name in ("dim", "epochs", "batch_size", "patience", "check_every", "members", "accumulate", "max_scores"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise UsageError(f"{name} must be at least 1, not {value}")
        for name in ("learning_rate", "checkpoint_seconds", "minutes"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value > 0):
                raise UsageError(f"{name} must be above 0, not {value}")
        for name in ("n3", "relation_weight", "candidates"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value >= 0):
                raise UsageError(f"{name} must be 0 or more, not {value}")
        for name, kind in (("loop", Loop), ("precision", Precision)):
            value = getattr(self, name)
            if value is not None and value not in set(kind):
                raise UsageError(f"{name} must be one of {', '.join(kind)}, not {value!r}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Options with every gap filled: what a training really does, as kept in the manifest."""

    loop: Loop
    dim: int
    epochs: int
    batch_size: int
    learning_rate: float
    patience: int
    check_every: int
    optimizer: str
    n3: float
    relation_weight: float
    candidates: int = 0
    members: int = 1

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


# Settled on the validation parts of CoDEx-S and UMLS and on the sample graph; the large one follows Chen et al. 2021.
FEW_ENTITIES = Recipe(Loop.SOFTMAX, 500, 40, 100, 0.1, 4, 4, "adagrad", 0.01, 0.0, members=3)
SMALL = Recipe(Loop.SOFTMAX, 200, 40, 250, 0.1, 3, 4, "adagrad", 0.01, 0.1)
MEDIUM = Recipe(Loop.SOFTMAX, 256, 32, 500, 0.1, 3, 4, "adagrad", 0.01, 0.1, members=3)
LARGE = Recipe(Loop.SOFTMAX, 1000, 40, 1000, 0.1, 3, 5, "adagrad", 0.05, 0.1)
# On a processor, where comparing with all of very many entities takes hours.
DRAWN = Recipe(Loop.SOFTMAX, 128, 12, 1000, 0.1, 2, 4, "adagrad", 0.01, 0.1, 3000)
CONTRAST = Recipe(Loop.NEGATIVES, 128, 60, 512, 0.01, 2, 5, "adam", 0.0, 0.0)
FEW, SMALL_TRIPLES, MEDIUM_TRIPLES = 500, 10_000, 100_000
MANY = 20_000
PACE = 0.1
"""The learning rate of a warm start, of the usual one: the steps are to correct, not to undo."""
MAX_SOFTMAX_ENTITIES = 200_000


def recipe_for(
    options: TrainingOptions, *, linear: bool, batched: bool, entities: int, triples: int, device: str = "cpu"
) -> Recipe:
    """The preset of the size, with what ``options`` say put in its place.

    ``linear``: the model is one that the softmax loop trains; ``batched``: cheap to score against every entity, so
    that PyKEEN's LCWA loop is the choice when ours is not. Raises UsageError for a loop that the model does not have.
    """
    preset = SMALL if triples <= SMALL_TRIPLES else MEDIUM if triples <= MEDIUM_TRIPLES else LARGE
    if entities <= FEW and triples <= SMALL_TRIPLES:
        preset = FEW_ENTITIES
    if entities > MANY and device == "cpu":
        preset = DRAWN
    pykeens = [name for name in ("loss", "sampler", "regularizer") if getattr(options, name) is not None]
    if options.loop is not None:
        loop = Loop(options.loop)
    elif linear and not pykeens and entities <= MAX_SOFTMAX_ENTITIES:
        loop = Loop.SOFTMAX
    else:
        loop = Loop.LCWA if batched and entities <= MAX_SOFTMAX_ENTITIES and not options.sampler else Loop.NEGATIVES
    if loop is Loop.SOFTMAX and not linear:
        raise UsageError(f"the softmax loop trains ComplEx and DistMult; for {options.model!r} name another loop")
    if loop is Loop.SOFTMAX and pykeens:
        raise UsageError(f"the softmax loop has its own {pykeens[0]}; leave it out or name one of PyKEEN's loops")
    if options.members is not None and "embedding_dim" in options.model_arguments:
        raise UsageError("give dim, that of each member, instead of embedding_dim, or leave members out")
    if loop is not Loop.SOFTMAX:
        softmax_only = [name for name in ("n3", "relation_weight", "candidates", "warm") if getattr(options, name)]
        softmax_only += ["members"] if (options.members or 1) > 1 else []
        if softmax_only or options.precision != Precision.FLOAT32:
            raise UsageError(f"{(softmax_only or ['precision'])[0]} belongs to the softmax loop, not to {loop}")
        preset = CONTRAST
    given = {
        item.name: value
        for item in fields(Recipe)
        if item.name != "loop" and (value := getattr(options, item.name)) is not None
    }
    if "embedding_dim" in options.model_arguments:  # that of the whole model
        given = {"members": 1, **given}
    if options.warm:
        given = {"learning_rate": preset.learning_rate * PACE, **given}
    return Recipe(**{**asdict(preset), **given, "loop": loop})
