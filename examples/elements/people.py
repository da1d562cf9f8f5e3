"""Reads who discovered an element out of a line of text: "Sir H. Davy, J.L. Gay-Lussac", "Pierre and Marie Curie"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from examples.elements.countries import fold, slug

ORGANISATION = re.compile(
    r"\b(institute|laborator|centre|center|research|university|U\.? of|Argonne)|^[A-Z]{3,}$", re.I
)
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
    """ "Pierre and Marie Curie" gives both the surname that only the last one carries."""
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


def _join_slips(groups: dict[tuple[str, ...], set[tuple[str, str]]]) -> None:
    """Joins groups that share a full first name and whose surnames differ in one letter (Ramsay, Ramsey)."""
    seen: list[tuple[str, tuple[str, ...]]] = []
    for key in sorted(key for key in groups if key[0] == "person"):
        for name in sorted({TITLE.sub("", name) for _, name in groups[key]}):
            given = SUFFIX.sub("", name).rpartition(" ")[0]
            if "." in given or not given:
                continue
            near = next((k for g, k in seen if g == fold(given) and k != key and _one_letter_apart(k[1], key[1])), None)
            if near:
                groups[near] |= groups.pop(key)
                break
            seen.append((fold(given), key))


def _one_letter_apart(a: str, b: str) -> bool:
    return len(a) == len(b) > 4 and sum(x != y for x, y in zip(a, b, strict=True)) == 1


def merge(mentions: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Discoverer]:
    """One Discoverer for all spellings of a person: same surname and first initial, titles and accents aside."""
    groups: dict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
    for kind, name in mentions:
        plain = TITLE.sub("", name)
        key = (kind, fold(name)) if kind != "person" else (kind, fold(surname(plain)), fold(plain)[:1])
        groups[key].add((kind, name))
    _join_slips(groups)
    out: dict[tuple[str, str], Discoverer] = {}
    for same in groups.values():
        plain = {TITLE.sub("", name) if " " in TITLE.sub("", name) else name for _, name in same}
        ranked = sorted(plain, key=lambda name: (name.count("."), -len(name), name))
        kind = next(iter(same))[0]
        person = Discoverer(kind, list(dict.fromkeys([*ranked, *sorted(name for _, name in same)])))
        out.update(dict.fromkeys(same, person))
    people = {someone.id: someone for someone in out.values() if someone.kind == "person"}
    bearers: dict[str, set[str]] = defaultdict(set)
    for ref, person in people.items():
        for name in person.names:
            bearers[surname(name)].add(ref)
    for last, ids in sorted(bearers.items()):
        if len(ids) == 1 and last not in (person := people[next(iter(ids))]).names:
            person.names.append(last)
    return out
