"""One step by one process, or by two with gloo in each way there is; a program for torchrun, run by the tests."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from kgqa.embeddings.processes import Processes, processes
from kgqa.embeddings.towers.network import build_network
from kgqa.embeddings.towers.tasks import HEADED, Task
from kgqa.training.retriever.batches import Batches
from kgqa.training.retriever.data import RetrieverData, load_data
from kgqa.training.retriever.gradients import backward
from kgqa.training.retriever.objective import Objective
from kgqa.training.retriever.processes import Replica, gather_rows
from kgqa.training.retriever.rows import Rows

WAYS = {"copies": (None, False), "copies, in chunks": (9, False), "shards": (None, True)}


def step(data: RetrieverData, base: Path, group: Processes, *, chunk: int | None = None, fsdp: bool = False) -> Any:
    """The loss and the gradients, by name, averaged over the processes."""
    import torch

    network = build_network(base, graph_width=0, layers=2, seed=1)
    with torch.no_grad():
        generator = torch.Generator().manual_seed(2)
        for weight in (*(network.heads[str(task)] for task in HEADED), network.outer.weight, network.gate):
            weight.normal_(0, 0.02, generator=generator)
    batches = Batches(data, list(Task), batch_size=8, negatives=2, seed=0)
    spread = torch.zeros(len(Task), requires_grad=True)
    loss, _ = backward(
        Replica(network, group, fsdp=fsdp),
        spread,
        batches.step(0, rank=group.rank, world=group.world),
        Rows(base, data.features, max_tokens=48, device="cpu"),
        Objective((32, 16), 0.05, gather_rows, True),
        rng=None,  # whole neighbourhoods: what is sampled of them depends on which process looks
        chunk=chunk,
        share=1.0,
        last=True,
        autocast=nullcontext,
    )
    total = torch.tensor([loss])
    group.average(total)
    group.average(spread.grad)
    found = {"loss": total, "spread": spread.grad}
    for name, weight in network.named_parameters():
        if weight.grad is not None:
            found[name] = weight.grad.full_tensor() if hasattr(weight.grad, "full_tensor") else weight.grad
    return found


def main(data_folder: str, base: str, out: str) -> None:
    import torch

    torch.set_num_threads(1)
    data = load_data(Path(data_folder))
    with processes("cpu") as group:
        told = {way: step(data, Path(base), group, chunk=chunk, fsdp=fsdp) for way, (chunk, fsdp) in WAYS.items()}
        if group.first:
            torch.save(told, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
