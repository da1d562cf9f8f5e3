"""Builds the sample graph: the elements, who found them and where, and the countries of the world.

    python examples/elements/recipe.py OUT_FOLDER

writes OUT_FOLDER/facts.jsonl (to be ingested) and OUT_FOLDER/withheld.jsonl (never ingested: what link prediction is
checked against), from the MIT-licensed packages `mendeleev` and `countryinfo` as installed. The same packages give the
same bytes.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from examples.elements import chemistry, geography, vocabulary, withhold
from examples.elements.countries import load_countries

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """The graph's records, the facts kept back, and what the data say that no rule could use."""

    facts: list[Record]
    withheld: list[Record]
    left_out: list[str]


def build() -> Sample:
    """The sample graph from the installed packages."""
    countries = load_countries()
    tables = chemistry.load_tables()
    elements = chemistry.Chemistry(tables, countries)
    records = [
        *({"relation": relation, "source": vocabulary.SOURCE} for relation in vocabulary.relations()),
        *({"entity": kind, "source": vocabulary.SOURCE} for kind in vocabulary.types()),
        *elements.records(),
        *geography.records(countries, chemistry.called(tables, countries)),
        *elements.passages(),
    ]
    kept_back = withhold.choose(records)
    facts, withheld = [], []
    for record in sorted({_line(record): record for record in records}.items(), key=_order):
        triple = record[1].get("triple", {})
        key = (triple.get("head"), triple.get("relation"), triple.get("tail"))
        (withheld if key in kept_back else facts).append(record[1])
    return Sample(facts, withheld, sorted(elements.left_out))


def _line(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def _order(item: tuple[str, Record]) -> tuple[int, str]:
    kinds = ("relation", "entity", "triple", "passage")
    return next(i for i, kind in enumerate(kinds) if kind in item[1]), item[0]


def write(folder: Path) -> Sample:
    """Writes facts.jsonl and withheld.jsonl; each appears whole or not at all."""
    sample = build()
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in (("facts", sample.facts), ("withheld", sample.withheld)):
        draft = folder / f"{name}.jsonl.part"
        draft.write_text("".join(_line(record) + "\n" for record in records), encoding="utf-8", newline="\n")
        draft.replace(folder / f"{name}.jsonl")
    return sample


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python examples/elements/recipe.py OUT_FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    sample = write(folder)
    for note in sample.left_out:
        print(f"left out: {note}", file=sys.stderr)
    print(f"{len(sample.facts)} records in {folder / 'facts.jsonl'}, {len(sample.withheld)} facts kept back")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
