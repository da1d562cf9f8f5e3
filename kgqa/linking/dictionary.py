"""Exact names in a text: which runs of tokens are names in the graph, by look-up of every run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kgqa.english.inflection import plural, singular
from kgqa.index.contract import NameEntry, NameIndex
from kgqa.index.normalise import Token


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens [first, last] are a name; ``entries`` are the nodes that bear it."""

    first: int
    last: int
    entries: tuple[NameEntry, ...]


def find_names(
    tokens: Sequence[Token],
    index: NameIndex,
    *,
    plurals: frozenset[int] = frozenset(),
    singulars: frozenset[int] = frozenset(),
) -> list[Match]:
    """Every run of tokens that is a name, longest first at each place.

    The names stay in the index's table, so nothing is built when the graph changes: a question of n words asks for
    n times (longest name) keys in one statement. A run that ends in one of the tokens ``plurals`` is also looked up
    in the singular: "river otters", "comedies"; one of several words that ends in one of ``singulars`` in the plural:
    "noble gas" where the graph has "noble gases".
    """
    longest = min(index.longest_name, len(tokens))
    runs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for first, token in enumerate(tokens):
        if not token.starts:
            continue
        key = ""
        for last in range(first, min(first + longest, len(tokens))):
            key = f"{key} {tokens[last].key}" if key else tokens[last].key
            if tokens[last].ends:
                runs[key].append((first, last))
                if last in plurals:
                    runs[key.removesuffix(tokens[last].key) + singular(tokens[last].key)].append((first, last))
                elif last > first and last in singulars:
                    runs[key.removesuffix(tokens[last].key) + plural(tokens[last].key)].append((first, last))
    return _matches(runs, index)


def entries_of(tokens: Sequence[Token], found: Iterable[tuple[int, int]], index: NameIndex) -> list[Match]:
    """The matches of runs (first, last) that are known to be names."""
    runs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for first, last in found:
        runs[" ".join(token.key for token in tokens[first : last + 1])].append((first, last))
    return _matches(runs, index)


def _matches(runs: dict[str, list[tuple[int, int]]], index: NameIndex) -> list[Match]:
    entries: dict[str, list[NameEntry]] = defaultdict(list)
    for entry in index.lookup(list(runs)):
        entries[entry.key].append(entry)
    found = [Match(first, last, tuple(named)) for key, named in entries.items() for first, last in runs[key]]
    return sorted(found, key=lambda match: (match.first, -match.last))
