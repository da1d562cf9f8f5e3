"""The artefact of the trained towers, named by a pointer.

current.json                  the pointer: {"parts": [<version>], "manifest": sha256}
<version>/manifest.json       what it is, what it learnt from, figures, hashes of the files below
<version>/text/               the text tower: a sentence encoder in transformers' form, safetensors
<version>/towers.safetensors  fusion and heads
<version>/entities.safetensors  "vectors": every entity's. shape: (entities, dim)
<version>/entities.json       their ids, in order
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgqa.embeddings.encoder_files import without_bars
from kgqa.errors import ModelError
from kgqa.graph.publish import POINTER, new_part, publish, read_pointer, writing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = 1
MANIFEST, TEXT, WEIGHTS, VECTORS, IDS = (
    "manifest.json", "text", "towers.safetensors", "entities.safetensors", "entities.json",
)  # fmt: skip
_AGAIN = "train again: `kgqa train retriever`"
_SETTINGS = ("*.json", "*.txt", "*.model", "*/config.json")
"""Files of an encoder that go along with it: tokenizer, pooling."""


@dataclass(frozen=True, slots=True)
class TowersArtefact:
    """What was trained, in arrays. vectors: shape: (entities, dim)"""

    folder: Path
    manifest: Mapping[str, Any]
    weights: Mapping[str, NDArray[np.float32]]
    ids: tuple[str, ...]
    vectors: NDArray[np.float32]

    @property
    def text(self) -> Path:
        """The folder of the text tower."""
        return self.folder / TEXT

    def check_text(self) -> None:
        """Raises ModelError when a file of the text tower is not what was written."""
        for name, digest in self.manifest["files"].items():
            if name.startswith(f"{TEXT}/"):
                try:
                    same = _sha256(self.folder / name) == digest
                except OSError:
                    same = False
                if not same:
                    raise ModelError(f"{self.folder / name}: is not what was trained; {_AGAIN}")


def publish_towers(
    folder: Path,
    *,
    base: Path,
    text: Any,
    weights: Mapping[str, NDArray[np.float32]],
    ids: Sequence[str],
    vectors: NDArray[np.float32],
    manifest: Mapping[str, Any],
) -> Path:
    """Writes a new version below ``folder`` and makes it current in one step. Gives the version's folder.

    ``base``: the encoder's folder, whose tokenizer and settings go along; ``text``: the trained transformers model.
    """
    from safetensors.numpy import save_file

    with writing(folder):
        part = new_part(folder, f"r{manifest['revision']}")
        for file in sorted(path for pattern in _SETTINGS for path in base.glob(pattern)):
            target = part / TEXT / file.relative_to(base)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        with without_bars():
            text.save_pretrained(str(part / TEXT))
        save_file(dict(weights), part / WEIGHTS)
        save_file({"vectors": vectors}, part / VECTORS)
        (part / IDS).write_text(json.dumps(list(ids), ensure_ascii=False), encoding="utf-8")
        files = sorted(path for path in part.rglob("*") if path.is_file())
        hashes = {path.relative_to(part).as_posix(): _sha256(path) for path in files}
        told = {"format": FORMAT, "kind": "retriever", **manifest, "files": hashes}
        data = (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")
        (part / MANIFEST).write_bytes(data)
        info = {"kind": "retriever", "revision": manifest["revision"], "sources": manifest["sources"]}
        publish(folder, [part.name], {**info, "manifest": hashlib.sha256(data).hexdigest()})
    return part


def open_towers(folder: Path) -> TowersArtefact:
    """The current version below ``folder``; the text tower is not opened.

    Raises ModelError when there is none, or a file is not what was written.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    pointer = read_pointer(folder)
    if pointer is None:
        raise ModelError(f"{folder}: no retriever has been trained; run `kgqa train retriever`")
    name = pointer["parts"][0] if len(pointer["parts"]) == 1 else ""
    if not name or Path(str(name)).name != name:
        raise ModelError(f"{folder / POINTER}: is no pointer to a retriever; {_AGAIN}")
    part = folder / name
    try:
        data = (part / MANIFEST).read_bytes()
        if hashlib.sha256(data).hexdigest() != pointer.get("manifest"):
            raise ValueError("its manifest's hash differs")
        manifest = json.loads(data)
        if manifest["format"] != FORMAT:
            raise ValueError(f"its format is {manifest['format']}, not {FORMAT}")
        for file in (WEIGHTS, VECTORS, IDS):
            if _sha256(part / file) != manifest["files"][file]:
                raise ValueError(f"the hash of {file} differs")
        weights, vectors = load_file(part / WEIGHTS), load_file(part / VECTORS)["vectors"]
        ids = tuple(json.loads((part / IDS).read_text(encoding="utf-8")))
        if vectors.shape[0] != len(ids):
            raise ValueError(f"{len(vectors)} vectors of {len(ids)} entities")
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError(f"{part}: the retriever is not what was trained ({error}); {_AGAIN}") from error
    return TowersArtefact(part, manifest, weights, ids, vectors)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
