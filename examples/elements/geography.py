"""Records of countries, their parts, cities, languages, currencies and regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from examples.elements.countries import PARTS, Countries, Data, fold, names, names_of, slug, translations

SOURCE = "countryinfo"
Record = dict[str, Any]


def country_id(code: str) -> str:
    return f"country/{code}"


def part_id(name: str) -> str:
    return f"part/{slug(name)}"


def triple(head: str, relation: str, tail: str | Record, **more: Any) -> Record:
    return {"triple": {"head": head, "relation": relation, "tail": tail, **more}, "source": SOURCE}


def entity(id: str, label: str, kind: str, **more: Any) -> Record:
    return {
        "entity": {"id": id, "label": label, "types": [kind], **{k: v for k, v in more.items() if v}},
        "source": SOURCE,
    }


def decimal(value: float, unit: str | None = None) -> Record:
    """A number as a literal; whole numbers are integers."""
    whole = float(value).is_integer()
    out: Record = {"value": int(value) if whole else value, "type": "integer" if whole else "decimal"}
    return {**out, "unit": unit} if unit else out


def aliases(label: str, all_names: list[str]) -> dict[str, list[str]]:
    """Names in Latin letters are looked up as English ones, the rest as of an undetermined language."""
    out: dict[str, list[str]] = {}
    for name in dict.fromkeys(all_names):
        if name != label:
            out.setdefault("en" if name.isascii() else "und", []).append(name)
    return out


def records(countries: Countries, called: dict[str, set[str]]) -> Iterator[Record]:
    """Everything from countryinfo. ``called``: further names of a country, by code, that other data use."""
    languages = names_of("languages")
    currencies = names_of("currencies")
    cities = Cities(countries)
    areas: dict[str, tuple[str, str]] = {}
    spoken: dict[str, str] = {}
    paid: dict[str, set[str]] = {}
    for code, data in countries.by_code.items():
        here = country_id(code)
        yield entity(
            here,
            data["name"],
            "country",
            labels=data.get("translations"),
            aliases=aliases(data["name"], countries.aliases[code] + sorted(called.get(code, ()))),
            attributes=attributes(data),
        )
        if city := cities.of(code):
            yield triple(here, "capital", city)
        for language in data.get("languages") or ():
            if language in languages:
                spoken[language] = languages[language]
                yield triple(here, "official_language", f"language/{language}")
        for currency in data.get("currencies") or ():
            if currency in currencies:
                paid.setdefault(currencies[currency], set()).add(currency)
                yield triple(here, "currency", currency_id(currencies[currency]))
        if region := data.get("region"):
            areas[f"region/{slug(region)}"] = ("region", region)
            yield triple(here, "region", f"region/{slug(region)}")
        for subregion in (data.get("subregion"), data.get("intermediateregion")):
            if subregion:
                areas.setdefault(f"subregion/{slug(subregion)}", ("subregion", subregion))
                yield triple(here, "subregion", f"subregion/{slug(subregion)}")
    for a, b in sorted(countries.borders):
        if a < b:  # said once: the relation is symmetric
            yield triple(country_id(a), "borders", country_id(b))
    for name, code in PARTS.items():
        data = countries.parts.get(name, {})
        yield entity(
            part_id(name),
            name,
            "part of a country",
            attributes=attributes(data) if data else None,
            labels=data.get("translations"),
            aliases=aliases(name, names(data)) if data else None,
        )
        yield triple(part_id(name), "part_of", country_id(code))
    for city, (label, all_names) in cities.entities.items():
        yield entity(city, label, "city", aliases=aliases(label, all_names), labels=translations().get(("city", label)))
    for area, (kind, label) in areas.items():
        yield entity(area, label, kind, labels=translations().get(("region", label)))
    for code, label in spoken.items():
        yield entity(
            f"language/{code}",
            label,
            "language",
            labels=translations().get(("language", code)),
            aliases={"en": [f"{label} language"]},
            attributes={"language_code": code},
        )
    for label, codes in paid.items():
        yield entity(
            currency_id(label),
            label,
            "currency",
            labels=translations().get(("currency", min(codes))),
            attributes={"currency_code": sorted(codes)},
        )


def currency_id(label: str) -> str:
    return f"currency/{slug(label)}"


def attributes(data: Data) -> Record:
    out: Record = {}
    if (population := data.get("population") or 0) > 0:
        out["population"] = decimal(population)
    if (area := data.get("area") or 0) > 0:
        out["area"] = decimal(area, "km^2")
    for relation, field in (("calling_code", "callingCodes"), ("top_level_domain", "tld")):
        if values := [text for text in data.get(field) or () if text]:
            out[relation] = [{"value": text, "type": "string"} for text in sorted(set(values))]
    if demonyms := [name.strip() for name in (data.get("demonym") or "").split(",") if name.strip()]:
        out["demonym"] = demonyms
    if codes := sorted({data["ISO"].get(key) for key in ("alpha2", "alpha3")} - {None, ""}):
        out["iso_code"] = codes
    return out


class Cities:
    """Capitals; those with one name are one city where the countries lie together, otherwise apart.

    The capital's own coordinates do not tell: the package gives Norfolk Island's Kingston those of Jamaica's.
    """

    def __init__(self, countries: Countries) -> None:
        self.entities: dict[str, tuple[str, list[str]]] = {}
        self._of: dict[str, str] = {}
        seen: dict[str, list[tuple[str, list[float]]]] = {}
        for code, data in countries.by_code.items():
            capital = data.get("capital")
            name = capital[0] if isinstance(capital, list) else capital
            if not name:
                continue
            place = data.get("latlng") or []
            known = seen.setdefault(fold(name), [])
            city = next((city for city, other in known if _near(place, other)), None)
            if city is None:
                city = f"city/{slug(name)}" + (f"-{code.lower()}" if known else "")
                known.append((city, place))
                plain = name.replace("'", "").replace("ʻ", "")
                self.entities[city] = (name, [plain])
            self._of[code] = city

    def of(self, code: str) -> str | None:
        return self._of.get(code)


def _near(a: list[float], b: list[float]) -> bool:
    return bool(a and b) and all(abs(x - y) < 5 for x, y in zip(a, b, strict=True))
