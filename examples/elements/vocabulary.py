"""The relations of the sample graph: how they read, forward and backward, in English and some other languages."""

from __future__ import annotations

from typing import Any

from examples.elements.wordings import RELATIONS, TYPES, labels_and_aliases

SOURCE = "vocabulary"


def _relation(id: str, label: str, *aliases: str, **more: Any) -> dict[str, Any]:
    out: dict[str, Any] = {"id": id, "label": label, **more}
    translated = labels_and_aliases(RELATIONS).get(id, {"labels": {}, "aliases": {}})
    if translated["labels"]:
        out["labels"] = translated["labels"]
    if aliases or translated["aliases"]:
        out["aliases"] = {**({"en": list(aliases)} if aliases else {}), **translated["aliases"]}
    return out


def types() -> list[dict[str, Any]]:
    """The types that have names in other languages, as entities."""
    return [
        {"id": id, "label": id, "labels": named["labels"], "aliases": named["aliases"]}
        for id, named in labels_and_aliases(TYPES).items()
    ]


def relations() -> list[dict[str, Any]]:
    one = {"functional": True}
    element = {"domain": "element"}
    country = {"domain": "country"}
    return [
        # elements
        _relation("discovered_by", "discovered by", "discoverer", "found by", inverse_label="discovered", **element),
        _relation(
            "discovered_in",
            "discovered in",
            "country of discovery",
            "place of discovery",
            inverse_label="country where it was discovered",
            range="country",
            **element,
        ),
        _relation(
            "discovery_region",
            "discovered in the part of the country",
            inverse_label="elements discovered there",
            range="part of a country",
            **element,
        ),
        _relation("discovery_year", "discovery year", "year of discovery", "discovered in the year", **one, **element),
        _relation(
            "series",
            "series",
            "category",
            "family",
            "kind of element",
            inverse_label="member",
            range="series",
            **one,
            **element,
        ),
        _relation("block", "block", inverse_label="member", range="block", **one, **element),
        _relation(
            "period", "period", "row of the periodic table", inverse_label="member", range="period", **one, **element
        ),
        _relation(
            "group", "group", "column of the periodic table", inverse_label="member", range="group", **one, **element
        ),
        _relation(
            "top_producer",
            "top producer",
            "main producer",
            "produced in",
            "mined in",
            inverse_label="top producer of",
            range="country",
            **element,
            description="One of the three countries that produce most of the element; the qualifier rank says which.",
        ),
        _relation(
            "largest_producer",
            "largest producer",
            "biggest producer",
            "leading producer",
            inverse_label="largest producer of",
            range="country",
            **one,
            **element,
        ),
        _relation(
            "top_reserve_holder",
            "top reserve holder",
            "has large reserves of",
            "reserves",
            inverse_label="holds top reserves of",
            range="country",
            **element,
            description="One of the three countries that hold most of the reserves; the qualifier rank says which.",
        ),
        _relation(
            "largest_reserve_holder",
            "largest reserve holder",
            "largest reserves",
            inverse_label="holds the largest reserves of",
            range="country",
            **one,
            **element,
        ),
        _relation("symbol", "symbol", "chemical symbol", **one, **element),
        _relation("atomic_number", "atomic number", "number of protons", **one, **element),
        _relation("atomic_weight", "atomic weight", "atomic mass", "heavy", "light", **one, **element),
        _relation("density", "density", "dense", **one, **element),
        _relation("melting_point", "melting point", "melts at", **one, **element),
        _relation("boiling_point", "boiling point", "boils at", **one, **element),
        _relation("abundance_in_crust", "abundance in the Earth's crust", "abundant in the crust", **one, **element),
        _relation("abundance_in_sea", "abundance in the sea", "abundant in seawater", **one, **element),
        _relation("price", "price", "cost", "expensive", "cheap", **one, **element),
        _relation("radioactive", "radioactive", "is radioactive", **one, **element),
        _relation("discovery_note", "note on the discovery", **one, **element),
        # countries
        _relation(
            "capital",
            "capital",
            "capital city",
            "seat of government",
            inverse_label="capital of",
            range="city",
            **country,
        ),
        _relation(
            "borders",
            "borders",
            "neighbour",
            "neighbouring country",
            "shares a border with",
            "next to",
            symmetric=True,
            range="country",
            **country,
        ),
        _relation(
            "official_language",
            "official language",
            "language",
            "language spoken",
            inverse_label="spoken in",
            range="language",
            **country,
        ),
        _relation(
            "currency",
            "currency",
            "money",
            inverse_label="currency of",
            range="currency",
            **country,
        ),
        _relation(
            "region",
            "region",
            "continent",
            "part of the world",
            inverse_label="countries in the region",
            range="region",
            **one,
            **country,
        ),
        _relation("subregion", "subregion", inverse_label="countries in the subregion", range="subregion", **country),
        _relation("part_of", "part of", inverse_label="has part", range="country"),
        _relation(
            "population",
            "population",
            "number of inhabitants",
            "people live in",
            "populous",
            **one,
        ),
        _relation(
            "area",
            "area",
            "size",
            "large",
            "small",
            **one,
        ),
        _relation("calling_code", "calling code", "dialling code", "phone code", **country),
        _relation("top_level_domain", "top-level domain", "internet domain", **country),
        _relation("demonym", "demonym", "name of its people", **country),
        _relation("iso_code", "ISO code", "country code", **country),
        _relation("currency_code", "currency code", "ISO 4217 code", domain="currency"),
        _relation("language_code", "language code", "ISO 639 code", **one, domain="language"),
    ]
