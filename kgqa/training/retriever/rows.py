"""Texts and entities as tensors: what is encoded together, in groups of like length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.encoder import positions
from kgqa.embeddings.towers.features import EntityFeatures, neighbourhood
from kgqa.embeddings.towers.network import NO_HEAD, Group
from kgqa.embeddings.towers.tasks import HEADED, Task
from kgqa.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUP = 32
SAMPLED = 24
"""Statements of an entity that are seen in one step of training, so that it does not learn to rely on all."""


@dataclass(frozen=True, slots=True)
class Row:
    """A text to encode; of an entity with ``entity`` >= 0, its statements with ``without`` left out."""

    text: str
    entity: int = -1
    without: int = -1
    task: Task | None = None  # whose head it passes, as a query

    @property
    def head(self) -> int:
        return HEADED.index(self.task) if self.task in HEADED else NO_HEAD


class Rows:
    """Makes groups of rows. Not for several threads at once."""

    def __init__(self, folder: Path, features: EntityFeatures, *, max_tokens: int, device: str) -> None:
        """``folder``: the encoder's. Raises ModelError when its tokenizer cannot be opened."""
        from transformers import AutoConfig, AutoTokenizer

        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            config = AutoConfig.from_pretrained(str(folder), local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(f"the encoder in {folder} cannot be opened: {error}") from error
        self._features, self._device = features, device
        limits = (max_tokens, self._tokenizer.model_max_length, positions(config))
        self.frozen: Callable[[Sequence[str]], NDArray[np.float32]] | None = None
        """Gives the texts' vectors where the text tower does not learn."""
        self._most = min(limit for limit in limits if limit)

    def groups(
        self, rows: Sequence[Row], *, size: int = GROUP, rng: np.random.Generator | None = None
    ) -> tuple[list[Group], NDArray[np.int64]]:
        """Groups of at most ``size`` rows, shortest first, and the place of each row in them. ``rng`` samples
        statements. place: shape: (rows,)
        """
        import torch

        texts = None if self.frozen is None else self.frozen([row.text for row in rows])
        tokens = [[0]] * len(rows) if texts is not None else self.tokens(rows)
        hoods = self._hoods(rows, rng)
        order = sorted(range(len(rows)), key=lambda i: (len(tokens[i]), i))
        place = np.empty(len(rows), dtype=np.int64)
        place[order] = np.arange(len(rows))
        out = []
        for start in range(0, len(order), size):
            some = order[start : start + size]
            longest = len(tokens[some[-1]])
            ids = np.full((len(some), longest), self._tokenizer.pad_token_id or 0, dtype=np.int64)
            mask = np.zeros((len(some), longest), dtype=np.int64)
            for k, i in enumerate(some):
                ids[k, : len(tokens[i])], mask[k, : len(tokens[i])] = tokens[i], 1
            entities = [k for k, i in enumerate(some) if rows[i].entity >= 0]
            arrays = (
                ids,
                mask,
                np.asarray([rows[i].head for i in some]),
                np.asarray(entities, dtype=np.int64),
                hoods[[some[k] for k in entities]],
                self._features.graph[[rows[some[k]].entity for k in entities]],
            )
            every = arrays if texts is None else (*arrays, texts[some])
            out.append(Group(*(torch.from_numpy(np.ascontiguousarray(array)).to(self._device) for array in every)))
        return out, place

    def tokens(self, rows: Sequence[Row]) -> list[list[int]]:
        """The word pieces of each row, cut after the longest input."""
        found: list[list[int]] = self._tokenizer(
            [row.text for row in rows],
            truncation=True,
            max_length=self._most,
            return_attention_mask=False,
            return_token_type_ids=False,
        )["input_ids"]
        return found

    def _hoods(self, rows: Sequence[Row], rng: np.random.Generator | None) -> NDArray[np.float32]:
        """Neighbourhoods, zeros for plain texts. shape: (rows, dim)"""
        out = np.zeros((len(rows), self._features.dim), dtype=np.float32)
        places = [i for i, row in enumerate(rows) if row.entity >= 0]
        entities = [rows[i].entity for i in places]
        without = [rows[i].without for i in places]
        most = {} if rng is None else {"most": SAMPLED}
        out[places] = neighbourhood(self._features, entities, without=without, rng=rng, **most)
        return out
