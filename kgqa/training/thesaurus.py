"""Words near in meaning, from the encoder's own vocabulary: paraphrases without a word list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.english.function_words import FUNCTION_WORDS
from kgqa.english.inflection import agent, agent_noun, as_participle, base, ing, participle, past, singular
from kgqa.english.stemming import stem
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.types import Progress, TextEncoder

NEAR = 0.54
"""Cosine from which two single words are taken as alike."""
CLASS_NEAR = 0.42
"""Cosine from which a word may name a kind of thing that is known by its relations only."""
MOST = 8


LEVEL = 0.1
"""How far behind the best part another may lie and still be meant by the same general wording."""


class Thesaurus:
    """Looks up neighbours of a graph's words among ``words``; a kind of Paraphrases.

    A word that is nearer to another word of the graph is that one's: "wrote" is like "published", but more like
    "author" where the graph has both.
    """

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
        self._fits: dict[str, NDArray[np.float32]] = {}
        self._schema = schema
        self._own = sorted(
            {word for phrasing in schema.phrasings for phrase in phrasing.phrases for word in _words(phrase)}
        )
        self._own_vectors = encoder.encode(self._own)
        self._kinds = self._name_kinds(schema)

    def near(self, word: str) -> tuple[str, ...]:
        """Words like this one, itself left out; best first."""
        if word not in self._cache:
            row = self._row.get(word)
            vector = self._vectors[row] if row is not None else self._encoder.encode([word])[0]
            near = (found for found in self._nearest(vector, NEAR, most=2 * MOST) if found != word)
            self._cache[word] = tuple(found for found in near if self._meant(found, word))[:MOST]
        return self._cache[word]

    def _meant(self, word: str, own: str) -> bool:
        """Whether a word, in any of its forms, is as like one of the graph's own words as it is like any other."""
        rows = [self._row[form] for form in _forms(word) if form in self._row]
        likeness = (self._vectors[rows] @ self._own_vectors.T).max(axis=0, initial=0.0)
        family = _forms(own)
        mine = [k for k, other in enumerate(self._own) if not family.isdisjoint(_forms(other))]
        others = np.delete(likeness, mine)
        return not mine or float(likeness[mine].max()) >= float(others.max(initial=0.0))

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
        found = self._participles(self.near(verb))
        return tuple(word for word in found if word != verb)

    def conjugated(self, verb: str) -> bool:
        """Whether the word's past and participle are words too."""
        return past(verb) in self._row and ing(verb) in self._row

    def done_by(self, noun: str) -> tuple[str, ...]:
        """What one who does something does, as participles: "actor" gives "acted", "author" also "written"."""
        noun = singular(noun)
        if not agent_noun(noun):
            return ()
        return self._participles([*self._families.get(stem(noun), ()), *self.near(noun)])

    def happened(self, event: str) -> tuple[str, ...]:
        """Participles of an event's own family, else those near it: "released" at a release, "born" at a birth."""
        own = self._participles(self._families.get(stem(event), ()))
        return own or (self._participles(self.near(event)) if event in self._row else ())

    def _participles(self, words: Sequence[str]) -> tuple[str, ...]:
        verbs = dict.fromkeys(as_participle(word) for word in words)
        return tuple(verb for verb in verbs if participle(verb) and base(verb) in self._row)

    def speaks_of(self, wording: str, part: int, rivals: Sequence[int]) -> bool:
        """Whether a general wording ("what kind of book") may mean a part, or much rather another of some."""
        if wording not in self._fits:
            (vector,) = self._encoder.encode([wording])
            alike = self._schema.vectors @ vector
            self._fits[wording] = np.maximum.reduceat(alike, self._schema.first)
        fits = self._fits[wording]
        return bool(fits[part] >= fits[list(rivals)].max(initial=-1.0) - LEVEL)

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


def _words(phrase: str) -> list[str]:
    return [word for word in phrase.lower().split() if word not in FUNCTION_WORDS]


def _forms(word: str) -> frozenset[str]:
    """A word with the forms that it may have as a noun and as a verb."""
    single = singular(word)
    if not participle(word):
        return frozenset((word, single))
    root = base(word)
    return frozenset((word, root, past(word), ing(word), agent(word)))
