"""BERT's forward pass (Devlin et al., 2019) in numpy: the sentence encoder on the CPU, without torch.

A process that asks one question would spend five seconds on importing torch and transformers and a sixth of one on the
question. The vectors are those of transformers, up to rounding (1e-6; a test compares).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_BATCH, _TOKENS = 32, 384  # texts of like length walked through the layers together; short ones up to so many tokens
_WEIGHTS, _TOKENIZER, _CONFIG = "model.safetensors", "tokenizer.json", "config.json"
# The error function: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26; off by 1.5e-7 at most.
_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
_ERF_P = 0.3275911
_MASKED = np.float32(-1e9)


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
            self._layers = [self._layer(f"encoder.layer.{n}.") for n in range(int(config["num_hidden_layers"]))]
            self._tokenizer: Any = Tokenizer.from_file(str(folder / _TOKENIZER))
        except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{folder}: the encoder cannot be opened: {error!r}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.max_tokens)
        self._pooling = pooling

    def vocabulary(self) -> list[str]:
        """The tokens that the model knows."""
        return list(self._tokenizer.get_vocab())

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors. shape: (len(texts), dim)"""
        out = np.empty((len(texts), self.dim), dtype=np.float32)
        for batch, hidden, mask in self._states(texts):
            if self._pooling == "cls":
                pooled = hidden[:, 0]
            else:
                pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True, dtype=np.float32)
            out[batch] = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), np.float32(1e-12))
        return out

    def token_vectors(self, texts: Sequence[str]) -> list[Floats]:
        """A unit vector for each token of each text, the marks of its ends included. shape: (tokens, dim) each"""
        out: list[Floats] = [np.empty((0, self.dim), dtype=np.float32)] * len(texts)
        for batch, hidden, mask in self._states(texts):
            hidden /= np.maximum(np.linalg.norm(hidden, axis=2, keepdims=True), np.float32(1e-12))
            for place, states, real in zip(batch, hidden, mask, strict=True):
                out[place] = states[real]
        return out

    def _states(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Floats, NDArray[np.bool_]]]:
        """Batches as places in ``texts``, their last hidden states and which tokens are real."""
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(texts)), key=lambda i: (len(rows[i]), texts[i]))  # little padding, same batches always
        for batch in _batches(order, [len(rows[i]) for i in order]):
            ids, mask = _padded([rows[i] for i in batch])
            yield batch, self._hidden(ids, mask), mask

    def _layer(self, name: str) -> tuple[str, Floats, Floats]:
        """A layer's name, and the weights of query, key and value as one matrix. shapes: (dim, 3 * dim), (3 * dim,)"""
        parts = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([self._weights.pop(f"{part}.weight") for part in parts])
        return name, matrix.T, np.concatenate([self._weights.pop(f"{part}.bias") for part in parts])

    def _hidden(self, ids: NDArray[np.int64], mask: NDArray[np.bool_]) -> Floats:
        """Last hidden states. ids, mask: shape: (rows, tokens); result: shape: (rows, tokens, dim)"""
        rows, tokens = ids.shape
        own = self._weights
        states = own["embeddings.word_embeddings.weight"][ids] + own["embeddings.position_embeddings.weight"][:tokens]
        states += own["embeddings.token_type_embeddings.weight"][0]
        states = self._norm(states.reshape(rows * tokens, self.dim), "embeddings.LayerNorm")
        hide = None if mask.all() else np.where(mask, np.float32(0), _MASKED)[:, None, None, :]
        for name, matrix, bias in self._layers:
            mixed = self._attend((states @ matrix + bias).reshape(rows, tokens, 3, self._heads, -1), hide)
            mixed = self._linear(mixed.reshape(rows * tokens, self.dim), f"{name}attention.output.dense")
            states = self._norm(mixed + states, f"{name}attention.output.LayerNorm")
            inner = _gelu(self._linear(states, f"{name}intermediate.dense"))
            states = self._norm(self._linear(inner, f"{name}output.dense") + states, f"{name}output.LayerNorm")
        return states.reshape(rows, tokens, self.dim)

    def _attend(self, parts: Floats, hide: Floats | None) -> Floats:
        """Softmax attention. parts: shape: (rows, tokens, 3, heads, size) -> (rows, tokens, heads, size)"""
        query, key, value = parts.transpose(2, 0, 3, 1, 4)
        scores = np.matmul(query * np.float32(parts.shape[-1] ** -0.5), key.transpose(0, 1, 3, 2))
        if hide is not None:
            scores += hide
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        return np.matmul(scores, value).transpose(0, 2, 1, 3)

    def _linear(self, states: Floats, name: str) -> Floats:
        out: Floats = states @ self._weights[f"{name}.weight"].T
        out += self._weights[f"{name}.bias"]
        return out

    def _norm(self, states: Floats, name: str) -> Floats:
        """Layer normalisation, of each row of ``states`` in place."""
        states -= states.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", states, states) / np.float32(states.shape[1])
        states /= np.sqrt(variance + self._eps)[:, None]
        states *= self._weights[f"{name}.weight"]
        states += self._weights[f"{name}.bias"]
        return states


def _gelu(states: Floats) -> Floats:
    """x * Phi(x) with the exact normal distribution, in place, a block that fits the cache at a time."""
    size = max(1, (1 << 15) // states.shape[1])
    for start in range(0, len(states), size):
        x = states[start : start + size]
        z = np.abs(x) * np.float32(0.5**0.5)
        t = np.float32(1) / (np.float32(1) + np.float32(_ERF_P) * z)
        tail = np.full_like(t, _ERF[-1])
        for factor in reversed(_ERF[:-1]):
            tail *= t
            tail += np.float32(factor)
        tail *= t
        np.multiply(z, -z, out=z)
        np.exp(z, out=z)
        tail *= z  # 1 - erf(|x| / sqrt 2)
        tail *= np.abs(x)
        x += np.abs(x) - tail  # x + |x| erf(...), which is twice what is wanted
        x *= np.float32(0.5)
    return states


def _batches(order: list[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Parts of ``order``, whose texts are ever longer: products of few rows cost almost as much as of many."""
    start = 0
    while start < len(order):
        end = min(start + _BATCH, len(order))
        while end < len(order) and (end + 1 - start) * lengths[end] <= _TOKENS:
            end += 1
        yield order[start:end]
        start = end


def _padded(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Ids, 0 where a row has ended, and which are real. shape: (rows, longest) each"""
    lengths = np.array([len(row) for row in rows])
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.zeros(mask.shape, dtype=np.int64)
    ids[mask] = np.concatenate([np.asarray(row, dtype=np.int64) for row in rows])
    return ids, mask


def _json(path: Path) -> dict[str, Any]:
    """A file of settings; empty where there is none."""
    if not path.is_file():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
