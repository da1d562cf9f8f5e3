"""SimpleQuestions (Bordes et al. 2015, CC BY 3.0) as lessons for a reader of any graph; used by fit_reader.py.

People's questions over Freebase facts, with the name masked and the relations of the named thing beside (Yu et al.
2017), nested into each other: "where was [X] born" asked of "the author of [Y]". Questions about films and television
are left out, since questions about films are measured.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kgqa.reasoning.search.ranking.outline import MAX_LENGTH, NO_NAME, OPERATORS, Layout, slot_of
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.examples import Reading
from kgqa.training.reading import Asked

LEFT_OUT = frozenset(("film", "tv", "media_common"))
NAME = "#head_entity#"
SPLITS = ("valid", "test")
_NOUN_PHRASE = re.compile(
    r"^(?:what|who|which|whats|whos|what's|who's|name)(?: is| was| are| were| 's)? "
    rf"((?:the|an?|one|some) .*{NAME}.*?)\s*\??$"
)
_DANGLING = re.compile(r" (from|in|of|by|on|for|with|as|at|to|called|named|is|was|are|have|has|did|do|play|written)$")

Path_ = tuple[int, ...]


@dataclass(frozen=True)
class Asking:
    """A question with its name masked, the relations that answer it, and the others that the named thing has."""

    text: str
    right: tuple[str, ...]
    others: tuple[str, ...]


def facts(folder: Path) -> list[tuple[str, str, str]]:
    """The facts that were asked about, without the domains left out."""
    found = set()
    for split in SPLITS:
        for line in _lines(folder / f"annotated_fb_data_{split}.txt"):
            head, relation, tail = (part.removeprefix("www.freebase.com") for part in line.split("\t")[:3])
            if _domain(relation) not in LEFT_OUT:
                found.add((head.strip("/").replace("/", "."), relation, tail.strip("/").replace("/", ".")))
    return sorted(found)


def questions(folder: Path, known: frozenset[str]) -> list[Asking]:
    """The masked questions whose relations are all ``known``."""
    relations = [line.strip() for line in _lines(folder / "relation.2M.list")]
    out = []
    for split in SPLITS:
        for line in _lines(folder / f"{split}.replace_ne.withpool"):
            gold, pool, text = line.split("\t")
            right = tuple(relations[int(number) - 1] for number in gold.split())
            others = tuple(relations[int(number) - 1] for number in pool.split() if number.isdigit())
            if known.issuperset(right) and text.count(NAME) == 1:
                out.append(Asking(text.strip(), right, tuple(r for r in others if r in known and r not in right)))
    return out


def reverses(folder: Path) -> dict[str, set[str]]:
    """Relations that lead straight back over others of their domain: those mapped to a property and to its inverse."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for split in SPLITS:
        asked: dict[str, set[str]] = defaultdict(set)
        for line in _lines(folder / f"annotated_fb_data_{split}.txt"):
            _, relation, _, text = line.split("\t")
            asked[text].add(relation.removeprefix("www.freebase.com"))
        for line in _lines(folder / f"annotated_wd_data_{split}.txt"):
            _, mapped, _, text = line.split("\t")
            for relation in asked.get(text, ()):
                votes[relation][mapped] += 1
    forward, backward = defaultdict(set), defaultdict(set)
    for relation, mapped_to in votes.items():
        best = mapped_to.most_common(1)[0][0]
        (forward if best.startswith("P") else backward)[best[1:]].add(relation)
    out: dict[str, set[str]] = defaultdict(set)
    for number in forward:
        for one in forward[number]:
            for other in backward[number]:
                if _domain(one) == _domain(other):
                    out[one].add(other)
                    out[other].add(one)
    return out


class Asker:
    """Makes lessons of people's questions: each with its right walk and walks that might be mistaken for it."""

    def __init__(
        self, folder: Path, schema: Schema, stated: Sequence[tuple[str, str, str]], mask: str, rng: random.Random
    ) -> None:
        self._rng, self._mask = rng, mask
        self._column = {(step.relation, step.inverse): number for number, step in enumerate(schema.steps)}
        self._relations = [step.relation for step in schema.steps if not step.inverse]
        self._reverse = reverses(folder)
        self.asked = questions(folder, frozenset(self._relations))
        vectors = np.stack([schema.vectors[first] for first in schema.first[: schema.parts : 2]])
        self._alike = np.argsort(-(vectors @ vectors.T), axis=1)[:, :24]
        self._place = {relation: number for number, relation in enumerate(self._relations)}
        self._leads_to = _leads_to(stated, self._reverse)

    def examples(self, asked: Sequence[Asking], count: int, *, nested: float) -> list[Asked]:
        """``count`` questions, of which a share of ``nested`` asks about what others ask for."""
        by_kind: dict[str, list[Asking]] = defaultdict(list)
        for one in asked:
            by_kind[_kind(one.right[0])].append(one)
        phrases = [one for one in asked if _NOUN_PHRASE.match(one.text)]
        out = []
        while len(out) < count:
            draw = self._rng.random()
            if draw >= nested:
                found: Asked | None = self._plain(self._rng.choice(asked))
            else:
                found = self._nested(2 if draw < 0.62 * nested else 3, phrases, asked, by_kind)
            if found is not None:
                out.append(found)
        return out

    def pooled(self, asked: Sequence[Asking]) -> list[Asked]:
        """The questions against the named thing's other relations and ten that are called alike."""
        return [
            self._made(
                one.text,
                [(self._column[relation, False],) for relation in one.right],
                [(self._column[r, False],) for r in (*one.others, *self._called_alike(one.right[0], 10))],
            )
            for one in asked
        ]

    def _plain(self, asked: Asking) -> Asked:
        right = self._equal(asked.right)
        taken = self._rng.choice(right)
        # Either reading of a relation and its reverse may be all that a graph has.
        good = right if self._rng.random() < 0.3 else [taken]
        labels = {_label(relation) for relation in asked.right}
        others = [relation for relation in asked.others if _label(relation) not in labels]
        self._rng.shuffle(others)
        first = asked.right[0]
        single = [self._column[r, False] for r in (*others[:10], *self._called_alike(first, 4))]
        single += [self._column[r, True] for r in self._called_alike(first, 2)]
        single += [self._any() for _ in range(5)] + [taken ^ 1]
        back = taken ^ 1
        longer: list[Path_] = [(taken, self._any()) for _ in range(3)] + [(self._any(), taken) for _ in range(2)]
        longer += [(taken, back), (self._any(), self._any()), (taken, self._any(), self._any()), (taken, back, taken)]
        wrong = [(column,) for column in single if column not in right]
        return self._made(asked.text, [(column,) for column in good], [*wrong, *longer], operators_of=taken)

    def _nested(
        self, hops: int, phrases: Sequence[Asking], asked: Sequence[Asking], by_kind: dict[str, list[Asking]]
    ) -> Asked | None:
        parts = [self._rng.choice(phrases)]
        text = self._noun_phrase(parts[0].text)
        for depth in range(1, hops):
            outer = self._about(parts[-1].right[0], asked, by_kind)
            said = outer.text if depth == hops - 1 else self._noun_phrase(outer.text)
            if text is None or said is None:
                return None
            text = said.replace(NAME, text)
            parts.append(outer)
        if text is None:
            return None
        equal = [set(self._equal(part.right)) for part in parts]
        walk = tuple(self._rng.choice(sorted(columns)) for columns in equal)
        wrong: list[Path_] = [walk[::-1]]
        if hops < MAX_LENGTH:
            wrong += [(*walk, self._any()), (*walk, walk[-1] ^ 1)]
        for depth, part in enumerate(parts):
            named = [r for r in part.others if _label(r) != _label(part.right[0])]
            near = [*self._rng.sample(named, min(3, len(named))), *self._called_alike(part.right[0], 2)]
            for column in [*(self._column[r, False] for r in near), self._any(), walk[depth] ^ 1]:
                wrong.append((*walk[:depth], column, *walk[depth + 1 :]))
            wrong.append((*walk[:depth], *walk[depth + 1 :]))
            if hops < MAX_LENGTH:
                wrong.append((*walk[:depth], self._any(), *walk[depth:]))
        if hops > 2:
            wrong += [walk[:1], walk[-1:], (walk[1], walk[0], *walk[2:])]
        is_right = [len(w) == hops and all(c in same for c, same in zip(w, equal)) for w in wrong]
        return self._made(text, [walk], [w for w, good in zip(wrong, is_right) if w and not good])

    def _made(
        self, text: str, right: Sequence[Path_], wrong: Sequence[Path_], *, operators_of: int | None = None
    ) -> Asked:
        walks = [(walk, "") for walk in (*right, *wrong)]
        if operators_of is not None and self._rng.random() < 0.5:
            walks += [((operators_of,), name) for name in ("count", "exists", "empty")]
        elements, operators = [], []
        for plan, (walk, operator) in enumerate(walks):
            elements += [(plan, NO_NAME + 1, slot_of(depth, len(walk)), column) for depth, column in enumerate(walk)]
            operators.append((plan, OPERATORS.index(f"length {len(walk)}")))
            if operator:
                operators.append((plan, OPERATORS.index(operator)))
        layout = Layout(len(walks), np.asarray(elements, dtype=np.int64), np.asarray(operators, dtype=np.int64))
        masked = text.lower().replace(NAME, self._mask).rstrip(" ?.!")
        return Asked((Reading(masked, np.arange(len(walks)), layout),), np.arange(len(right)))

    def _equal(self, relations: Sequence[str]) -> list[int]:
        """Columns that say the same: the relations forward, and backward those that lead back over them."""
        backward = [(other, True) for relation in relations for other in sorted(self._reverse[relation])]
        keys = [*((relation, False) for relation in relations), *backward]
        return [self._column[key] for key in keys if key in self._column]

    def _called_alike(self, relation: str, count: int) -> list[str]:
        near = [self._relations[number] for number in self._alike[self._place[relation]].tolist()]
        same = self._reverse[relation]
        near = [other for other in near if _label(other) != _label(relation) and other not in same]
        return self._rng.sample(near, min(count, len(near)))

    def _any(self) -> int:
        return self._column[self._rng.choice(self._relations), self._rng.random() < 0.35]

    def _about(self, relation: str, asked: Sequence[Asking], by_kind: dict[str, list[Asking]]) -> Asking:
        """A question about the kind of thing that a relation leads to, where that is known."""
        kinds = {kind: count for kind, count in self._leads_to[relation].items() if kind in by_kind}
        if kinds and self._rng.random() < 0.85:
            return self._rng.choice(by_kind[self._rng.choices(list(kinds), weights=list(kinds.values()))[0]])
        return self._rng.choice(asked)

    def _noun_phrase(self, text: str) -> str | None:
        found = _NOUN_PHRASE.match(text)
        if found is None or _DANGLING.search(found[1]):
            return None
        article, rest = found[1].split(" ", 1)
        if article != "the" and self._rng.random() < 0.5:
            return f"the {rest}" if self._rng.random() < 0.5 else rest
        return found[1]


def _leads_to(stated: Sequence[tuple[str, str, str]], reverse: dict[str, set[str]]) -> dict[str, Counter[str]]:
    """The kinds of things that each relation leads to, by the relations that they have themselves."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for head, relation, _ in stated:
        kinds[head].add(_kind(relation))
    out: dict[str, Counter[str]] = defaultdict(Counter)
    for _, relation, tail in stated:
        out[relation].update(kinds.get(tail, ()))
    for relation in list(reverse):
        for other in reverse[relation]:
            out[relation][_kind(other)] += 5
    return out


def _domain(relation: str) -> str:
    return relation.split("/")[1]


def _kind(relation: str) -> str:
    return relation.rsplit("/", 1)[0]


def _label(relation: str) -> str:
    return relation.rsplit("/", 1)[1]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
