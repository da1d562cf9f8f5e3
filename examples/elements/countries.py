"""The countries of the package `countryinfo` as records, and the names by which other data speak of them.

Rules for what the package gets wrong, each applied to all countries alike:

- an entry stands for a country when it has an ISO 3166-1 numeric code that is still in force; the others
  (parts of a country, doubles) are not countries of their own;
- entries with one code are one country: the fullest entry speaks, the others give aliases;
- a border that only one side tells stands when the outlines of the two touch, or when one has no outline;
- a value that cannot be (an area or a population of zero) is left out;
- codes of languages and currencies without a name in ISO 639 or ISO 4217 (funds, mistakes) are left out.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

Data = Mapping[str, Any]

WITHDRAWN = {"ANT", "CSK", "DDR", "SCG", "SUN", "YUG"}  # ISO 3166-3: countries that are no more
# What is no country of its own, and the country that it belongs to today.
PARTS = {"England": "GBR", "Scotland": "GBR", "Wales": "GBR"}
SUCCESSORS = {"USSR": "RUS"}


@cache
def names_of(table: str) -> dict[str, str]:
    """Code to English name from a table beside this file ("languages": ISO 639, "currencies": ISO 4217)."""
    with (Path(__file__).parent / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        return dict(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def translations() -> dict[tuple[str, str], dict[str, str]]:
    """(kind, key) to names by language, from translations.tsv; a key is a code of ISO 639 or 4217, or an English name.

    Names of languages, currencies, cities and regions are those of the Unicode CLDR (Unicode License v3).
    """
    with (Path(__file__).parent / "translations.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {
            (row["kind"], row["key"]): {tag: row[tag] for tag in ("de", "es", "fr", "it", "ja") if row[tag]}
            for row in rows
        }


def fold(text: str) -> str:
    """Lower case without accents, for comparing names."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().strip()


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[:1].isupper())


def names(data: Data) -> list[str]:
    """Every name of an entry. An ISO code is a name only as initials of one (USA): others are words (AND, IT, US)."""
    codes = {str(code) for code in data["ISO"].values() if code}
    given = [data["name"], *data.get("altSpellings", []), *data.get("alt", [])]
    spelt = {initials(name) for name in given if len(initials(name)) > 2}
    native = [part.strip(" \u200f") for part in (data.get("nativeName") or "").split(" / ")]
    out = [name for name in given if name not in codes or name in spelt] + native
    return list(dict.fromkeys(name for name in out if name))


class Countries:
    """The countries by ISO alpha-3 code, with the borders that stand."""

    def __init__(self, entries: Iterable[Data]) -> None:
        ranked = sorted(entries, key=lambda data: (-len(data), -(data.get("population") or 0), data["name"]))
        self.by_code: dict[str, Data] = {}
        self.aliases: dict[str, list[str]] = {}
        for data in ranked:
            code = data["ISO"].get("alpha3")
            if code and code not in WITHDRAWN and data["name"] not in PARTS:
                self.by_code.setdefault(code, data)
                self.aliases.setdefault(code, []).extend(names(data))
        self.by_code = dict(sorted(self.by_code.items()))
        self.parts = {data["name"]: data for data in ranked if data["name"] in PARTS}
        self._codes = {str(data["ISO"].get("alpha2")): code for code, data in self.by_code.items()}
        self._names = {fold(name): code for code, all_names in self.aliases.items() for name in all_names}
        self._acronyms = {
            initials(name): code
            for code, all_names in self.aliases.items()
            for name in all_names
            if len(initials(name)) > 2
        }
        self.borders = self._borders()

    def find(self, name: str) -> str | None:
        """The code of the country so called: by name, by the initials of one, or but for a slip of the pen."""
        name = name.strip()
        key = fold(name)
        if code := self._names.get(key) or self._acronyms.get(name) or SUCCESSORS.get(name) or PARTS.get(name):
            return code
        close = {code for known, code in self._names.items() if len(key) > 5 and fuzz.ratio(key, known) >= 88}
        return close.pop() if len(close) == 1 else None

    def label(self, code: str) -> str:
        return str(self.by_code[code]["name"])

    def _borders(self) -> set[tuple[str, str]]:
        told = {
            (code, other)
            for code, data in self.by_code.items()
            for text in data.get("borders") or ()
            if (other := text if text in self.by_code else self._codes.get(text)) and other != code
        }
        outlines = {code: _outline(data) for code, data in self.by_code.items()}
        stands = {
            (a, b) for a, b in told if (b, a) in told or not outlines[a] or not outlines[b] or outlines[a] & outlines[b]
        }
        return stands | {(b, a) for a, b in stands}


def _outline(data: Data) -> set[tuple[float, float]]:
    points: set[tuple[float, float]] = set()

    def collect(part: list[Any]) -> None:
        if part and isinstance(part[0], int | float):
            points.add((round(part[0], 2), round(part[1], 2)))
        else:
            for inner in part:
                collect(inner)

    for feature in (data.get("geoJSON") or {}).get("features", []):
        collect(feature["geometry"].get("coordinates") or [])
    return points


def load_countries() -> Countries:
    from countryinfo import CountryInfo

    return Countries(CountryInfo.all().values())
