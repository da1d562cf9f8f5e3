"""A made-up maker of measuring instruments as a graph: people, departments, projects, money and dates.

Typed records (facts.jsonl) and the same facts as bare triples (triples.tsv: names as ids, no types, no terms of
office). The relations have snake_case ids and nothing else; every name is invented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]

EMPLOYEES = """
Ingrid Solvay | Board | | Harbour House | 148000 | 2009-03-02 | budgeting, negotiation |
Tomas Okafor | Research | Ingrid Solvay | Harbour House | 112000 | 2011-08-15 | optics, Python | Lighthouse
Mei Castellan | Production | Ingrid Solvay | Mill Building | 104000 | 2010-05-17 | lean planning, welding | Anvil
Piotr Haldane | Sales | Ingrid Solvay | Tower Nine | 108500 | 2014-01-07 | negotiation, Spanish |
Ruth Amadi | Finance | Ingrid Solvay | Harbour House | 101000 | 2012-09-03 | budgeting, SQL |
Soren Vance | Software | Ingrid Solvay | Tower Nine | 115000 | 2013-04-22 | Python, SQL, Rust | Starling
Lucia Brandt-Iyer|Research|Tomas Okafor|Harbour House|84000|2016-02-01|optics, statistics|Lighthouse, Puffin
Hamid Orlov | Research | Tomas Okafor | Mill Building | 79500 | 2018-10-08 | acoustics, Python | Puffin
Nadia Ferreira | Research | Tomas Okafor | Harbour House | 71000 | 2021-06-14 | statistics | Lighthouse
Joel Mbeki-Strand | Research | Lucia Brandt-Iyer | Harbour House | 58000 | 2023-01-09 | optics | Puffin
Agnes Toivonen | Production | Mei Castellan | Mill Building | 62000 | 2015-11-23 | welding, soldering | Anvil
Carlos Whitlow | Production | Mei Castellan | Mill Building | 57500 | 2019-03-18 | soldering | Anvil, Kelp
Yuki Dalgaard | Production | Mei Castellan | Mill Building | 66000 | 2014-07-30 | lean planning | Kelp
Bela Ransome | Production | Yuki Dalgaard | Mill Building | 49000 | 2022-04-04 | soldering, Spanish | Kelp
Odile Kerr | Sales | Piotr Haldane | Tower Nine | 73000 | 2017-05-29 | negotiation, Japanese | Magpie
Viktor Nair | Sales | Piotr Haldane | Quay Studio | 69000 | 2020-02-10 | Spanish |
Hanna Quist | Sales | Odile Kerr | Tower Nine | 54000 | 2022-09-19 | Japanese | Magpie
Samuel Ebert | Finance | Ruth Amadi | Harbour House | 67500 | 2016-06-06 | SQL, budgeting |
Priya Lunde | Finance | Ruth Amadi | Quay Studio | 61000 | 2020-08-24 | budgeting, statistics | Heron
Dmitri Asante | Software | Soren Vance | Tower Nine | 88000 | 2015-03-09 | Python, Rust | Starling, Heron
Fiona Zabala | Software | Soren Vance | Quay Studio | 83000 | 2017-12-11 | SQL, Python | Heron
Gregor Pell | Software | Soren Vance | Tower Nine | 77000 | 2019-09-02 | Rust | Starling, Magpie
Leila Monk | Software | Dmitri Asante | Quay Studio | 64000 | 2021-11-15 | Python, acoustics | Puffin, Heron
Ewan Bright | Software | Dmitri Asante | Tower Nine | 59500 | 2023-05-08 | SQL | Starling
"""
PROJECTS = """
Lighthouse | Research | Tomas Okafor | Corvid Marine | 420000 | 2019-04-01 | 2023-12-31 | laser diode, glass prism
Puffin | Research | Lucia Brandt-Iyer | Ostara Health | 265000 | 2021-09-01 | 2025-03-31 | microphone array, glass prism
Anvil | Production | Agnes Toivonen | Brunel Rail | 310000 | 2018-02-01 | 2022-06-30 | steel frame, strain gauge
Kelp | Production | Yuki Dalgaard | Corvid Marine | 95000 | 2022-05-01 | 2024-10-31 | steel frame, pressure sensor
Starling | Software | Soren Vance | Northlight Energy | 540000 | 2020-01-15 | 2025-12-31 | edge computer
Heron | Software | Fiona Zabala | Ostara Health | 180000 | 2023-02-01 | 2024-08-31 | edge computer, pressure sensor
Magpie | Sales | Odile Kerr | Sakura Foods | 72000 | 2022-11-01 | 2023-10-31 | strain gauge
"""
HEADS = """
Research | Ingrid Solvay | 2009-03-02 | 2013-12-31
Research | Tomas Okafor | 2014-01-01 |
Production | Mei Castellan | 2012-02-01 |
Sales | Ruth Amadi | 2012-09-03 | 2015-06-30
Sales | Piotr Haldane | 2015-07-01 |
Finance | Ruth Amadi | 2015-07-01 |
Software | Tomas Okafor | 2011-08-15 | 2013-04-21
Software | Soren Vance | 2013-04-22 |
"""
LINKS = {
    "located_in": "Harbour House: Bergen; Mill Building: Leeds; Tower Nine: Gdansk; Quay Studio: Porto",
    "in_country": "Bergen: Norway; Leeds: United Kingdom; Gdansk: Poland; Porto: Portugal; Osaka: Japan; Lyon: France",
    "headquartered_in": "Corvid Marine: Bergen; Ostara Health: Lyon; Brunel Rail: Leeds; Northlight Energy: Gdansk; "
    "Sakura Foods: Osaka",
    "supplied_by": "laser diode: Halvard Optics; glass prism: Halvard Optics; microphone array: Tanager Audio; "
    "steel frame: Redwater Steel; strain gauge: Redwater Steel; pressure sensor: Tanager Audio; "
    "edge computer: Pixel Forge",
    "supplier_country": "Halvard Optics: Norway; Tanager Audio: Japan; Redwater Steel: United Kingdom; "
    "Pixel Forge: Poland",
}
TYPES = {
    "located_in": ("office", "city"),
    "in_country": ("city", "country"),
    "headquartered_in": ("customer", "city"),
    "supplied_by": ("component", "supplier"),
    "supplier_country": ("supplier", "country"),
}
PAY = {"type": "integer", "unit": "EUR"}


def ref(kind: str, name: str) -> str:
    return f"{kind}/{re.sub(r'[^a-z]+', '-', name.lower())}"


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def _many(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(",") if one.strip()]


def facts() -> list[tuple[str, str, str, str, str, dict[str, str]]]:
    """Kind and name of the head, relation, kind and name of the tail (kind "" for a value), qualifiers."""
    out: list[tuple[str, str, str, str, str, dict[str, str]]] = []
    for name, department, boss, office, salary, hired, skills, projects in _rows(EMPLOYEES):
        out.append(("employee", name, "works_in", "department", department, {}))
        out.append(("employee", name, "based_at", "office", office, {}))
        out.append(("employee", name, "salary", "", salary, {}))
        out.append(("employee", name, "hired_on", "", hired, {}))
        out += [("employee", name, "reports_to", "employee", boss, {})] if boss else []
        out += [("employee", name, "has_skill", "skill", skill, {}) for skill in _many(skills)]
        out += [("employee", name, "works_on", "project", project, {}) for project in _many(projects)]
    for name, department, lead, customer, budget, start, end, parts in _rows(PROJECTS):
        out.append(("project", name, "owned_by_department", "department", department, {}))
        out.append(("project", name, "project_lead", "employee", lead, {}))
        out.append(("project", name, "commissioned_by", "customer", customer, {}))
        out.append(("project", name, "budget", "", budget, {}))
        out.append(("project", name, "start_date", "", start, {}))
        out.append(("project", name, "end_date", "", end, {}))
        out += [("project", name, "uses_component", "component", part, {}) for part in _many(parts)]
    for relation, pairs in LINKS.items():
        kinds = TYPES[relation]
        for pair in pairs.split(";"):
            head, tail = (side.strip() for side in pair.split(":"))
            out.append((kinds[0], head, relation, kinds[1], tail, {}))
    for department, person, start, end in _rows(HEADS):
        term = {"valid_from": start} | ({"valid_to": end} if end else {})
        out.append(("department", department, "headed_by", "employee", person, term))
    return out


def records() -> Iterator[Record]:
    """The typed form: entities with their values, then triples."""
    entities: dict[str, Record] = {}
    for kind, name, relation, other, value, _ in facts():
        for each, label in ((kind, name), (other, value)):
            if each:
                entities.setdefault(ref(each, label), {"id": ref(each, label), "label": label, "types": [each]})
        if not other:
            literal = {"type": "date", "value": value} if "-" in value else PAY | {"value": int(value)}
            entities[ref(kind, name)].setdefault("attributes", {})[relation] = literal
    yield from ({"entity": entities[key]} for key in sorted(entities))
    for kind, name, relation, other, value, term in facts():
        if other:
            triple: Record = {"head": ref(kind, name), "relation": relation, "tail": ref(other, value)}
            yield {"triple": triple | ({"qualifiers": term} if term else {})}


def typed() -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records())


def plain() -> str:
    """The bare form: who heads a department today only, since it has no terms."""
    rows = [fact for fact in facts() if "valid_to" not in fact[5]]
    return "".join(f"{name}\t{relation}\t{value}\n" for _, name, relation, _, value, _ in rows)
