"""BERT's forward pass (Devlin et al., 2019) in numpy: the sentence encoder on the CPU, without torch.

A process that asks one question would spend five seconds on importing torch and transformers and a sixth of one on the
question. The vectors are those of transformers, up to rounding (1e-6; a test compares).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.gelu import gelu
from kgqa.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Linear = tuple[Floats, Floats]

_TOKENS = 1024  # walked through the layers together
_BLOCK = 256  # of them, whose inner states fit the processor's cache
_SCORES = 1 << 17  # of attention, that fit it too
_MASK = "[MASK]"
_WEIGHTS, _TOKENIZER, _CONFIG = "model.safetensors", "tokenizer.json", "config.json"


def is_bert(folder: Path) -> bool:
    """Whether the model in ``folder`` is one that :class:`Bert` computes as it is meant."""
    if not all((folder / name).is_file() for name in (_WEIGHTS, _TOKENIZER, _CONFIG)):
        return False
    from safetensors import SafetensorError, safe_open

    try:
        config = _json(folder / _CONFIG)
        with safe_open(folder / _WEIGHTS, framework="numpy") as weights:
            word = weights.get_slice("embeddings.word_embeddings.weight")
            plain = word.get_dtype() == "F32"
    except (SafetensorError, OSError, ValueError):
        return False
    said = (config.get("model_type"), config.get("hidden_act"), config.get("position_embedding_type", "absolute"))
    return plain and said == ("bert", "gelu", "absolute") and not config.get("is_decoder", False)


@dataclass(frozen=True, slots=True)
class _Layer:
    """Matrices with their biases, and the scales and shifts of the norms."""

    mixing: Linear
    mixed: Linear
    mixed_norm: Linear
    inner: Linear
    outer: Linear
    outer_norm: Linear


class Bert:
    """Texts to pooled unit vectors. ``pooling`` is "mean" or "cls"; ``max_tokens`` cuts texts, special tokens included.

    Not for several threads at once. Raises ModelError when the files cannot be read.
    """

    def __init__(self, folder: Path, *, pooling: str, max_tokens: int | None) -> None:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            config = _json(folder / _CONFIG)
            longest = _json(folder / "tokenizer_config.json").get("model_max_length")
            limits = (max_tokens, longest, config["max_position_embeddings"])
            self.max_tokens = int(min(limit for limit in limits if limit))
            self.dim = int(config["hidden_size"])
            self._heads = int(config["num_attention_heads"])
            self._eps = np.float32(config["layer_norm_eps"])
            self._weights: dict[str, Floats] = load_file(folder / _WEIGHTS)
            self._words = self._weights.pop("embeddings.word_embeddings.weight")
            self._positions = self._weights.pop("embeddings.position_embeddings.weight")
            self._positions += self._weights.pop("embeddings.token_type_embeddings.weight")[0]
            self._first_norm = self._norm_weights("embeddings.LayerNorm")
            self._layers = [self._layer(f"encoder.layer.{n}.") for n in range(int(config["num_hidden_layers"]))]
            self._tokenizer: Any = Tokenizer.from_file(str(folder / _TOKENIZER))
        except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{folder}: the encoder cannot be opened: {error!r}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.max_tokens)
        self._pooling = pooling

    @property
    def mask_word(self) -> str | None:
        """The token that stands for something hidden, where the model knows one."""
        return _MASK if self.mask_id is not None else None

    @property
    def mask_id(self) -> int | None:
        found: int | None = self._tokenizer.token_to_id(_MASK)
        return found

    def tuned(self, weights: Mapping[str, Floats]) -> Bert:
        """The same model with other weights in the layers that ``weights`` names ("encoder.layer.5. ...")."""
        other = copy(self)
        other._weights = {name: matrix for name, matrix in weights.items() if name.startswith("encoder.layer.")}
        changed = {int(name.split(".")[2]) for name in other._weights}
        other._layers = [
            other._layer(f"encoder.layer.{n}.") if n in changed else layer for n, layer in enumerate(self._layers)
        ]
        return other

    def vocabulary(self) -> list[str]:
        """The tokens that the model knows."""
        return list(self._tokenizer.get_vocab())

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors. shape: (len(texts), dim)"""
        out = np.empty((len(texts), self.dim), dtype=np.float32)
        for batch, _, states, starts in self._states(texts):
            pooled: Floats = states[starts[:-1]]
            if self._pooling != "cls":
                pooled = np.add.reduceat(states, starts[:-1], axis=0)
                pooled /= np.diff(starts)[:, None].astype(np.float32)
            out[batch] = _unit(pooled)
        return out

    def token_vectors(self, texts: Sequence[str]) -> list[Floats]:
        """A unit vector for each token of each text, the marks of its ends included. shape: (tokens, dim) each"""
        out: list[Floats] = [np.empty((0, self.dim), dtype=np.float32)] * len(texts)
        for batch, _, states, starts in self._states(texts):
            for place, own in zip(batch, np.split(_unit(states), starts[1:-1]), strict=True):
                out[place] = own
        return out

    def states(self, texts: Sequence[str]) -> list[tuple[NDArray[np.int64], Floats]]:
        """The numbers of each text's tokens and their last hidden states. shapes: (tokens,), (tokens, dim)"""
        out = [(np.empty(0, dtype=np.int64), np.empty((0, self.dim), dtype=np.float32))] * len(texts)
        for batch, ids, states, starts in self._states(texts):
            parts = zip(np.split(ids, starts[1:-1]), np.split(states, starts[1:-1]), strict=True)
            for place, own in zip(batch, parts, strict=True):
                out[place] = own
        return out

    def _states(self, texts: Sequence[str]) -> Iterator[tuple[list[int], NDArray[np.int64], Floats, NDArray[np.int64]]]:
        """Batches as places in ``texts``, their tokens, the last hidden states of these, and where each text begins.

        Texts stand one behind the other without padding. shapes: (tokens,), (tokens, dim), (texts + 1,)
        """
        # A tokenizer that marks no ends makes nothing of an empty text: it counts as one padding token.
        rows = [encoding.ids or [0] for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(texts)), key=lambda i: (len(rows[i]), texts[i]))  # same batches always
        for batch in _batches(order, [len(rows[i]) for i in order]):
            starts = np.cumsum([0, *(len(rows[i]) for i in batch)])
            ids = np.concatenate([rows[i] for i in batch]).astype(np.int64)
            yield batch, ids, self._hidden(ids, starts), starts

    def _linear(self, name: str) -> Linear:
        """The weights of a linear map, laid out for products of few rows too. shapes: (from, to), (to,)"""
        return np.ascontiguousarray(self._weights.pop(f"{name}.weight").T), self._weights.pop(f"{name}.bias")

    def _layer(self, name: str) -> _Layer:
        """A layer's weights; those of query, key and value as one matrix, the query's scaled. shape: (dim, 3 * dim)"""
        parts = [self._linear(f"{name}attention.self.{part}") for part in ("query", "key", "value")]
        scale = np.float32((self.dim // self._heads) ** -0.5)
        parts[0] = (parts[0][0] * scale, parts[0][1] * scale)
        return _Layer(
            mixing=(np.concatenate([part[0] for part in parts], axis=1), np.concatenate([part[1] for part in parts])),
            mixed=self._linear(f"{name}attention.output.dense"),
            mixed_norm=self._norm_weights(f"{name}attention.output.LayerNorm"),
            inner=self._linear(f"{name}intermediate.dense"),
            outer=self._linear(f"{name}output.dense"),
            outer_norm=self._norm_weights(f"{name}output.LayerNorm"),
        )

    def _norm_weights(self, name: str) -> Linear:
        return self._weights.pop(f"{name}.weight"), self._weights.pop(f"{name}.bias")

    def _hidden(self, ids: NDArray[np.int64], starts: NDArray[np.int64]) -> Floats:
        """Last hidden states. ids: shape: (tokens,), starts: shape: (texts + 1,) -> (tokens, dim)"""
        places = np.arange(len(ids)) - np.repeat(starts[:-1], np.diff(starts))
        states: Floats = self._words[ids]
        states += self._positions[places]
        self._norm(states, self._first_norm)
        for layer in self._layers:
            mixed = self._attend(_affine(states, layer.mixing), starts)
            states += _affine(mixed, layer.mixed)
            self._norm(states, layer.mixed_norm)
            # A block at a time, since its inner states then stay in the processor's cache.
            for start in range(0, len(states), _BLOCK):
                block = states[start : start + _BLOCK]
                block += _affine(gelu(_affine(block, layer.inner)), layer.outer)
                self._norm(block, layer.outer_norm)
        return states

    def _attend(self, parts: Floats, starts: NDArray[np.int64]) -> Floats:
        """Softmax attention within each text. parts: shape: (tokens, 3 * dim) -> (tokens, dim)"""
        out = np.empty((len(parts), self.dim), dtype=np.float32)
        size = self.dim // self._heads
        for start, texts, tokens in _alike(starts, self._heads):
            stop = start + texts * tokens
            query, key, value = parts[start:stop].reshape(texts, tokens, 3, self._heads, size).transpose(2, 0, 3, 1, 4)
            scores = np.matmul(query, key.transpose(0, 1, 3, 2))
            scores -= scores.max(axis=-1, keepdims=True)
            np.exp(scores, out=scores)
            mixed = np.matmul(scores, value)
            mixed /= scores.sum(axis=-1, keepdims=True)
            out[start:stop].reshape(texts, tokens, self._heads, size)[:] = mixed.transpose(0, 2, 1, 3)
        return out

    def _norm(self, states: Floats, weights: Linear) -> None:
        """Layer normalisation, of each row of ``states`` in place."""
        states -= states.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", states, states) / np.float32(states.shape[1])
        states /= np.sqrt(variance + self._eps)[:, None]
        states *= weights[0]
        states += weights[1]


def _affine(states: Floats, linear: Linear) -> Floats:
    out: Floats = states @ linear[0]
    out += linear[1]
    return out


def _unit(vectors: Floats) -> Floats:
    out: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    return out


def _alike(starts: NDArray[np.int64], heads: int) -> Iterator[tuple[int, int, int]]:
    """(first token, texts, tokens of each) of neighbours of equal length, whose attention fits the cache together."""
    lengths = np.diff(starts).tolist()
    place = 0
    while place < len(lengths):
        tokens = lengths[place]
        most = max(1, _SCORES // (heads * tokens * tokens))
        texts = 1
        while texts < most and place + texts < len(lengths) and lengths[place + texts] == tokens:
            texts += 1
        yield int(starts[place]), texts, tokens
        place += texts


def _batches(order: list[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Parts of ``order`` with up to so many tokens each: products of few rows cost almost as much as of many."""
    start, tokens = 0, 0
    for end, length in enumerate(lengths):
        if end > start and tokens + length > _TOKENS:
            yield order[start:end]
            start, tokens = end, 0
        tokens += length
    if order:
        yield order[start:]


def _json(path: Path) -> dict[str, Any]:
    """A file of settings; empty where there is none."""
    if not path.is_file():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
