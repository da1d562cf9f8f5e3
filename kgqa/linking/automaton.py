"""Exact names in many texts: an Aho-Corasick automaton over word numbers (Aho and Corasick, 1975)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import ahocorasick

from kgqa.index.normalise import Token

_UNKNOWN = 0


class NameAutomaton:
    """Finds every name in a text in one pass, however many names there are.

    Its letters are words, numbered, so that names begin and end at word boundaries and the automaton stays small.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._numbers: dict[str, int] = {}
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_LENGTH, ahocorasick.KEY_SEQUENCE)
        numbers = self._numbers
        for key in keys:
            self._automaton.add_word(tuple([numbers.setdefault(word, len(numbers) + 1) for word in key.split(" ")]))
        self._empty = not numbers
        if not self._empty:
            self._automaton.make_automaton()

    def __len__(self) -> int:
        return len(self._automaton)

    def find(self, tokens: Sequence[Token]) -> list[tuple[int, int]]:
        """(first, last) of every run of tokens that is a name, overlapping ones included."""
        if self._empty or not tokens:
            return []
        word = self._numbers.get
        letters = tuple([word(token.key, _UNKNOWN) for token in tokens])
        runs = ((last - length + 1, last) for last, length in self._automaton.iter(letters))
        return sorted((first, last) for first, last in runs if tokens[first].starts and tokens[last].ends)
