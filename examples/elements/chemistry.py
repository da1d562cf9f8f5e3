"""Records of the elements and their passages, from the package `mendeleev`.

Rules for what the data hold: points of sublimation and of transition between solid forms are no melting or boiling
points; the numbered lists of producers are read entry by entry, and what names no country as it stands
("Unknown (likely USA)", "CIS Countries") is left out; spellings of one person are joined (``people.py``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from examples.elements import people
from examples.elements.countries import PARTS, Countries, fold, slug, translations
from examples.elements.geography import Record, country_id, decimal, part_id

SOURCE = "mendeleev"
PASSAGES = "mendeleev-descriptions"
QUANTITIES = {  # attribute: (column, unit)
    "atomic_weight": ("atomic_weight", "Da"),
    "density": ("density", "g/cm^3"),
    "abundance_in_crust": ("abundance_crust", "mg/kg"),
    "abundance_in_sea": ("abundance_sea", "mg/L"),
    "price": ("price_per_kg", "USD/kg"),
}
TEXTS = {  # passage: (column, how it begins)
    "description": ("description", "{name}: "),
    "uses": ("uses", "Uses of {lower}: "),
    "sources": ("sources", "Sources of {lower}: "),
    "name": ("name_origin", "Origin of the name {lower}: "),
}
BRITISH = {"aluminum": "aluminium", "cesium": "caesium", "sulfur": "sulphur"}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")

Row = dict[str, Any]


def load_tables() -> dict[str, list[Row]]:
    """The tables used, as rows of plain values; what is missing is None."""
    from mendeleev.fetch import fetch_table

    out = {}
    for name in ("elements", "series", "groups", "phasetransitions"):
        frame = fetch_table(name)
        out[name] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return out


def element_id(row: Row) -> str:
    return f"element/{slug(row['name'])}"


def listed(text: str | None) -> list[str]:
    """ "1) USA  2) Algeria" gives its entries."""
    return [part.strip() for part in re.split(r"\d\)", text or "") if part.strip()]


def called(tables: dict[str, list[Row]], countries: Countries) -> dict[str, set[str]]:
    """Acronyms by which the lists call a country (USA, DRC), by code: they are worth being aliases."""
    out: dict[str, set[str]] = defaultdict(set)
    for row in tables["elements"]:
        for name in listed(row["top_3_producers"]) + listed(row["top_3_reserve_holders"]):
            if name.isupper() and (code := countries.find(name)):
                out[code].add(name)
    return out


class Chemistry:
    """Turns the tables into records."""

    def __init__(self, tables: dict[str, list[Row]], countries: Countries) -> None:
        self.rows = sorted(tables["elements"], key=lambda row: row["atomic_number"])
        self.series = {row["id"]: row["name"] for row in tables["series"]}
        self.groups = {row["group_id"]: row for row in tables["groups"]}
        self.points = _phase_points(tables["phasetransitions"])
        self.countries = countries
        self.people = people.merge(mention for row in self.rows for mention in people.split(row["discoverers"]))
        self.left_out: list[str] = []

    def records(self) -> Iterator[Record]:
        for row in self.rows:
            yield self._entity(row)
            for triple in self._triples(row):
                yield {"triple": {"head": element_id(row), **triple}, "source": SOURCE}
        yield from self._classes()
        for person in {someone.id: someone for someone in self.people.values()}.values():
            more = {"aliases": {"en": person.names[1:]}} if len(person.names) > 1 else {}
            yield {"entity": {"id": person.id, "label": person.label, "types": [person.kind], **more}, "source": SOURCE}

    def _entity(self, row: Row) -> Record:
        attributes: Record = {
            "symbol": row["symbol"],
            "atomic_number": decimal(row["atomic_number"]),
            "radioactive": bool(row["is_radioactive"]),
        }
        for name, (column, unit) in QUANTITIES.items():
            if row[column] is not None and row[column] > 0:
                attributes[name] = {"value": float(row[column]), "type": "decimal", "unit": unit}
        for name, value in self.points.get(row["atomic_number"], {}).items():
            attributes[name] = {"value": value, "type": "decimal", "unit": "K"}
        if row["discovery_year"] is not None:
            attributes["discovery_year"] = {"value": str(int(row["discovery_year"])), "type": "year"}
        elif row["discoverers"]:
            attributes["discovery_note"] = row["discoverers"].rstrip(".")
        types = ["element", "radioactive element"] if row["is_radioactive"] else ["element"]
        entity: Record = {"id": element_id(row), "label": row["name"], "types": types, "attributes": attributes}
        if other := BRITISH.get(row["name"].lower()):
            entity["aliases"] = {"en": [other.capitalize()]}
        if labels := translations().get(("element", row["name"])):
            entity["labels"] = labels
        return {"entity": entity, "source": SOURCE}

    def _triples(self, row: Row) -> Iterator[Record]:
        for mention in people.split(row["discoverers"]):
            yield {"relation": "discovered_by", "tail": self.people[mention].id}
        for place in (row["discovery_location"] or "").split("/"):
            if place and (code := self._country(place, row)):
                yield {"relation": "discovered_in", "tail": country_id(code)}
                if place.strip() in PARTS:
                    yield {"relation": "discovery_region", "tail": part_id(place)}
        yield {"relation": "series", "tail": f"series/{slug(self.series[row['series_id']])}"}
        yield {"relation": "block", "tail": f"block/{row['block']}"}
        yield {"relation": "period", "tail": f"period/{int(row['period'])}"}
        if row["group_id"] is not None:
            yield {"relation": "group", "tail": f"group/{int(row['group_id'])}"}
        for kind, column in (("producer", "top_3_producers"), ("reserve_holder", "top_3_reserve_holders")):
            for rank, name in enumerate(listed(row[column]), start=1):
                if code := self._country(name, row):
                    tail = country_id(code)
                    yield {"relation": f"top_{kind}", "tail": tail, "qualifiers": {"rank": decimal(rank)}}
                    if rank == 1:
                        yield {"relation": f"largest_{kind}", "tail": tail}

    def _country(self, name: str, row: Row) -> str | None:
        code = self.countries.find(name)
        if code is None:
            self.left_out.append(f"{row['name']}: no country is called {name!r}")
        return code

    def _classes(self) -> Iterator[Record]:
        def entity(id: str, label: str, kind: str, *names: str) -> Record:
            more = {"aliases": {"en": list(names)}} if names else {}
            return {"entity": {"id": id, "label": label, "types": [kind], **more}, "source": SOURCE}

        for name in self.series.values():
            yield entity(f"series/{slug(name)}", name, "series", name.removesuffix("s"))
        for block in sorted({row["block"] for row in self.rows}):
            yield entity(f"block/{block}", f"{block}-block", "block", f"block {block}", f"{block} block")
        for number, word in enumerate(ORDINALS, start=1):
            yield entity(f"period/{number}", f"Period {number}", "period", f"{word} period")
        taken = {name.lower() for name in self.series.values()}
        for number, group in self.groups.items():
            own = [group["name"]] if group["name"] and group["name"].lower() not in taken else []
            yield entity(f"group/{int(number)}", f"Group {int(number)}", "group", *own)

    def passages(self) -> Iterator[Record]:
        """What the package says in words, one passage a text, with the names that stand in it."""
        things = {fold(name): (ref, kind) for ref, kind, name in self._names()}
        pattern = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, things), key=len, reverse=True)) + r")\b")
        for row in self.rows:
            for part, (column, opening) in TEXTS.items():
                if not row[column]:
                    continue
                start = opening.format(name=row["name"], lower=row["name"].lower())
                text = start + " ".join(row[column].split())
                mentions = _mentions(
                    text, things, pattern, elements=part != "name", head=len(start), own=element_id(row)
                )
                yield {
                    "passage": {
                        "id": f"{slug(row['name'])}/{part}",
                        "title": f"{row['name']}: {part}",
                        "text": text,
                        "language": "en",
                        "document": f"mendeleev/{slug(row['name'])}",
                        "mentions": mentions,
                    },
                    "source": PASSAGES,
                }

    def _names(self) -> Iterator[tuple[str, str, str]]:
        for code in self.countries.by_code:
            yield country_id(code), "country", self.countries.label(code)
        for person in self.people.values():
            for name in person.names:
                if " " in name:
                    yield person.id, person.kind, name
        for row in self.rows:
            yield element_id(row), "element", row["name"]
            if other := BRITISH.get(row["name"].lower()):
                yield element_id(row), "element", other


def _mentions(
    text: str, things: dict[str, tuple[str, str]], pattern: re.Pattern[str], *, elements: bool, head: int, own: str
) -> list[Record]:
    """Whole names in the text. The origin of a name speaks of gods and words: there only the element itself counts."""
    folded = "".join(fold(c) if len(fold(c)) == 1 else c for c in text)
    out = []
    for match in pattern.finditer(folded):
        ref, kind = things[match.group()]
        written = text[match.start() : match.end()]
        if kind == "element":
            counts = elements or (ref == own and match.start() < head)
        else:
            counts = written[0].isupper()
        if counts:
            out.append({"start": match.start(), "end": match.end(), "entity": ref})
    return out


def _phase_points(rows: list[Row]) -> dict[int, dict[str, float]]:
    """Melting and boiling point of the form that has them, in kelvin, rounded to what the data resolve."""
    out: dict[int, dict[str, float]] = {}
    for row in sorted(rows, key=lambda row: row["id"]):
        if row["is_sublimation_point"] or row["is_transition"]:
            continue
        points = out.setdefault(row["atomic_number"], {})
        for name in ("melting_point", "boiling_point"):
            if row[name] is not None:
                points.setdefault(name, round(float(row[name]), 4))
    return out
