"""A made-up land: towns in countries, rulers of them, goods that they make, and a passage about each town."""

from __future__ import annotations

from pathlib import Path

from kgqa.embeddings.encoder import Encoder
from kgqa.embeddings.towers.features import read_features
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.search.vocabulary.schema import build_schema
from kgqa.training.retriever.data import RetrieverData
from kgqa.training.retriever.synthesis import synthesise
from kgqa.training.synthesis import Synthesiser
from kgqa.types import Entity, MentionSpan, Passage, Record, Relation, Triple

SOUNDS = ("ba", "ce", "do", "fi", "gu", "ka", "le", "mo", "ni", "ru")
GOODS = ("salt", "wool", "glass", "wine")


def town(number: int) -> str:
    return f"{SOUNDS[number % 10]}{SOUNDS[number // 10 % 10]}ton".capitalize()


def records(towns: int = 36) -> list[Record]:
    out: list[Record] = [
        Relation("in", label="located in", inverse_label="town of"),
        Relation("ruled_by", label="ruled by"),
        Relation("makes", label="makes"),
    ]
    out += [Entity(f"land{k}", label=f"{SOUNDS[k].capitalize()}land", types=("country",)) for k in range(4)]
    out += [Entity(f"good/{name}", label=name, types=("good",)) for name in GOODS]
    for number in range(towns):
        id, name, land, good = f"town{number}", town(number), number % 4, GOODS[number % 4 if number % 3 else 0]
        out += [
            Entity(id, label=name, types=("town",), aliases={"en": (f"Old {name}",)}),
            Entity(f"lord{number}", label=f"Lord {SOUNDS[number % 10]}{number}", types=("person",)),
            Triple(id, "in", f"land{land}"),
            Triple(id, "ruled_by", f"lord{number}"),
            Triple(id, "makes", f"good/{good}"),
        ]
        text = (
            f"{name} is a town that makes {good}. It is ruled by Lord {SOUNDS[number % 10]}{number}. Its walls are old."
        )
        out.append(Passage(f"p{number:02}", text, name, mentions=(MentionSpan(0, len(name), id),)))
    return out


def town_data(place: Path, encoder: Encoder, land: list[Record] | None = None) -> RetrieverData:
    """Data from a store of the land, which is made below ``place``."""
    with SQLiteStore.create(place / "store") as store:
        store.write(land or records(), source="towns")
        snapshot = open_snapshot(place / "snapshot", store)
        features = read_features(store, snapshot, encoder)
        schema = build_schema(snapshot, store.relations(), encoder)
        questions = Synthesiser(snapshot, schema, seed=0, max_hops=2).draw(150)
        info = {
            "revision": store.revision,
            "sources": ["towns"],
            "encoder": {"name": encoder.name, "fingerprint": encoder.fingerprint},
        }
        return synthesise(store, snapshot, features, questions, linked=lambda passage: (), info=info)
