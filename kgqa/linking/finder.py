"""Exact names in many texts, by the lengths that names have which begin with a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kgqa.index.normalise import Token


class NameFinder:
    """Finds every name in a text in one pass, however many names there are.

    Most words begin no name, and cost one look-up. An Aho-Corasick automaton over word numbers was measured at ten
    times the time and more where many names begin differently: pyahocorasick looks through a node's edges one by one.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._names = set(keys)
        lengths: dict[str, set[int]] = {}
        for key in self._names:
            words = key.split(" ")
            lengths.setdefault(words[0], set()).add(len(words))
        shared = {found: tuple(sorted(found)) for found in map(frozenset, lengths.values())}
        self._lengths = {word: shared[frozenset(found)] for word, found in lengths.items()}

    def __len__(self) -> int:
        return len(self._names)

    def find(self, tokens: Sequence[Token]) -> list[tuple[int, int]]:
        """(first, last) of every run of tokens that is a name, in order, overlapping ones included."""
        lengths, names = self._lengths, self._names
        words = [token.key for token in tokens]
        out = []
        for first, word in enumerate(words):
            for length in lengths.get(word, ()):
                last = first + length - 1
                if last >= len(words):
                    break
                fits = length == 1 or " ".join(words[first : last + 1]) in names
                if fits and tokens[first].starts and tokens[last].ends:
                    out.append((first, last))
        return out
