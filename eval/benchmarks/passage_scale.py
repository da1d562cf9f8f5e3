"""Synthetic passages in great number: indexed for BM25 and the passage graph, opened, searched.

    python eval/benchmarks/passage_scale.py [--passages 1000000] [--work DIR]

Each passage has a title of two made-up words and forty-eight words drawn by Zipf's law from 30,000, four of them titles
of other passages, so that the graph has four links a passage. "text index" and "passage graph" are the stages of
`kgqa index` without the encoder; a search uses words and the walk. The peer is bm25s, where it is installed: the same
texts, its own tokeniser, no stemming; it is given all texts in memory at once and cannot change them afterwards.
Beside wall clock stands processor time ("cpu"), which other users of the machine change less.
Memory is what the process that opens and searches holds of its own (not shared with files).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from common import Figures, finish, folder_size, options, percentile

from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.retrieval.links.index import LinkIndex
from kgqa.retrieval.links.linked import NameReader
from kgqa.retrieval.links.refresh import refresh_links
from kgqa.retrieval.retriever import Retriever
from kgqa.types import Passage

WORDS, LENGTH, LINKS = 30_000, 48, 4
QUERIES = 200
_SYLLABLES = ("ba", "co", "du", "fe", "gi", "ha", "jo", "ku", "le", "mi", "na", "po", "ru", "sa", "ti", "vo")


def word(number: int) -> str:
    """A made-up word of its own for each number."""
    out = ""
    while True:
        out += _SYLLABLES[number % 16]
        number //= 16
        if not number:
            return out


def title(number: int) -> str:
    return f"{word(7 * number + 4096).capitalize()} {word(number + 65536).capitalize()}"


def passages(count: int, seed: int) -> Iterator[Passage]:
    drawn = np.random.default_rng(seed)
    shares = 1 / np.arange(1, WORDS + 1)
    bounds = np.cumsum(shares / shares.sum())
    vocabulary = [word(number) for number in range(WORDS)]
    for start in range(0, count, 10_000):
        size = min(10_000, count - start)
        words = np.minimum(np.searchsorted(bounds, drawn.random((size, LENGTH))), WORDS - 1).tolist()
        linked = drawn.integers(0, count, (size, LINKS)).tolist()
        for place in range(size):
            parts = [vocabulary[number] for number in words[place]]
            for at, other in enumerate(linked[place]):
                parts[at * 12 + 6] = title(other)
            yield Passage(f"p{start + place:07d}", " ".join(parts) + ".", title=title(start + place))


def queries(count: int, seed: int) -> list[str]:
    """A title, and three words of which one is common."""
    drawn = np.random.default_rng(seed + 1)
    out = []
    for _ in range(QUERIES):
        common, rare, rarer = drawn.integers(0, 20), drawn.integers(500, 5_000), drawn.integers(5_000, WORDS)
        name = title(int(drawn.integers(0, count)))
        out.append(f"{word(int(common))} {word(int(rare))} {word(int(rarer))} {name}?")
    return out


def now() -> tuple[float, float]:
    """Wall clock and processor seconds."""
    return time.perf_counter(), time.process_time()


def taken(began: tuple[float, float], count: int) -> dict[str, float]:
    wall, cpu = (end - start for end, start in zip(now(), began, strict=True))
    return {
        "s": round(wall, 2),
        "cpu s": round(cpu, 2),
        "passages/s": round(count / wall),
        "passages/cpu s": round(count / cpu),
    }


def each(work: Callable[[str], object], asked: list[str]) -> dict[str, float]:
    times = []
    for query in asked:
        begin = now()
        work(query)
        times.append([1000 * (end - start) for end, start in zip(now(), begin, strict=True)])
    wall, cpu = (sorted(column) for column in zip(*times, strict=True))
    return {
        "median ms": round(statistics.median(wall), 2),
        "p95 ms": round(percentile(wall, 0.95), 2),
        "cpu median ms": round(statistics.median(cpu), 2),
    }


def own_memory() -> float:
    """MB that this process alone holds."""
    import psutil

    return float(psutil.Process().memory_full_info().uss) / 1e6


def build(place: Path, count: int, seed: int) -> Figures:
    figures: Figures = {}

    def told(name: str, began: tuple[float, float], part: Path) -> None:
        figures[name] = {**taken(began, count), "MB": round(folder_size(part))}

    with SQLiteStore.create(place / "store") as store, TextIndex.open(place / "text") as text:
        begin = now()
        store.write(passages(count, seed), source="made")
        told("store", begin, place / "store")
        began = begin = now()
        text.refresh(store)
        told("text index", begin, place / "text")
        begin = now()
        snapshot = open_snapshot(place / "snapshot", store)
        reader = NameReader(snapshot, text, text, Linker(snapshot, text), entities=False)
        refresh_links(place / "links", store, reader)
        told("passage graph", begin, place / "links")
        figures["both"] = {"passages": count, **taken(began, count)}
        begin = now()
        store.write([Passage(f"new{n}", f"{title(n)} zu.", title=f"New {n}") for n in range(100)], source="new")
        text.refresh(store)
        snapshot = open_snapshot(place / "snapshot", store)
        refresh_links(place / "links", store, NameReader(snapshot, text, text, Linker(snapshot, text), entities=False))
        figures["100 passages more"] = taken(begin, 100)
    return figures


def ask(place: Path, asked: list[str]) -> Figures:
    before = own_memory()
    begin = time.perf_counter()
    with SQLiteStore.open(place / "store") as store, TextIndex.open(place / "text") as text:
        snapshot = open_snapshot(place / "snapshot", store)
        retriever = Retriever(store, snapshot, text, links=LinkIndex.open(place / "links"), link=lambda _: ())
        opened = time.perf_counter() - begin
        figures: Figures = {}
        for name, channels in (("bm25", ["bm25"]), ("words and walk", ["bm25", "ppr"])):
            figures[f"search: {name}"] = each(
                lambda query, used=channels: retriever.search(query, kind="passage", channels=used), asked
            )
        figures["opened"] = {"ms": round(1000 * opened, 1), "own MB after": round(own_memory() - before)}
    return figures


def peer(count: int, seed: int, asked: list[str]) -> dict[str, Any]:
    try:
        import bm25s
    except ImportError:
        return {}
    texts = [f"{passage.title} {passage.text}" for passage in passages(count, seed)]
    begin = now()
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)
    built = taken(begin, count)

    def search(query: str) -> None:
        tokens = bm25s.tokenize([query], stopwords=None, show_progress=False)
        index.retrieve(tokens, k=10, show_progress=False)

    return {**built, **each(search, asked)}


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--work", type=Path)
    arguments = parser.parse_args()
    count = arguments.passages
    with tempfile.TemporaryDirectory() as temporary:
        place = arguments.work or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        asked = queries(count, arguments.seed)
        figures: Figures = {}
        if not (place / "store").exists():
            figures |= build(place, count, arguments.seed)
            print("indexed", file=sys.stderr)
        figures |= ask(place, asked)
    if row := peer(count, arguments.seed, asked):
        figures["bm25s (peer)"] = row
    finish(arguments, "passage-scale", figures, passages=count)


if __name__ == "__main__":
    main()
