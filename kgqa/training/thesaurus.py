"""Words near in meaning, from the encoder's own vocabulary: paraphrases without a word list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.english.function_words import FUNCTION_WORDS
from kgqa.english.inflection import agent_noun, base, ing, participle, past, singular
from kgqa.english.stemming import stem
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.types import Progress, TextEncoder

NEAR = 0.54
"""Cosine from which two single words are taken as alike."""
CLASS_NEAR = 0.42
"""Cosine from which a word may name a kind of thing that is known by its relations only."""
MOST = 8


class Thesaurus:
    """Looks up neighbours of a graph's words among ``words``; a kind of Paraphrases."""

    def __init__(
        self, words: Sequence[str], encoder: TextEncoder, schema: Schema, *, progress: Progress | None = None
    ) -> None:
        self._words = [word for word in words if len(word) > 2 and word.isalpha() and word not in FUNCTION_WORDS]
        self._row = {word: k for k, word in enumerate(self._words)}
        self._encoder = encoder
        self._families: dict[str, list[str]] = {}
        for word in self._words:
            self._families.setdefault(stem(word), []).append(word)
        self._vectors = encoder.encode(self._words, progress=progress)
        self._cache: dict[str, tuple[str, ...]] = {}
        self._kinds = self._name_kinds(schema)

    def near(self, word: str) -> tuple[str, ...]:
        """Words like this one, itself left out; best first."""
        if word not in self._cache:
            row = self._row.get(word)
            vector = self._vectors[row] if row is not None else self._encoder.encode([word])[0]
            self._cache[word] = tuple(found for found in self._nearest(vector, NEAR) if found != word)
        return self._cache[word]

    def nouns(self, noun: str) -> tuple[str, ...]:
        """Nouns like this one, in the singular; one who does something only for another such.

        Words of its own family, and forms of verbs, are left out.
        """
        agents = agent_noun(noun)
        found = []
        for word in self.near(noun):
            single = singular(word)
            word = single if single in self._row else word
            form_of_verb = participle(word) or word.endswith(("ing", "ly"))
            if not form_of_verb and stem(word) != stem(noun) and (not agents or agent_noun(word)):
                found.append(word)
        return tuple(dict.fromkeys(found))

    def verbs(self, verb: str) -> tuple[str, ...]:
        """Participles like this one whose bare form is a known word."""
        return tuple(word for word in self.near(verb) if participle(word) and base(word) in self._row)

    def conjugated(self, verb: str) -> bool:
        """Whether the word's past and participle are words too."""
        return past(verb) in self._row and ing(verb) in self._row

    def done_by(self, noun: str) -> tuple[str, ...]:
        """What one who does something does, as participles: "actor" gives "acted"."""
        family = stem(singular(noun))
        if not agent_noun(singular(noun)):
            return ()
        return tuple(word for word in self._families.get(family, ()) if participle(word) and base(word) in self._row)

    def kinds(self, part: int) -> tuple[str, ...]:
        """Nouns that may name what a part reaches."""
        return self._kinds.get(part, ())

    def _name_kinds(self, schema: Schema) -> dict[int, tuple[str, ...]]:
        """For each part, nouns that may name what it reaches, found by the relations that such things have.

        Parts that reach things of like relations share their nouns; words that name relations are left out.
        """
        norms = np.linalg.norm(schema.follows, axis=1, keepdims=True)
        profiles = schema.follows / np.maximum(norms, 1e-6)
        out: dict[int, tuple[str, ...]] = {}
        for part in range(schema.parts):
            alike = np.flatnonzero(profiles @ profiles[part] > 0.85)
            mean = schema.class_vectors[alike].mean(axis=0) if len(alike) else schema.class_vectors[part]
            found = self._nearest(mean, CLASS_NEAR, most=4 * MOST)
            nouns = (
                singular(word) for word in found if not participle(word) and not word.endswith(("ing", "ly", "al"))
            )
            out[part] = tuple(dict.fromkeys(word for word in nouns if stem(word) not in schema.stems))[:MOST]
        return out

    def _nearest(self, vector: NDArray[np.float32], floor: float, *, most: int = MOST + 1) -> tuple[str, ...]:
        cosines = self._vectors @ vector
        order = np.argsort(-cosines, kind="stable")[:most]
        return tuple(self._words[k] for k in order if cosines[k] >= floor)
