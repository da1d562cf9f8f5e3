"""Classes in a graph without types: what has the same relations is of one kind, called by what relations call it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kgqa.english.function_words import BE, HAVE, LABEL_PREPOSITIONS
from kgqa.english.inflection import agent, participle
from kgqa.graph.words import as_words, path_parts
from kgqa.reasoning.search.vocabulary.phrases import Phrasing, content_stems
from kgqa.reasoning.search.vocabulary.schema import MAX_PHRASES, Schema
from kgqa.types import TextEncoder

INSIDE, MUCH = 0.8, 0.5
"""One class: of what has one relation at least the first share has the other, and the other way round the second."""
TYPED = 0.5
"""Where more of what has a relation are of types, these say what it is."""
PERSON = 0.6
"""How much like people the members of a class look that "people" and "person" say."""
REACHES = 0.05
MOST = 1024
"""Ends of relations that are compared with each other."""


@dataclass(frozen=True, slots=True)
class InducedClass:
    """Nodes that have the relation of ``part``, with those that have like ones; ``names`` as relations tell them.

    ``person``, ``place``: how well "who" and "where" ask for its members.
    """

    part: int
    names: tuple[str, ...]
    person: float
    place: float


def with_classes(schema: Schema, encoder: TextEncoder) -> Schema:
    """The schema with a type for each induced class; itself where everything has types or no relation leads on."""
    classes = induce(schema)
    if not classes:
        return schema
    phrasings = [_phrasing(found.names) for found in classes]
    texts = [(place, phrase) for place, said in enumerate(phrasings) for phrase in said.phrases[:MAX_PHRASES]]
    encoded = np.asarray(encoder.encode([phrase for _, phrase in texts]), dtype=np.float32)
    owner = np.concatenate([schema.owner, [len(schema.phrasings) + place for place, _ in texts]]).astype(np.int32)
    first = len(schema.types)
    shares = schema.follows[:, [found.part for found in classes]]
    return replace(
        schema,
        types=(*schema.types, *(str(schema.steps[found.part]) for found in classes)),
        induced=tuple(found.part for found in classes),
        phrasings=(*schema.phrasings, *phrasings),
        vectors=np.concatenate([schema.vectors, encoded]),
        owner=owner,
        first=np.searchsorted(owner, np.arange(len(schema.phrasings) + len(phrasings))),
        reach=tuple(
            replace(
                reach, types=reach.types | {first + k: float(row[k]) for k in np.flatnonzero(row >= REACHES).tolist()}
            )
            for reach, row in zip(schema.reach, shares, strict=True)
        ),
        stems=_with_postings(schema.stems, phrasings, len(schema.phrasings)),
        native=_with_postings(schema.native, phrasings, len(schema.phrasings)),
        kinds=schema.kinds.union(*(_heads(said) for said in phrasings)),
        phrase_stems=(*schema.phrase_stems, *((said.own, *said.others) for said in phrasings)),
        type_asked=np.concatenate(
            [schema.type_asked, np.asarray([(found.person, found.place, 0.0) for found in classes], dtype=np.float32)]
        ),
    )


def induce(schema: Schema) -> list[InducedClass]:
    """The kinds of things without types, from the samples of what relations reach; each with its broadest relation."""
    ends = np.asarray(
        [part for part in sorted(schema.part_of.values()) if _is_class(part, schema)][:MOST], dtype=np.int64
    )
    if not len(ends):
        return []
    # What a part leaves is what its opposite reaches: the share of it that has each of the other relations.
    within = schema.follows[np.ix_(schema.opposite[ends], ends)]
    alike = ((within >= INSIDE) & (within.T >= MUCH)) | ((within >= MUCH) & (within.T >= INSIDE))
    names = _names(schema)
    out: list[InducedClass] = []
    people: list[int] = []
    free = np.ones(len(ends), dtype=bool)
    for place in np.argsort(-within.sum(axis=0), kind="stable").tolist():
        if not free[place]:
            continue
        members = np.flatnonzero(alike[place] & free)
        members = members if len(members) else np.asarray([place])
        free[members] = False
        free[place] = False
        called = [name for end in ends[members].tolist() for name in names.get(end, ())]
        inside = schema.opposite[ends[within[:, place] >= INSIDE]].tolist()
        person = max((schema.reach[part].who for part in inside), default=0.0)
        if person >= PERSON and not (within[place, people] >= INSIDE).any():  # leads are people among the employees
            called.append("person")
            people.append(place)
        reached = schema.opposite[ends[members]].tolist()
        out.append(
            InducedClass(
                part=int(ends[place]),
                names=tuple(sorted(set(called), key=lambda name: (-called.count(name), called.index(name)))),
                person=person,
                place=max(schema.reach[part].where for part in reached),
            )
        )
    return out


def _is_class(part: int, schema: Schema) -> bool:
    """Whether what a part leaves are things without types."""
    reach = schema.reach[int(schema.opposite[part])]
    return max(reach.literal, reach.number, reach.time) <= 0.5 and sum(reach.types.values()) <= TYPED


def _names(schema: Schema) -> dict[int, list[str]]:
    """What relations call the things at their ends, by the part that leaves these."""
    valid = set(schema.part_of.values())
    found: dict[int, list[str]] = {}
    for part in range(schema.parts):
        phrasing = schema.phrasings[part]
        if phrasing.turned or (schema.inverse[part] and phrasing.phrases == schema.phrasings[part ^ 1].phrases):
            continue
        near, far = (end if end in valid else int(schema.opposite[end ^ 1]) for end in (part, part ^ 1))
        reach = schema.reach[part]
        things = max(reach.literal, reach.number, reach.time) <= 0.5
        path = path_parts(schema.steps[part].relation) if not schema.inverse[part] else ()
        phrases = phrasing.phrases
        if len(path) > 1 and phrases[0] == as_words(path[-1]).lower():
            found.setdefault(near, []).append(as_words(path[-2]).lower())
            phrases = (phrases[0], *phrases[2:])
        for phrase in phrases:
            heads, tails = ends_said(phrase)
            if phrase.endswith(" of") or (things and len(path) < 2):
                found.setdefault(near, []).extend(heads)
            found.setdefault(far, []).extend(tails)
    return found


def ends_said(phrase: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a relation's label calls its heads and its tails.

    "supplied by": suppliers; "owned by department", "kept in store": departments, stores; "uses component": components;
    "capital of": capitals as heads; "project lead": projects as heads, leads as tails; "place of birth": places.
    """
    words = phrase.split()
    while len(words) > 1 and (words[0] in BE or words[0] in HAVE or words[0] in LABEL_PREPOSITIONS):
        words = words[1:]
    if words[-1] in LABEL_PREPOSITIONS:
        if words[-1] == "of" and len(words) > 1:
            return (" ".join(words[:-1]),), ()
        does = len(words) > 1 and words[-1] == "by" and participle(words[-2])
        return (), (agent(words[-2]),) if does else ()
    inner = next((i for i, word in enumerate(words) if i and word in LABEL_PREPOSITIONS), None)
    if inner is not None and words[inner] == "of":
        return (), tuple(dict.fromkeys((" ".join(words), words[inner - 1])))
    if inner is not None:
        return (), _noun(words[inner + 1 :])
    if len(words) > 1 and (participle(words[0]) or _third_person(words[0])):
        return (), _noun(words[1:])
    return ((" ".join(words[:-1]),) if len(words) > 1 else ()), _noun(words)


def _noun(words: Sequence[str]) -> tuple[str, ...]:
    """A compound and its head."""
    return tuple(dict.fromkeys((" ".join(words), words[-1])))


def _third_person(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _phrasing(names: Sequence[str]) -> Phrasing:
    """The phrasing of a class; one that no relation names is told by what its members have alone."""
    terms = tuple(content_stems([name]) for name in names)
    stems = frozenset().union(*terms)
    return Phrasing(
        tuple(names) or ("thing",), stems, terms[0] if terms else frozenset(), others=terms[1:], native=stems
    )


def _heads(phrasing: Phrasing) -> frozenset[str]:
    """The stems that name a class by themselves."""
    return frozenset().union(*(terms for terms in (phrasing.own, *phrasing.others) if len(terms) == 1))


def _with_postings(
    postings: dict[str, tuple[int, ...]], phrasings: Sequence[Phrasing], first: int
) -> dict[str, tuple[int, ...]]:
    """The columns that stems say, with those of the classes; a stem of a compound alone does not say its class."""
    out = dict(postings)
    for column, phrasing in enumerate(phrasings, first):
        for stem in sorted(_heads(phrasing)):
            out[stem] = (*out.get(stem, ()), column)
    return out


def compounds(stems: frozenset[str], schema: Schema) -> list[tuple[int, frozenset[str]]]:
    """The columns of classes with a name of several words that are all in a question, and the stems of these words."""
    first = schema.parts + schema.stated
    return [
        (column, terms)
        for column, phrases in enumerate(schema.phrase_stems[first:], first)
        for terms in phrases
        if len(terms) > 1 and terms <= stems
    ]


def described(vectors: NDArray[np.float32], schema: Schema) -> NDArray[np.float32]:
    """The likeness of words to what the members of each class have. shapes: (words, dim) -> (words, classes)"""
    return np.asarray(vectors @ schema.class_vectors[schema.opposite[list(schema.induced)]].T, dtype=np.float32)
