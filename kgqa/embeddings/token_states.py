"""Token vectors of a BERT-like encoder with its upper layers apart, so that they can be tuned and exchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


class TokenStates:
    """The layers of BERT (Devlin et al., 2019) as plain functions over named weights.

    Args:
        weights: a BERT model's weights by their names in transformers; they are shared, not copied
        tokenizer: its tokenizer
        heads, layers, eps: the model's settings
    """

    def __init__(self, weights: Mapping[str, Tensor], tokenizer: Any, *, heads: int, layers: int, eps: float) -> None:
        self._weights, self._tokenizer = weights, tokenizer
        self._heads, self._eps = heads, eps
        self.layers = layers
        self.mask_word: str = tokenizer.mask_token
        self.mask_id: int = tokenizer.mask_token_id
        self.unknown_id: int = tokenizer.unk_token_id
        self.special_ids = frozenset(tokenizer.all_special_ids)

    @property
    def dim(self) -> int:
        return int(self._weights["embeddings.word_embeddings.weight"].shape[1])

    @property
    def device(self) -> Any:
        return self._weights["embeddings.word_embeddings.weight"].device

    def tokenize(self, texts: Sequence[str], *, most: int = 96) -> list[list[int]]:
        """Word pieces of each text, with the special tokens around them, cut after ``most`` or what the model takes."""
        most = min(most, len(self._weights["embeddings.position_embeddings.weight"]))
        rows = self._tokenizer(
            list(texts), truncation=True, max_length=most, return_attention_mask=False, return_token_type_ids=False
        )["input_ids"]
        return [list(row) for row in rows]

    def upper(self, count: int) -> dict[str, Tensor]:
        """Copies of the weights of the ``count`` highest layers, by name."""
        chosen = tuple(f"encoder.layer.{n}." for n in range(self.layers - count, self.layers))
        return {name: tensor.clone() for name, tensor in self._weights.items() if name.startswith(chosen)}

    def lower(self, ids: Tensor, mask: Tensor, *, skip: int) -> Tensor:
        """Hidden states below the ``skip`` highest layers. shapes: (rows, tokens), same -> (rows, tokens, dim)"""
        import torch
        from torch.nn import functional

        own = self._weights
        with torch.no_grad():
            hidden = functional.embedding(ids, own["embeddings.word_embeddings.weight"])
            hidden = hidden + own["embeddings.position_embeddings.weight"][: ids.shape[1]]
            hidden = hidden + own["embeddings.token_type_embeddings.weight"][0]
            hidden = self._norm(hidden, own, "embeddings.LayerNorm")
            return self._run(hidden, mask, own, range(self.layers - skip))

    def higher(self, hidden: Tensor, mask: Tensor, weights: Mapping[str, Tensor], *, count: int) -> Tensor:
        """The ``count`` highest layers with other weights. shapes: (rows, tokens, dim), (rows, tokens) -> the first"""
        return self._run(hidden, mask, weights, range(self.layers - count, self.layers))

    def _run(self, hidden: Tensor, mask: Tensor, weights: Mapping[str, Tensor], layers: range) -> Tensor:
        from torch.nn import functional

        rows, tokens, dim = hidden.shape
        seen = mask[:, None, None, :].bool()
        for number in layers:
            at = f"encoder.layer.{number}."

            def linear(x: Tensor, name: str, at: str = at) -> Tensor:
                return functional.linear(x, weights[f"{at}{name}.weight"], weights[f"{at}{name}.bias"])

            def split(x: Tensor) -> Tensor:
                return x.view(rows, tokens, self._heads, dim // self._heads).transpose(1, 2)

            query, key, value = (split(linear(hidden, f"attention.self.{name}")) for name in ("query", "key", "value"))
            mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
            mixed = linear(mixed.transpose(1, 2).reshape(rows, tokens, dim), "attention.output.dense")
            hidden = self._norm(hidden + mixed, weights, f"{at}attention.output.LayerNorm")
            inner = functional.gelu(linear(hidden, "intermediate.dense"))
            hidden = self._norm(hidden + linear(inner, "output.dense"), weights, f"{at}output.LayerNorm")
        return hidden

    def _norm(self, x: Tensor, weights: Mapping[str, Tensor], name: str) -> Tensor:
        from torch.nn import functional

        return functional.layer_norm(x, x.shape[-1:], weights[f"{name}.weight"], weights[f"{name}.bias"], self._eps)
