"""The sample graph as plain dictionaries: what the gold answers are computed from, without the engine."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


class Graph:
    """Facts by head and by tail. A symmetric relation reads the same both ways."""

    def __init__(self, folder: Path) -> None:
        self.labels: dict[str, str] = {}
        self.names: dict[str, list[str]] = {}
        self.types: dict[str, set[str]] = defaultdict(set)
        self.attributes: dict[str, dict[str, list[Any]]] = {}
        self.passages: dict[str, str] = {}
        self._forward: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._backward: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._ids: dict[tuple[str, str], str] = {}
        records = _lines(folder / "facts.jsonl")
        symmetric = {r["relation"]["id"] for r in records if r.get("relation", {}).get("symmetric")}
        for record in records:
            if "entity" in record:
                self._entity(record["entity"])
            elif "passage" in record:
                self.passages[record["passage"]["id"]] = record["passage"]["text"]
            elif "triple" in record:
                head, relation, tail = (record["triple"][key] for key in ("head", "relation", "tail"))
                for a, b in [(head, tail), (tail, head)] if relation in symmetric else [(head, tail)]:
                    self._forward[a, relation].add(b)
                    self._backward[b, relation].add(a)
        self.dated = [r["triple"] for r in records if "valid_from" in r.get("triple", {}).get("qualifiers", {})]
        self.withheld = [record["triple"] for record in _lines(folder / "withheld.jsonl")]

    def _entity(self, entity: dict[str, Any]) -> None:
        ref, label = entity["id"], entity["label"]
        self.labels[ref] = label
        aliases = [name for language in entity.get("aliases", {}).values() for name in language]
        self.names[ref] = list(dict.fromkeys([label, *aliases, *entity.get("labels", {}).values()]))
        self.types[ref] |= set(entity.get("types", ()))
        self.attributes[ref] = {
            name: value if isinstance(value, list) else [value] for name, value in entity.get("attributes", {}).items()
        }
        for kind in entity.get("types", ()):
            self._ids[kind, label] = ref

    # --- finding things

    def id(self, kind: str, label: str) -> str:
        """The thing of that type and label; KeyError when the packages no longer hold it."""
        return self._ids[kind, label]

    def all(self, kind: str) -> set[str]:
        return {ref for ref, types in self.types.items() if kind in types}

    # --- walking

    def to(self, start: str | Iterable[str], relation: str) -> set[str]:
        """Everything that these point to by the relation."""
        return {tail for head in _many(start) for tail in self._forward.get((head, relation), ())}

    def back(self, start: str | Iterable[str], relation: str) -> set[str]:
        """Everything that points to these by the relation."""
        return {head for tail in _many(start) for head in self._backward.get((tail, relation), ())}

    def value(self, id: str, attribute: str) -> Any:
        """The value as a number or text; None when there is none."""
        found = self.attributes[id].get(attribute)
        value = None if not found else found[0]["value"] if isinstance(found[0], dict) else found[0]
        return int(value) if attribute == "discovery_year" and value is not None else value

    def unit(self, id: str, attribute: str) -> str | None:
        value = self.attributes[id][attribute][0]
        return value.get("unit") if isinstance(value, dict) else None

    def values(self, ids: Iterable[str], attribute: str) -> set[Any]:
        return {value for ref in ids if (value := self.value(ref, attribute)) is not None}

    def where(self, ids: Iterable[str], attribute: str, test: Callable[[Any], bool]) -> set[str]:
        return {ref for ref in ids if (value := self.value(ref, attribute)) is not None and test(value)}

    def extreme(self, ids: Iterable[str], measure: Callable[[str], Any], *, largest: bool = True) -> set[str]:
        """All that tie for the extreme measure; those without one are left out."""
        measured = {ref: m for ref in ids if (m := measure(ref)) is not None}
        best = (max if largest else min)(measured.values())
        return {ref for ref, m in measured.items() if m == best}


def _many(start: str | Iterable[str]) -> Iterable[str]:
    return (start,) if isinstance(start, str) else start


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
