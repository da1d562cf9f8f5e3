"""Exact names in many texts: an Aho-Corasick automaton over the letters of their words (Aho and Corasick, 1975)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import ahocorasick

from kgqa.index.normalise import Token


class NameAutomaton:
    """Finds every name in a text in one pass, however many names there are.

    A name is held with a space on either side, so that it begins and ends where words do. Its letters are characters:
    words as letters, of which one state has as many as there are first words, were measured ten times slower.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
        for key in keys:
            self._automaton.add_word(f" {key} ")
        if len(self._automaton):
            self._automaton.make_automaton()

    def __len__(self) -> int:
        return len(self._automaton)

    def find(self, tokens: Sequence[Token]) -> list[tuple[int, int]]:
        """(first, last) of every run of tokens that is a name, in order, overlapping ones included."""
        if not len(self._automaton) or not tokens:
            return []
        words = [token.key for token in tokens]
        begins: dict[int, int] = {}
        at = 0
        for number, word in enumerate(words):
            begins[at] = number
            at += len(word) + 1
        begins[at] = len(words)
        found = self._automaton.iter(f" {' '.join(words)} ")
        runs = ((begins[end - length + 1], begins[end] - 1) for end, length in found)
        return sorted((first, last) for first, last in runs if tokens[first].starts and tokens[last].ends)
