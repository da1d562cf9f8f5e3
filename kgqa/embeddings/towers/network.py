"""The towers as a torch module: one text encoder under both, the fusion of the entity tower, the heads of the tasks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kgqa.embeddings.encoder_files import sentence_settings, without_bars
from kgqa.embeddings.towers.tasks import HEADED
from kgqa.errors import ModelError, UsageError

if TYPE_CHECKING:
    from torch import Tensor

INNER = 256
NO_HEAD = len(HEADED)
"""The head number of what has none."""
_LAYERS = ("encoder.layer", "transformer.layer", "layers", "encoder.layers")


class Group(NamedTuple):
    """Texts of like length, some of them those of entities, as tensors.

    ids, mask: shape: (rows, tokens); head: the number of each row's head. shape: (rows,); entity: which rows are
    entities. shape: (entities,); hood: shape: (entities, dim); graph: shape: (entities, graph_width)
    text: the texts' vectors where the text tower does not learn and need not run. shape: (rows, dim)
    """

    ids: Tensor
    mask: Tensor
    head: Tensor
    entity: Tensor
    hood: Tensor
    graph: Tensor
    text: Tensor | None = None


def build_network(folder: Path, *, graph_width: int, layers: int | None, seed: int) -> Any:
    """A module whose ``forward(groups, settle=False)`` gives unit vectors, group after group. shape: (rows, dim)

    The text tower is the transformers encoder of ``folder``; of its layers the ``layers`` highest learn, all of it when
    that is None. Fresh parts change nothing at first: entities are their texts, heads the identity. There is no
    dropout, so that the same texts give the same vectors in any split over calls and processes.

    ``settle`` touches every weight, which DistributedDataParallel wants in the backward pass that it averages in.

    Raises ModelError for a folder that transformers cannot open, UsageError when ``layers`` cannot be told apart.
    """
    import torch
    from torch import nn
    from torch.nn import functional
    from transformers import AutoModel

    try:
        with without_bars():
            text = AutoModel.from_pretrained(
                str(folder), local_files_only=True, use_safetensors=True, dtype=torch.float32
            ).eval()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"the encoder in {folder} cannot be opened: {error}") from error
    pooling, _ = sentence_settings(folder)
    if layers is not None:
        _freeze(text, layers)
    dim = int(text.config.hidden_size)

    class Towers(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.text = text
            self.gate = nn.Parameter(torch.zeros(1))
            self.inner = nn.Linear(2 * dim + graph_width, INNER)
            self.outer = nn.Linear(INNER, dim)
            nn.init.zeros_(self.outer.weight)
            nn.init.zeros_(self.outer.bias)
            self.heads = nn.ParameterDict({str(task): nn.Parameter(torch.zeros(dim, dim)) for task in HEADED})

        def forward(self, groups: Sequence[Group], settle: bool = False) -> Tensor:
            vectors = torch.cat([self._vectors(*group) for group in groups])
            if settle:
                vectors = vectors + sum(weight.sum() for weight in self.parameters() if weight.requires_grad) * 0.0
            return vectors

        def _vectors(
            self,
            ids: Tensor,
            mask: Tensor,
            head: Tensor,
            entity: Tensor,
            hood: Tensor,
            graph: Tensor,
            text: Tensor | None,
        ) -> Tensor:
            vectors = self._texts(ids, mask) if text is None else text
            if len(entity):
                own = vectors[entity]
                inner = functional.silu(self.inner(torch.cat([own, hood, graph], dim=1)))
                fused = own + self.gate * hood + self.outer(inner)
                vectors = vectors.index_copy(0, entity, functional.normalize(fused.float(), dim=1))
            for number, task in enumerate(HEADED):
                rows = torch.nonzero(head == number).squeeze(1)
                if len(rows):
                    own = vectors[rows]
                    turned = functional.normalize((own + own @ self.heads[str(task)].T).float(), dim=1)
                    vectors = vectors.index_copy(0, rows, turned)
            return vectors

        def _texts(self, ids: Tensor, mask: Tensor) -> Tensor:
            hidden = self.text(input_ids=ids, attention_mask=mask).last_hidden_state
            if pooling == "cls":
                pooled = hidden[:, 0]
            else:
                seen = mask[:, :, None].to(hidden.dtype)
                pooled = (hidden * seen).sum(dim=1) / seen.sum(dim=1).clamp(min=1e-9)
            return functional.normalize(pooled.float(), dim=1)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Towers()


def fusion_weights(state: dict[str, Tensor]) -> dict[str, Any]:
    """The weights beside the text tower, as arrays by the names that ``Fusion`` reads."""
    return {
        name: tensor.detach().float().cpu().numpy() for name, tensor in state.items() if not name.startswith("text.")
    }


def transformer_layers(text: Any) -> Sequence[Any]:
    """The blocks of an encoder from the lowest up; empty where it keeps them otherwise than most do."""
    for path in _LAYERS:
        part: Any = text
        for name in path.split("."):
            part = getattr(part, name, None)
        if part is not None and len(part):
            return list(part)
    return ()


def _freeze(text: Any, layers: int) -> None:
    """Only the ``layers`` highest blocks learn."""
    blocks = transformer_layers(text)
    if not blocks:
        raise UsageError(f"the layers of a {text.config.model_type!r} encoder are not known: leave `layers` out")
    text.requires_grad_(False)
    for block in blocks[len(blocks) - layers :] if layers else ():
        block.requires_grad_(True)
