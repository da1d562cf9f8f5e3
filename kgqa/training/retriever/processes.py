"""The network of a training by one process or several: copies (DDP) or shards (FSDP2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from kgqa.embeddings.processes import Processes
from kgqa.embeddings.towers.network import Group, transformer_layers
from kgqa.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor


class Replica:
    """The network of one process, wrapped for as many as there are. ``bare``: as it was before."""

    def __init__(self, network: Any, group: Processes, *, fsdp: bool) -> None:
        """Raises UsageError for ``fsdp`` without processes to shard over."""
        self.bare, self._group, self._sharded = network, group, fsdp
        self.settles = group.world > 1 and not fsdp
        if fsdp:
            self.network = _shard(network, group)
        elif group.world > 1:
            from torch.nn.parallel import DistributedDataParallel

            self.network = DistributedDataParallel(network, broadcast_buffers=False)
        else:
            self.network = network

    @contextmanager
    def averaging(self, now: bool) -> Iterator[None]:
        """Inside, backward passes average the gradients over the processes, or only add them up."""
        if self._sharded:
            self.network.set_requires_gradient_sync(now)
            yield
        else:
            with nullcontext() if now or self._group.world == 1 else self.network.no_sync():
                yield

    def in_step(self, groups: list[Group]) -> list[Group]:
        """As many groups as the process with the most has, the last one again: shards are fetched by all together."""
        if not self._sharded:
            return groups
        import torch
        from torch import distributed

        most = torch.tensor([len(groups)], device=self._group.device)
        distributed.all_reduce(most, op=distributed.ReduceOp.MAX)
        return [*groups, *[groups[-1]] * (int(most) - len(groups))]

    def state(self) -> dict[str, Tensor]:
        """Every weight, whole, on the CPU; all processes call it together."""
        if not self._sharded:
            return {name: tensor.detach().cpu().clone() for name, tensor in self.bare.state_dict().items()}
        from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict

        # Without cpu_offload every process gets the whole, not the first alone: all of them judge.
        found = get_model_state_dict(self.network, options=StateDictOptions(full_state_dict=True))
        return {name: tensor.detach().cpu().clone() for name, tensor in found.items()}

    def load(self, state: dict[str, Tensor]) -> None:
        """Takes whole weights; all processes call it together."""
        if not self._sharded:
            self.bare.load_state_dict(state)
            return
        import torch
        from torch.distributed.tensor import DTensor, distribute_tensor

        with torch.no_grad():
            for name, weight in self.network.state_dict().items():
                whole = state[name].to(self._group.device)
                sharded = isinstance(weight, DTensor)
                weight.copy_(distribute_tensor(whole, weight.device_mesh, weight.placements) if sharded else whole)


def _shard(network: Any, group: Processes) -> Any:
    """FSDP2: each block of the encoder, then the rest, is kept in equal shares by the processes."""
    if group.world == 1:
        raise UsageError("fsdp shards over processes: start several with torchrun")
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(group.device.partition(":")[0], (group.world,))
    for block in transformer_layers(network.text):
        fully_shard(block, mesh=mesh)
    return fully_shard(network, mesh=mesh)


def gather_rows(rows: Tensor) -> Tensor:
    """The rows of all processes in the order of their ranks; gradients are summed and come back to their owners."""
    import torch
    from torch import distributed

    if not (distributed.is_available() and distributed.is_initialized()):
        return rows

    class Gather(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, own: Tensor) -> Tensor:
            context.size = len(own)
            return _all(own)

        @staticmethod
        def backward(context: Any, gradient: Tensor) -> Tensor:
            total = gradient.contiguous()
            distributed.all_reduce(total)
            start = distributed.get_rank() * context.size
            return total[start : start + context.size]

    found: Tensor = Gather.apply(rows) if rows.requires_grad else _all(rows)
    return found


def _all(own: Tensor) -> Tensor:
    import torch
    from torch import distributed

    parts = [torch.empty_like(own) for _ in range(distributed.get_world_size())]
    distributed.all_gather(parts, own.contiguous())
    return torch.cat(parts)
