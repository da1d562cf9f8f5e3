"""Reads who discovered an element out of one line of text: "Sir H. Davy, J.L. Gay-Lussac" or "Pierre and Marie Curie"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from examples.elements.countries import fold, slug

ORGANISATION = re.compile(r"\b(institute|laborator|centre|center|research|university|U\.? of|Argonne)|^[A-Z]{3,}$", re.I)
UNKNOWN = re.compile(r"known to the ancients", re.I)
TITLE = re.compile(r"^(Sir|Baron|Lord)\s+")
SUFFIX = re.compile(r",?\s+(Jr|Sr)\.?$")
PARTICLE = re.compile(r"\s(?=(?:de|von|van|del|della)\s)")


@dataclass(slots=True)
class Discoverer:
    """A person or organisation: ``names`` as the data spell them, the fullest first once ``merge`` is done."""

    kind: str
    names: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.names[0]

    @property
    def id(self) -> str:
        return f"{self.kind}/{slug(self.label)}"


def split(text: str | None) -> list[tuple[str, str]]:
    """(kind, name) of everyone whom the line names. Nobody, where it says that the element was always known."""
    if not text or UNKNOWN.search(text):
        return []
    parts = [part.strip() for part in re.split(r"[,;/]", text)]
    parts = [part for part in parts if part and not re.fullmatch(r"et\.? al\.?", part)]
    if any(ORGANISATION.search(part) for part in parts):
        return [("organisation", re.sub(r"\s*\([A-Z]+\)$", "", part)) for part in parts]
    return [("person", _spaced(name)) for part in parts for name in _shared_surname(part)]


def _spaced(name: str) -> str:
    return re.sub(r"\.(?=[^\s.,-])", ". ", name)


def _shared_surname(part: str) -> list[str]:
    """"Pierre and Marie Curie" gives both the surname that only the last one carries."""
    first, found, last = part.partition(" and ")
    if not found:
        return [part]
    if " " in first:
        return [first, last]
    particle = PARTICLE.search(last)
    surname = last[particle.end() :] if particle else last.rsplit(" ", 1)[-1]
    return [f"{first} {surname}", last]


def surname(name: str) -> str:
    return SUFFIX.sub("", name).rsplit(" ", 1)[-1]


def merge(mentions: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Discoverer]:
    """One Discoverer for all spellings of a person: same surname and first initial, titles and accents aside."""
    groups: dict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
    for kind, name in mentions:
        plain = TITLE.sub("", name)
        key = (kind, fold(name)) if kind != "person" else (kind, fold(surname(plain)), fold(plain)[:1])
        groups[key].add((kind, name))
    out: dict[tuple[str, str], Discoverer] = {}
    for same in groups.values():
        plain = {TITLE.sub("", name) if " " in TITLE.sub("", name) else name for _, name in same}
        ranked = sorted(plain, key=lambda name: (name.count("."), -len(name), name))
        kind = next(iter(same))[0]
        person = Discoverer(kind, list(dict.fromkeys([*ranked, *sorted(name for _, name in same)])))
        out.update(dict.fromkeys(same, person))
    surnames: dict[str, set[str]] = defaultdict(set)
    people = {id(person): person for person in out.values() if person.kind == "person"}.values()
    for person in people:
        surnames[fold(surname(person.label))].add(person.id)
    for person in people:
        last = surname(person.label)
        if len(surnames[fold(last)]) == 1 and last not in person.names:
            person.names.append(last)
    return out
