"""The processes of a training: this one alone, or those that torchrun started."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Processes:
    """This process among all. ``device``: where it computes."""

    rank: int
    world: int
    device: str

    @property
    def first(self) -> bool:
        """Whether this is the process that reports and writes."""
        return self.rank == 0

    def total(self, tensor: Tensor) -> None:
        """The sum over the processes, in place; the same in each, bit for bit."""
        if self.world > 1:
            from torch import distributed

            distributed.all_reduce(tensor)

    def average(self, tensor: Tensor) -> None:
        """The mean over the processes, in place."""
        if self.world > 1:
            self.total(tensor)
            tensor /= self.world

    def agree(self, values: NDArray[Any]) -> NDArray[Any]:
        """What the first process has, so that all decide alike; the others wait for it."""
        if self.world == 1:
            return values
        import torch
        from torch import distributed

        shared = torch.from_numpy(np.ascontiguousarray(values)).to(self.device)
        distributed.broadcast(shared, 0)
        return np.asarray(shared.cpu().numpy())


ALONE = Processes(0, 1, "cpu")


@contextmanager
def processes(device: str) -> Iterator[Processes]:
    """Joins the group that torchrun names in the environment (NCCL on CUDA, gloo on the CPU), where it does."""
    from kgqa.embeddings.models import resolve_device

    world = int(os.environ.get("WORLD_SIZE", "1"))
    place = resolve_device(device)
    if world == 1:
        yield Processes(0, 1, place)
        return
    import torch
    from torch import distributed

    if place == "cuda":
        place = f"cuda:{int(os.environ.get('LOCAL_RANK', '0'))}"
        torch.cuda.set_device(place)
    distributed.init_process_group("nccl" if place.startswith("cuda") else "gloo")
    try:
        yield Processes(distributed.get_rank(), distributed.get_world_size(), place)
    finally:
        distributed.destroy_process_group()
