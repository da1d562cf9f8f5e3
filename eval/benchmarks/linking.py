"""Entity linking on MetaQA dev questions, brackets removed, beside a plain longest dictionary match.

    python eval/benchmarks/linking.py $KGQA_DATASETS/metaqa [--case kept|lower|bare] [--limit N]

"among": the topic entity is a candidate of some mention; "selected": of a mention in the best set without overlap;
"longest": the peer's longest match is the topic entity. Times are CPU milliseconds a question.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.types import Triple

SETS = {
    "1-hop": "1-hop/dev.txt",
    "2-hop": "2-hop/dev.txt",
    "3-hop": "3-hop/dev.txt",
    "paraphrase": "1-hop/ntm/qa_dev.txt",
}


def triples(path: Path) -> Iterator[Triple]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            head, relation, tail = line.rstrip("\n").split("|")
            yield Triple(head, relation, tail)


def questions(folder: Path, name: str, case: str, limit: int) -> list[tuple[str, str]]:
    """(question, topic entity)"""
    gold = folder / (SETS["1-hop"] if name == "paraphrase" else SETS[name])
    topics = [re.findall(r"\[(.+?)\]", line)[0] for line in gold.read_text(encoding="utf-8").splitlines()]
    texts = [line.split("\t")[0] for line in (folder / SETS[name]).read_text(encoding="utf-8").splitlines()]
    rows = [(re.sub(r"[\[\]]", "", text), topic) for text, topic in zip(texts, topics, strict=True)]
    if case != "kept":
        rows = [(text.lower(), topic) for text, topic in rows]
    if case == "bare":
        rows = [(re.sub(r"[^\w\s]", "", text), topic) for text, topic in rows]
    return rows[:: max(1, len(rows) // limit)]


class LongestMatch:
    """The peer: the longest run of words, lower-cased, that is a name."""

    def __init__(self, names: list[str]) -> None:
        self.names: dict[str, set[str]] = {}
        for name in names:
            self.names.setdefault(name.lower(), set()).add(name)
        self.longest = max(len(name.split()) for name in names)

    def link(self, text: str) -> set[str]:
        words = text.lower().split()
        for length in range(min(self.longest, len(words)), 0, -1):
            for first in range(len(words) - length + 1):
                if found := self.names.get(" ".join(words[first : first + length])):
                    return found
        return set()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("metaqa", type=Path)
    parser.add_argument("--case", choices=("kept", "lower", "bare"), default="kept")
    parser.add_argument("--limit", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with SQLiteStore.create(place / "store") as store, TextIndex.open(place / "text") as index:
            store.write(triples(given.metaqa / "kb.txt"), source="kb")
            started = time.perf_counter()
            index.refresh(store)
            print(f"text index of {index.counts()[1]} names: {time.perf_counter() - started:.2f} s")
            snapshot = open_snapshot(place / "snapshot", store)
            relations = [relation.replace("_", " ") for relation in snapshot.relation_ids if relation]
            linker = Linker(snapshot, index, relation_words=relations)
            peer = LongestMatch([row.label for row in store.node_rows()])
            print(f"{'set':<12}{'n':>7}{'among':>8}{'selected':>10}{'longest':>9}{'ms p50':>8}{'p95':>7}{'peer ms':>9}")
            for name in SETS:
                report(name, questions(given.metaqa, name, given.case, given.limit), linker, peer)


def report(name: str, rows: list[tuple[str, str]], linker: Linker, peer: LongestMatch) -> None:
    among = selected = longest = 0
    ours: list[float] = []
    theirs: list[float] = []
    for text, topic in rows:
        started = time.process_time()
        mentions = linker.link(text)
        chosen = linker.select(mentions)
        ours.append(1000 * (time.process_time() - started))
        started = time.process_time()
        found = peer.link(text)
        theirs.append(1000 * (time.process_time() - started))
        among += any(candidate.id == topic for mention in mentions for candidate in mention.candidates)
        selected += any(candidate.id == topic for mention in chosen for candidate in mention.candidates)
        longest += topic in found
    share = [100 * count / len(rows) for count in (among, selected, longest)]
    p50, p95 = statistics.median(ours), statistics.quantiles(ours, n=20)[-1]
    print(
        f"{name:<12}{len(rows):>7}{share[0]:>8.2f}{share[1]:>10.2f}{share[2]:>9.2f}{p50:>8.2f}{p95:>7.2f}"
        f"{statistics.median(theirs):>9.3f}"
    )


if __name__ == "__main__":
    main()
