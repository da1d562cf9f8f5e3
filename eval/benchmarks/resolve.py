"""Entities of the sample graph written as two records: how many pairs ``kgqa resolve`` finds, and how many it invents.

    python eval/benchmarks/resolve.py [--facts FOLDER] [--planted 100]

The named things of the sample graph (countries, cities, elements, people, languages, currencies) lose half of their
names and statements to a second record, which is called by another of its names, or by the same one misspelt,
abbreviated or without accents, and may carry a wrong value. Peer: pairs that share a name. Precision counts a proposed
pair as wrong unless it was planted; whatever the sample graph itself says twice counts against it.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
import unicodedata
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from eval.benchmarks.common import Figures, finish, options
from kgqa import Engine

KINDS = ("country", "city", "element", "person", "language", "currency")
Record = dict[str, Any]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--facts", type=Path, help="a folder with the recipe's facts.jsonl")
    parser.add_argument("--planted", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = given.facts or _recipe(Path(place) / "facts")
        records = [json.loads(line) for line in (folder / "facts.jsonl").read_text(encoding="utf-8").splitlines()]
        planted, changed = plant(records, given.planted, random.Random(given.seed))
        with Engine.create(Path(place) / "store") as engine:
            engine.ingest(changed)
            engine.index()
            begin = time.process_time()
            found = engine.resolve(above=0.01)
            seconds = time.process_time() - begin
            named = same_name(changed)
    figures: Figures = {"pairs that share a name (peer)": _judged(named, planted)}
    for above in (0.5, 0.9):
        pairs = {frozenset((pair.a, pair.b)) for pair in found if pair.probability >= above}
        figures[f"resolve, above {above}"] = _judged(pairs, planted)
    figures["cpu"] = {"seconds": round(seconds, 2), "entities": sum("entity" in record for record in changed)}
    finish(given, "resolve", figures, planted=len(planted))


def plant(records: list[Record], count: int, chosen: random.Random) -> tuple[set[frozenset[str]], list[Record]]:
    """The pairs planted, and the records with these entities taken apart."""
    able = [r["entity"] for r in records if set(r.get("entity", {}).get("types", ())) & set(KINDS)]
    by_kind = {kind: [entity for entity in able if kind in entity["types"]] for kind in KINDS}
    taken: dict[str, Record] = {}
    while len(taken) < count:
        entity = chosen.choice(by_kind[chosen.choice(KINDS)])
        taken[entity["id"]] = entity
    out: list[Record] = []
    for record in records:
        kind = next(key for key in ("relation", "entity", "triple", "passage") if key in record)
        if kind == "entity" and record["entity"]["id"] in taken:
            out += [{**record, "entity": entity} for entity in _halves(record["entity"], chosen)]
        elif kind == "triple":
            out += _divided(record, taken, chosen)
        elif kind != "passage":
            out.append(record)
    return {frozenset((id, f"{id}~2")) for id in taken}, out


def _halves(entity: Record, chosen: random.Random) -> list[Record]:
    names = [name for listed in entity.get("aliases", {}).values() for name in listed]
    names += list(entity.get("labels", {}).values())
    names = sorted(set(names) - {entity["label"]})
    chosen.shuffle(names)
    middle = (len(names) + 1) // 2
    called = names.pop() if names and chosen.random() < 0.4 else _otherwise(entity["label"], chosen)
    values = sorted(entity.get("attributes", {}).items())
    one, two = {}, {}
    for name, value in values:
        place = chosen.random()
        if place < 0.35 or place >= 0.7:
            one[name] = value
        if place >= 0.35:
            two[name] = _wrong(value) if chosen.random() < 0.1 else value
    first = {"id": entity["id"], "label": entity["label"], "types": entity["types"], "attributes": one}
    second = {"id": f"{entity['id']}~2", "label": called, "types": entity["types"], "attributes": two}
    first["aliases"], second["aliases"] = {"und": names[:middle]}, {"und": names[middle:]}
    return [first, second]


def _wrong(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value["value"], int | float):
        return {**value, "value": value["value"] + 1}
    return value


def _otherwise(name: str, chosen: random.Random) -> str:
    """The name as another source might have it."""
    words = name.split()
    kind = chosen.randrange(4)
    if kind == 0 and len(words) > 1:
        return f"{words[0][0]}. {' '.join(words[1:])}"
    if kind == 1 and len(words) > 1:
        return f"{words[-1]}, {' '.join(words[:-1])}"
    if kind == 2 and len(name) > 4:
        place = chosen.randrange(1, len(name) - 1)
        return name[:place] + chosen.choice("aeiou") + name[place + 1 :]
    parts = unicodedata.normalize("NFD", name)
    return "".join(part for part in parts if not unicodedata.combining(part))


def _divided(record: Record, taken: dict[str, Record], chosen: random.Random) -> list[Record]:
    """A statement about what was taken apart: said of the one record, the other, or both."""
    out = [record]
    for end in ("head", "tail"):
        if isinstance(record["triple"][end], str) and record["triple"][end] in taken:
            moved = []
            for item in out:
                other = {**item, "triple": {**item["triple"], end: f"{item['triple'][end]}~2"}}
                place = chosen.random()
                moved += [item] if place < 0.35 else [other] if place < 0.7 else [item, other]
            out = moved
    return out


def same_name(records: list[Record]) -> set[frozenset[str]]:
    """The peer: pairs of entities that share a name, case aside."""
    holders: dict[str, set[str]] = {}
    for record in records:
        if entity := record.get("entity"):
            names = [entity["label"], *entity.get("labels", {}).values()]
            names += [name for listed in entity.get("aliases", {}).values() for name in listed]
            for name in names:
                holders.setdefault(name.casefold(), set()).add(entity["id"])
    return {frozenset((a, b)) for ids in holders.values() for a in ids for b in ids if a < b}


def _judged(pairs: set[frozenset[str]], planted: set[frozenset[str]]) -> dict[str, Any]:
    right = len(pairs & planted)
    return {
        "proposed": len(pairs),
        "precision": round(100 * right / max(1, len(pairs)), 1),
        "recall": round(100 * right / len(planted), 1),
    }


def _recipe(folder: Path) -> Path:
    from examples.elements import recipe

    recipe.write(folder)
    return folder


if __name__ == "__main__":
    main()
