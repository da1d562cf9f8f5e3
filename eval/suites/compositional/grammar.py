"""The half of the questions that a grammar words: rules of shape, answer and wordings, filled with drawn entities.

A wording holds alternatives, "(which|what) countries", and slots, "{x}" and "{y}". The two halves have their own
wordings and their own entities: a hash of its id puts an entity into one half, unless a question worded by hand in the
other half names it. Which entities and alternatives are drawn is a function of the records alone.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from eval.suites.compositional.desk import OPEN_KINDS, Desk, Some

MOST_ANSWERS = 12
CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")


@dataclass(frozen=True, slots=True)
class Rule:
    """``answer`` gives a draw's answer, None when the draw makes no question; ``kinds`` are those of x and y."""

    shape: str
    kinds: tuple[str, ...]
    answer: Callable[..., Any]
    dev: tuple[str, ...]
    test: tuple[str, ...]
    times: int = 4
    names: Callable[[Desk, str, random.Random], str] = lambda q, ref, _: spoken(q, ref)
    text: Callable[[str], str] = lambda text: text


def write(q: Desk, rules: tuple[Rule, ...], taken: frozenset[str]) -> None:
    """Writes every rule's questions; ``taken``: entities that the other half names."""
    for number, rule in enumerate(rules):
        rng = random.Random(f"{q.split} {number} {rule.shape}")
        wordings = rule.dev if q.split == "dev" else rule.test
        for n, (picks, answer) in enumerate(_draws(q, rule, taken, rng)):
            labels = [rule.names(q, ref, rng) for ref in picks]
            fills = dict(zip("xy", labels))
            question = _chosen(wordings[n % len(wordings)], rng).format(**fills)
            for ref in picks:
                q.one(_kind(q, ref), q.graph.labels[ref])
            q(rule.shape, rule.text(question[0].upper() + question[1:]), answer)


def _draws(q: Desk, rule: Rule, taken: frozenset[str], rng: random.Random) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Up to ``rule.times`` draws of entities with their answers; no entity comes twice as x."""
    pools = [[ref for ref in sorted(q.graph.all(kind)) if _mine(ref, q.split, taken)] for kind in rule.kinds]
    for pool in pools:
        rng.shuffle(pool)
    found = 0
    for first in pools[0]:
        others = rng.sample(pools[1], len(pools[1])) if len(pools) == 2 else [None]
        for other in others:
            if other == first:
                continue
            picks = (first, other) if other else (first,)
            answer = rule.answer(*(Some(q.graph, frozenset([ref])) for ref in picks))
            if answer is None or (isinstance(answer, Some) and not 0 < len(answer) <= MOST_ANSWERS):
                continue
            yield picks, answer
            found += 1
            break
        if found == rule.times:
            return


def _chosen(wording: str, rng: random.Random) -> str:
    """One alternative of each choice."""
    return CHOICE.sub(lambda found: rng.choice(found[1].split("|")), wording)


def _mine(ref: str, split: str, taken: frozenset[str]) -> bool:
    half = "dev" if hashlib.sha256(ref.encode()).digest()[0] % 2 else "test"
    return half == split and ref not in taken


def _kind(q: Desk, ref: str) -> str:
    return next(kind for kind in OPEN_KINDS if kind in q.graph.types[ref])


def spoken(q: Desk, ref: str) -> str:
    """The name as it stands within a sentence: elements are written small."""
    label = q.graph.labels[ref]
    return label.lower() if "element" in q.graph.types[ref] else label


def misspell(q: Desk, ref: str, rng: random.Random) -> str:
    """The name with one slip inside: two letters swapped, one lost or one doubled."""
    name = spoken(q, ref)
    places = [
        i for i in range(1, len(name) - 2) if name[i].isalpha() and name[i + 1].isalpha() and name[i] != name[i + 1]
    ]
    at = rng.choice(places)
    match rng.randrange(3):
        case 0:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        case 1:
            return name[:at] + name[at + 1 :]
        case _:
            return name[: at + 1] + name[at:]


def plain(text: str) -> str:
    """Lower case, without punctuation."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())
