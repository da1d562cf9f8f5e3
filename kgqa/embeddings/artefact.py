"""The artefact of trained embeddings: safetensors, .npy and JSON in a folder, hashed, named by a pointer.

current.json                   the pointer: {"parts": [<version>], "manifest": sha256}
<version>/manifest.json        what it is, what it learnt from, hashes of the files below
<version>/weights.safetensors  the PyKEEN model's state
<version>/triples.npy          the statements: trained on, then held out. shape: (n, 3), int32
<version>/vocabulary.json      entities (ids, labels, types) and relations by number
<version>/text.npy             where texts take part: from their encodings to vectors. shape: (dim + 1, width), float32
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.embeddings.graph import Vocabulary
from kgqa.embeddings.models import build_model, normalise_name, weights_from_bytes
from kgqa.errors import ModelError
from kgqa.graph.publish import POINTER, new_part, publish, read_pointer, writing
from kgqa.types import Literal, LiteralType

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 3
MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
TRIPLES = "triples.npy"
VOCABULARY = "vocabulary.json"
TEXT = "text.npy"
_AGAIN = "train again: `kgqa train embeddings`"


@dataclass(frozen=True, slots=True)
class Artefact:
    """What was trained. ``manifest`` is plain JSON; ``weights`` are safetensors bytes.

    triples: those trained on first, then those held out. shape: (n, 3). ``text``: see ``texts.TextMap``.
    """

    manifest: Mapping[str, Any]
    vocabulary: Vocabulary
    triples: NDArray[np.int64]
    weights: bytes
    text: NDArray[np.float32] | None = None


def publish_artefact(artefact: Artefact, folder: Path) -> Path:
    """Writes a new version below ``folder`` and makes it current in one step. Gives the version's folder."""
    with writing(folder):
        part = new_part(folder, f"r{artefact.manifest['revision']}")
        publish(folder, [part.name], {"kind": "embeddings", "manifest": write_files(artefact, part)})
    return part


def open_artefact(folder: Path) -> tuple[Path, Artefact]:
    """The current version below ``folder``. Raises ModelError when there is none, or a file is not what was written."""
    pointer = read_pointer(folder)
    if pointer is None:
        raise ModelError(f"{folder}: no embeddings have been trained; run `kgqa train embeddings`")
    parts, manifest = pointer["parts"], pointer.get("manifest")
    if len(parts) != 1 or Path(str(parts[0])).name != parts[0] or not isinstance(manifest, str):
        raise ModelError(f"{folder / POINTER}: is no pointer to embeddings; {_AGAIN}")
    return folder / parts[0], read_files(folder / parts[0], manifest)


def write_files(artefact: Artefact, folder: Path) -> str:
    """Writes the files into the empty ``folder`` and gives the manifest's sha256."""
    files = {
        WEIGHTS: artefact.weights,
        TRIPLES: _npy(artefact.triples.astype(np.int32)),
        VOCABULARY: _json(_vocabulary_to_dict(artefact.vocabulary)),
    }
    if artefact.text is not None:
        files[TEXT] = _npy(artefact.text)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    manifest = {"format": FORMAT, **artefact.manifest, "files": {name: _sha256(data) for name, data in files.items()}}
    data = _json(manifest)
    (folder / MANIFEST).write_bytes(data)
    return _sha256(data)


def read_files(folder: Path, manifest_hash: str) -> Artefact:
    """Reads and checks the files. Raises ModelError for a missing, changed or newer one."""
    data = _checked(folder / MANIFEST, manifest_hash)
    try:
        manifest = json.loads(data)
        if manifest["format"] > FORMAT:
            raise ModelError(f"{folder}: embeddings of format {manifest['format']}, newer than {FORMAT}; update kgqa")
        if manifest["format"] < FORMAT:
            raise ModelError(f"{folder}: embeddings of format {manifest['format']}, older than {FORMAT}; {_AGAIN}")
        parts = {name: _checked(folder / name, manifest["files"][name]) for name in (WEIGHTS, TRIPLES, VOCABULARY)}
        triples = np.load(io.BytesIO(parts[TRIPLES]), allow_pickle=False).astype(np.int64)
        text = None
        if TEXT in manifest["files"]:
            text = np.load(io.BytesIO(_checked(folder / TEXT, manifest["files"][TEXT])), allow_pickle=False)
        vocabulary = _vocabulary_from_dict(json.loads(parts[VOCABULARY]))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{folder / MANIFEST}: not a manifest of embeddings ({error!r}); {_AGAIN}") from error
    if triples.ndim != 2 or triples.shape[1] != 3:
        raise ModelError(f"{folder / TRIPLES}: shape {triples.shape}, not (n, 3); {_AGAIN}")
    return Artefact(manifest, vocabulary, triples, parts[WEIGHTS], text)


def network(artefact: Artefact) -> Any:
    """The model of an artefact, on the CPU, in evaluation mode."""
    said = artefact.manifest["model"]
    model = build_model(
        normalise_name(said["name"]),
        said["arguments"],
        artefact.triples[: int(artefact.manifest["training"]["train"])],
        entities=len(artefact.vocabulary.refs),
        relations=len(artefact.vocabulary.relations),
        inverses=bool(said["inverses"]),
        seed=int(said["seed"]),
    )
    weights_from_bytes(model, artefact.weights)
    return model.eval()


def _checked(path: Path, expected: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); {_AGAIN}") from error
    if _sha256(data) != expected:
        raise ModelError(f"{path}: its content is not what was trained (its hash differs); {_AGAIN}")
    return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _vocabulary_to_dict(vocabulary: Vocabulary) -> dict[str, Any]:
    entities = [
        [ref.to_dict() | {"value": ref.value} if isinstance(ref, Literal) else ref, label, list(types)]
        for ref, label, types in zip(vocabulary.refs, vocabulary.labels, vocabulary.types, strict=True)
    ]
    return {"entities": entities, "relations": list(vocabulary.relations)}


def _vocabulary_from_dict(data: Mapping[str, Any]) -> Vocabulary:
    entities = data["entities"]
    return Vocabulary(
        refs=tuple(_ref(ref) for ref, _, _ in entities),
        labels=tuple(str(label) for _, label, _ in entities),
        types=tuple(tuple(map(str, types)) for _, _, types in entities),
        relations=tuple(map(str, data["relations"])),
    )


def _ref(data: Any) -> str | Literal:
    if isinstance(data, str):
        return data
    return Literal(str(data["value"]), LiteralType(data["type"]), data.get("unit"), data.get("lang"))
