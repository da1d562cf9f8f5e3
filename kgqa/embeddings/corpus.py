"""Passages encoded apart from a store: Parquet in and out, in this process or over many machines with Ray Data.

In, a file or a folder of files:    id: string, text: string, and where there are titles title: string (or null)
Out:                                id: string; digest: binary, 16 bytes, BLAKE2b of the text that was encoded (title, a
                                    line end, text; or the text alone); encoder: string, the fingerprint of the encoder
                                    that made the vector; vector: list<float32>, of length 1

Whatever writes such a table (Ray, Spark, this module) saves ``kgqa index --vectors`` the encoding.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgqa.errors import InputError, MissingDependencyError, UsageError
from kgqa.index.vector_items import Item, VectorKey, VectorKind
from kgqa.index.vector_refresh import Encoder
from kgqa.types import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 1024


def encode_corpus(source: Path, target: Path, encoder: Encoder, *, progress: Progress | None = None) -> int:
    """Encodes the passages of ``source`` into the new file ``target``, which appears whole or not at all.

    Memory does not grow with the corpus. Gives the number of passages. Raises InputError for a source that is no such
    table, UsageError when the target exists.
    """
    from pyarrow import ArrowException, dataset, parquet

    _new(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.part")
    done = 0
    try:
        table = dataset.dataset(source, format="parquet")
        with parquet.ParquetWriter(draft, _schema()) as writer:
            for batch in table.to_batches(columns=_columns(source, table.schema.names), batch_size=BATCH):
                writer.write_table(encode_table(batch, encoder))
                done += batch.num_rows
                if progress is not None:
                    progress("encoding passages", done, None)
    except (OSError, ArrowException) as error:
        raise InputError(f"{source}: cannot be read as Parquet ({error})") from error
    finally:
        if done == 0:
            draft.unlink(missing_ok=True)
    if done == 0:
        raise InputError(f"{source}: holds no passages")
    draft.replace(target)
    return done


def encode_corpus_with_ray(source: Path, target: Path, *, encoder: dict[str, Any], processes: int) -> int:
    """The same with Ray Data, on the cluster that Ray finds or on this machine; ``target`` is a new folder of files.

    encoder: the arguments of ``load_encoder``; each of ``processes`` actors opens it once. Gives the number of
    passages. Raises MissingDependencyError without Ray; errors as ``encode_corpus``.
    """
    try:
        import ray
        from ray import data
    except ImportError as error:
        raise MissingDependencyError("ray", purpose="encoding over many machines", install="kgqa[ray]") from error
    from pyarrow import dataset

    _new(target)
    names = dataset.dataset(source, format="parquet").schema.names
    if not ray.is_initialized():
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody unless asked
        # A cluster that the environment names, or one on this machine that listens on loopback alone.
        here = {} if os.environ.get("RAY_ADDRESS") else {"_node_ip_address": "127.0.0.1"}
        ray.init(include_dashboard=False, log_to_driver=False, configure_logging=False, **here)
    passages = data.read_parquet(str(source), columns=_columns(source, names))
    encoded = passages.map_batches(
        _Encoding,
        fn_constructor_kwargs={"encoder": encoder},
        batch_format="pyarrow",
        batch_size=BATCH,
        concurrency=processes,
    )
    encoded.write_parquet(str(target))
    return int(passages.count())


def encode_table(table: Any, encoder: Encoder) -> Any:
    """The pyarrow table of vectors for one of passages."""
    import pyarrow as pa

    titles = table.column("title").to_pylist() if "title" in table.schema.names else [None] * table.num_rows
    texts = [
        f"{title}\n{text}" if title else text
        for title, text in zip(titles, table.column("text").to_pylist(), strict=True)
    ]
    vectors = encoder.encode(texts)
    flat = pa.array(np.ascontiguousarray(vectors).reshape(-1), type=pa.float32())
    offsets = pa.array(np.arange(0, vectors.size + 1, max(1, vectors.shape[1]))[: len(texts) + 1], type=pa.int32())
    columns = [
        table.column("id").cast(pa.string()),
        pa.array([_digest(text) for text in texts], type=pa.binary()),
        pa.array([encoder.fingerprint] * len(texts), type=pa.string()),
        pa.ListArray.from_arrays(offsets, flat),
    ]
    return pa.table(columns, schema=_schema())


class EncodedCorpus:
    """An encoder that looks its vectors up in a table that ``encode_corpus`` or its like wrote, before it encodes."""

    def __init__(self, encoder: Encoder, source: Path) -> None:
        """Raises InputError for a source that is no such table, or whose vectors another encoder made."""
        from pyarrow import ArrowException, dataset

        self._encoder = encoder
        try:
            table = dataset.dataset(source, format="parquet").to_table(columns=["digest", "encoder", "vector"])
            makers = set(table.column("encoder").unique().to_pylist())
            flat = table.column("vector").combine_chunks().flatten().to_numpy(zero_copy_only=False)
            self._vectors: NDArray[np.float32] = np.asarray(flat, dtype=np.float32).reshape(-1, encoder.dim)
            self._row = {digest: row for row, digest in enumerate(table.column("digest").to_pylist())}
        except (OSError, KeyError, ValueError, ArrowException) as error:
            raise InputError(f"{source}: no table of vectors ({error}); see `kgqa encode`") from error
        if makers - {encoder.fingerprint}:
            raise InputError(
                f"{source}: its vectors were made by another encoder than {encoder.name!r}; encode the passages anew"
            )
        if len(self._vectors) != table.num_rows:
            raise InputError(f"{source}: its vectors are not all of {encoder.dim} numbers")

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dim(self) -> int:
        return self._encoder.dim

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit vectors, those that the table lacks from the encoder. shape: (len(texts), dim)"""
        rows = [self._row.get(_digest(text), -1) for text in texts]
        out = np.empty((len(texts), self.dim), dtype=np.float32)
        known = [place for place, row in enumerate(rows) if row >= 0]
        out[known] = self._vectors[[rows[place] for place in known]]
        new = [place for place, row in enumerate(rows) if row < 0]
        if new:
            out[new] = self._encoder.encode([texts[place] for place in new], progress=progress)
        return out


class _Encoding:
    """What one actor of Ray does."""

    def __init__(self, encoder: dict[str, Any]) -> None:
        from kgqa.embeddings.encoder import load_encoder

        self._encoder = load_encoder(**encoder)

    def __call__(self, table: Any) -> Any:
        return encode_table(table, self._encoder)


def _schema() -> Any:
    import pyarrow as pa

    kinds = {"id": pa.string(), "digest": pa.binary(), "encoder": pa.string(), "vector": pa.list_(pa.float32())}
    return pa.schema(list(kinds.items()))


def _columns(source: Path, names: Sequence[str]) -> list[str]:
    missing = {"id", "text"} - set(names)
    if missing:
        raise InputError(f"{source}: has no column {min(missing)!r}; passages have id, text and perhaps title")
    return [name for name in ("id", "title", "text") if name in names]


def _digest(text: str) -> bytes:
    """As the vector index knows what was encoded."""
    return Item(VectorKey(VectorKind.PASSAGE, ""), text).digest


def _new(target: Path) -> None:
    if target.exists():
        raise UsageError(f"{target}: is there already; name a new place")
