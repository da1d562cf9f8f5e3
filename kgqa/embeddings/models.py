"""PyKEEN models by name: built from plain JSON arguments, their weights kept as safetensors."""

from __future__ import annotations

import inspect
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.errors import ModelError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# For PyKEEN's own loops. Small random values let a 1-N loss learn in tens of epochs; its unit normal needs hundreds.
DEFAULT_ARGUMENTS: Mapping[str, Mapping[str, Any]] = {
    "complex": {
        "entity_initializer": "xavier_uniform",
        "relation_initializer": "xavier_uniform",
        "regularizer": "lp",
        "regularizer_kwargs": {"weight": 0.1, "p": 3.0, "normalize": True},
    }
}
# Cheap to score against every entity at once, so trained so (KvsAll, Ruffinelli et al. 2020); others sample negatives.
BATCHED = frozenset({"complex", "distmult", "tucker", "rescal", "conve"})
# They pass messages along both directions of a relation.
WITH_INVERSES = frozenset({"compgcn", "nodepiece"})
# They learn nothing, or need what a graph of statements does not give (numeric features, a second graph).
_UNTRAINABLE = frozenset(
    {
        "cooccurrencefiltered",
        "fixed",
        "complexliteral",
        "distmultliteral",
        "distmultliteralgated",
        "inductivenodepiece",
        "inductivenodepiecegnn",
    }
)


def model_names() -> tuple[str, ...]:
    """The models that can be trained, by PyKEEN's normalised names."""
    from pykeen.models import model_resolver

    return tuple(sorted(set(model_resolver.lookup_dict) - _UNTRAINABLE))


def normalise_name(name: str) -> str:
    """PyKEEN's normalised name of a model. Raises UsageError that lists the known ones."""
    from pykeen.models import model_resolver

    normalised = str(model_resolver.normalize(name))
    known = model_names()
    if normalised not in known:
        raise UsageError(f"no embedding model {name!r}; known: {', '.join(known)}")
    return normalised


def check_arguments(name: str, arguments: Mapping[str, Any]) -> None:
    """Raises UsageError unless these are JSON values under names that the model's constructor has."""
    from pykeen.models import model_resolver

    accepted = set(inspect.signature(model_resolver.lookup(name).__init__).parameters) - {
        "self",
        "kwargs",
        "triples_factory",
        "random_seed",
    } | {"loss", "loss_kwargs"}
    for key, value in arguments.items():
        if key not in accepted:
            raise UsageError(f"model {name!r} has no argument {key!r}; it takes: {', '.join(sorted(accepted))}")
        if not _is_plain(value):
            raise UsageError(
                f"model argument {key!r} must be a number, text, boolean, list or mapping of those: {value!r}"
            )


def _is_plain(value: Any) -> bool:
    match value:
        case None | bool() | int() | float() | str():
            return True
        case list():
            return all(_is_plain(item) for item in value)
        case dict():
            return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
        case _:
            return False


def build_model(
    name: str,
    arguments: Mapping[str, Any],
    triples: NDArray[np.int64],
    *,
    entities: int,
    relations: int,
    inverses: bool,
    seed: int,
) -> Any:
    """A PyKEEN model with fresh weights. ``triples`` are what it learns from: some models pass messages along them.

    triples: shape: (n, 3). ``inverses`` gives each relation a second one for its inverse (reciprocal relations,
    Lacroix et al. 2018). Raises UsageError when PyKEEN refuses the arguments.
    """
    from pykeen.models import model_resolver

    check_arguments(name, arguments)
    factory = triples_factory(triples, entities=entities, relations=relations, inverses=inverses)
    try:
        with seeded(seed):
            return model_resolver.lookup(name)(triples_factory=factory, random_seed=seed, **arguments)
    except (TypeError, ValueError, KeyError, AttributeError, RuntimeError) as error:
        raise UsageError(f"PyKEEN cannot build {name!r} with {dict(arguments)!r}: {error}") from error


def triples_factory(triples: NDArray[np.int64], *, entities: int, relations: int, inverses: bool) -> Any:
    """PyKEEN's view of the triples. triples: shape: (n, 3)"""
    import torch
    from pykeen.triples import CoreTriplesFactory

    return CoreTriplesFactory(
        mapped_triples=torch.from_numpy(np.ascontiguousarray(triples, dtype=np.int64)),
        num_entities=entities,
        num_relations=relations,
        create_inverse_triples=inverses,
    )


def weights_to_bytes(model: Any) -> bytes:
    """The model's state as safetensors."""
    from safetensors.torch import save

    return save({name: tensor.detach().cpu().contiguous().clone() for name, tensor in model.state_dict().items()})


def weights_from_bytes(model: Any, data: bytes) -> None:
    """Loads safetensors into a model of the same shape. Raises ModelError when they do not fit."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        model.load_state_dict(load(data))
    except (SafetensorError, RuntimeError) as error:
        raise ModelError(
            f"the embedding weights do not fit the model in the manifest ({error}); train again"
        ) from error


def resolve_device(device: str) -> str:
    """ "auto" is CUDA where present, otherwise the CPU. Raises UsageError for a device that is not there."""
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        kind = torch.device(device).type
    except RuntimeError as error:
        raise UsageError(f"device {device!r}: use 'auto', 'cpu', 'cuda' or 'cuda:N'") from error
    if kind not in ("cpu", "cuda") or (kind == "cuda" and not torch.cuda.is_available()):
        raise UsageError(f"device {device!r} is not available here; use 'auto' or 'cpu'")
    return device


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Everything random in PyKEEN starts from ``seed`` inside; the process's own generators go on as before."""
    import torch

    states = random.getstate(), np.random.get_state()
    with torch.random.fork_rng():
        random.seed(seed)
        np.random.seed(seed % 2**32)
        torch.manual_seed(seed)
        try:
            yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])
