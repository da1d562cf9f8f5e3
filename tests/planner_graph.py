"""A small graph with types, dates and numbers, and a text encoder that needs no model."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.graph.snapshot import Snapshot
from kgqa.types import Candidate, Entity, Literal, LiteralType, Mention, Progress, Record, Relation, Triple

CITIES = {"paris": "Paris", "rome": "Rome", "bern": "Bern"}
COUNTRIES = {"fr": ("France", 68, "paris"), "it": ("Italy", 59, "rome"), "ch": ("Switzerland", 9, "bern")}


class LetterEncoder:
    """Vectors of letter triples, hashed: alike words get alike vectors, the same on every machine."""

    name, dim = "letters", 256

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                padded = f"#{word}#"
                for start in range(len(padded) - 2):
                    out[row, zlib.crc32(padded[start : start + 3].encode()) % self.dim] += 1
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)


def capital_records() -> list[Record]:
    out: list[Record] = [
        Relation("capital", label="capital", inverse_label="capital of"),
        Relation("borders", label="borders", symmetric=True),
        Relation("discovered_by", label="discovered by"),
        Relation("discovery_year", label="discovery year"),
        Relation("born_in", label="born in"),
        Relation("population", label="population"),
    ]
    out += [Entity(id, label=label, types=("city",)) for id, label in CITIES.items()]
    for id, (label, people, capital) in COUNTRIES.items():
        size = Literal(str(people), LiteralType.INTEGER)
        out += [
            Entity(id, label=label, types=("country",), attributes={"population": size}),
            Triple(id, "capital", capital),
        ]
    out += [Triple("fr", "borders", "it"), Triple("it", "borders", "fr"), Triple("fr", "borders", "ch")]
    out += [Triple("ch", "borders", "fr"), Triple("it", "borders", "ch"), Triple("ch", "borders", "it")]
    for id, label, year, finder in (
        ("po", "Polonium", 1898, "mc"),
        ("ra", "Radium", 1898, "mc"),
        ("he", "Helium", 1868, "pj"),
    ):
        found = Literal(str(year), LiteralType.YEAR)
        out += [Entity(id, label=label, types=("element",), attributes={"discovery_year": found})]
        out += [Triple(id, "discovered_by", finder)]
    out += [
        Entity("mc", label="Marie Curie", types=("person",)),
        Entity("pj", label="Pierre Janssen", types=("person",)),
    ]
    return [*out, Triple("pj", "born_in", "paris"), Triple("mc", "born_in", "rome")]


class Names:
    """Finds the graph's labels in a question, word for word."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._names = {
            snapshot.label(node): node
            for node in range(snapshot.size)
            if snapshot.exists([node])[0] and snapshot.id(node) is not None
        }
        self._snapshot = snapshot

    def __call__(self, question: str) -> tuple[Mention, ...]:
        out = []
        for name, node in self._names.items():
            at = question.lower().find(name.lower())
            if at >= 0:
                candidate = Candidate(node, self._snapshot.id(node) or "", name, 1.0, "exact")
                out.append(Mention(question[at : at + len(name)], at, at + len(name), (candidate,)))
        return tuple(out)
