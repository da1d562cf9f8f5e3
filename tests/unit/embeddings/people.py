"""A small graph with a rule that a model can learn: who lives in a city has the nationality of the city's country."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kgqa.embeddings.predictor import LinkPredictor, load_predictor
from kgqa.embeddings.training import TrainingReport
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, Literal, LiteralType, Record, Triple

COUNTRIES, CITIES, PEOPLE = 5, 15, 120
SETTINGS = {"dim": 32, "members": 1, "epochs": 30, "device": "cpu", "seed": 3}


def city_of(person: int) -> int:
    return (person * 7) % CITIES


def country_of(city: int) -> int:
    return city % COUNTRIES


WITHHELD = ("person/3", "nationality", f"country/{country_of(city_of(3))}")


def records() -> list[Record]:
    out: list[Record] = [Entity(f"country/{i}", f"Country {i}", types=("country",)) for i in range(COUNTRIES)]
    for i in range(CITIES):
        out += [Entity(f"city/{i}", types=("city",)), Triple(f"city/{i}", "in_country", f"country/{country_of(i)}")]
    for i in range(PEOPLE):
        person, city = f"person/{i}", city_of(i)
        out += [
            Entity(person, types=("person",), attributes={"height": Literal(str(150 + i), LiteralType.INTEGER)}),
            Triple(person, "lives_in", f"city/{city}"),
            Triple(person, "works_in", f"city/{city}"),
            Triple(person, "hand", Literal("left" if i % 5 == 0 else "right")),
        ]
        if person != WITHHELD[0]:
            out.append(Triple(person, "nationality", f"country/{country_of(city)}"))
    return out


@dataclass(frozen=True)
class Trained:
    store: SQLiteStore
    snapshot: Snapshot
    folder: Path
    report: TrainingReport

    def predictor(self) -> LinkPredictor:
        return load_predictor(self.folder, self.store, self.snapshot)
