"""What a question says before any plan is tried: words, names, what must be explained, and operator cues."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kgqa.english.function_words import (
    AUXILIARIES,
    BOOLEAN_OPENERS,
    FUNCTION_WORDS,
    PREPOSITIONS,
    REQUESTS,
    WH_WORDS,
)
from kgqa.languages.lexicon import ENGLISH, language_of
from kgqa.languages.words import Word, words_of
from kgqa.reasoning.search.question.asked import noun_use
from kgqa.reasoning.search.question.cues import Cues, find_cues
from kgqa.reasoning.search.question.frame import Frame, read_frame
from kgqa.types import Candidate, Mention

_PAUSE = frozenset(",;:")
_STOP = re.compile(r"[.!?…–—]|\s-+\s")
_OWN = "·"
"""Marks a function word that is meant as a relation of the graph, so that no cue is read from it."""
_COMING = frozenset("come comes came coming".split())
FAINT = 0.3
"""Readings this much weaker than the strongest are left out."""
SURE = 0.5
"""From this strength on words are taken for a name."""
NOT_MEANT = 0.1
"""So are readings weaker than this: "in" is hardly the symbol of indium, even where nothing else is named."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One reading of a mention: the node where a plan may start and the words that name it."""

    mention: Mention
    candidate: Candidate
    tokens: tuple[int, ...]
    strength: float

    @property
    def middle(self) -> float:
        return (self.tokens[0] + self.tokens[-1]) / 2


@dataclass(frozen=True, slots=True)
class Analysis:
    """A question taken apart. ``content[i]`` says whether word ``i`` has to be explained unless it names something.

    ``told``: content words that only say what a name beside them is, and may go unexplained; ``masked``: its words
    without what only frames it, "it" for each sure name: what is asked, of whatever it is asked.
    """

    question: str
    tokens: tuple[Word, ...]
    anchors: tuple[Anchor, ...]
    unlinked: tuple[tuple[int, ...], ...]
    content: tuple[bool, ...]
    cues: Cues
    language: str = ENGLISH
    masked: str = ""
    told: frozenset[int] = frozenset()

    @property
    def content_words(self) -> list[str]:
        """The words that may have to be explained, in lower case."""
        return [token.lower for token, content in zip(self.tokens, self.content) if content]


def strongest(anchors: Sequence[Anchor]) -> tuple[Anchor, ...]:
    """The strongest readings whose words do not overlap."""
    taken: set[int] = set()
    out = []
    for anchor in sorted(anchors, key=lambda item: (-item.strength, item.tokens)):
        if taken.isdisjoint(anchor.tokens):
            taken.update(anchor.tokens)
            out.append(anchor)
    return tuple(out)


def analyse(
    question: str, mentions: Sequence[Mention], *, nouns: frozenset[str] = frozenset(), max_anchors: int = 12
) -> Analysis:
    """Takes a question apart. Closed-class words of another language are read as their English counterparts.

    Args:
        question: the question as asked
        mentions: what linking found; spans may overlap, a mention without candidates is a name the graph lacks
        nouns: words of quantity that alone are the name of a relation: "the amount of loan 7" counts nothing
        max_anchors: readings kept, strongest first
    """
    language = language_of(question)
    spans = [(mention.start, mention.end) for mention in mentions if mention.candidates and mention.end]
    tokens = words_of(question, language, names=spans)
    anchors: list[Anchor] = []
    unlinked: list[tuple[int, ...]] = []
    for mention in mentions:
        covered = tuple(i for i, token in enumerate(tokens) if token.start < mention.end and token.end > mention.start)
        if not covered and mention.candidates and mention.candidates[0].how == "given":
            covered = _stand_in(tokens)
        if not covered:
            continue
        if not mention.candidates:
            unlinked.append(covered)
            continue
        for rank, candidate in enumerate(mention.candidates):
            if candidate.how == "type" or _speaker(tokens, covered):
                continue
            length = min(1.0, 0.7 + 0.1 * len(covered))
            strength = candidate.score * length * 0.97**rank
            anchors.append(Anchor(mention, candidate, covered, strength))
    anchors.sort(key=lambda item: (-item.strength, item.tokens, item.candidate.node))
    floor = max(NOT_MEANT, FAINT * anchors[0].strength) if anchors else 0.0
    anchors = [anchor for anchor in anchors if anchor.strength >= floor][:max_anchors]
    sure = {i for anchor in anchors if anchor.strength >= SURE for i in anchor.tokens}
    words = [token.lower for token in tokens]
    named = [i in sure and not _operator(words, i) for i in range(len(words))]
    gaps = [question[before.end : token.start] for before, token in pairwise(tokens)]
    pauses = frozenset(i for i, gap in enumerate(gaps, start=1) if not _PAUSE.isdisjoint(gap))
    stops = frozenset(i for i, gap in enumerate(gaps, start=1) if _STOP.search(gap))
    own = frozenset(i for i, word in enumerate(words) if word in nouns and _about_a_name(words, named, i))
    said = ["" if inside else word for word, inside in zip(words, named)]
    frame = read_frame(said, pauses | stops) if language == ENGLISH else Frame(0, len(words))
    anchors = [anchor for anchor in anchors if anchor.strength >= SURE or any(frame.holds(i) for i in anchor.tokens)]
    cues = find_cues([f"{w}{_OWN}" if i in own else w for i, w in enumerate(words)], named, pauses | stops, frame=frame)
    content = tuple(frame.holds(i) and (i in own or _has_content(words, i)) for i in range(len(words)))
    times = frozenset().union(*(cue.tokens for cue in cues.values))
    nameless = tuple(covered for covered in unlinked if not times.issuperset(covered))
    masked = _masked(words, anchors, frame)
    return Analysis(question, tokens, tuple(anchors), nameless, content, cues, language, masked)


def _masked(words: Sequence[str], anchors: Sequence[Anchor], frame: Frame) -> str:
    """The words of the question itself in lower case, "it" for each sure name."""
    first = {i: anchor.tokens[0] for anchor in strongest(anchors) if anchor.strength >= SURE for i in anchor.tokens}
    kept = (i for i in range(frame.first, frame.last) if i not in frame.verb)
    return " ".join("it" if i in first else words[i] for i in kept if first.get(i, i) == i)


def _speaker(tokens: Sequence[Word], covered: Sequence[int]) -> bool:
    """ "Would I need": the one who asks, whatever else is written "I"."""
    if len(covered) != 1 or tokens[covered[0]].text != "I":
        return False
    beside = [tokens[i].lower for i in (covered[0] - 1, covered[0] + 1) if 0 <= i < len(tokens)]
    return any(word in AUXILIARIES or word in REQUESTS for word in beside)


def _about_a_name(words: Sequence[str], named: Sequence[bool], i: int) -> bool:
    """Whether a noun is said of something named: "the amount of loan 7", not "the amount of loans"."""
    behind = words[i + 1] if i + 1 < len(words) else ""
    of = behind in PREPOSITIONS and any(named[i + 2 : i + 5])
    return of or (i > 0 and named[i - 1]) or (behind in AUXILIARIES and any(named[i + 2 : i + 5]))


def _has_content(words: Sequence[str], i: int) -> bool:
    if noun_use(words, i):
        return True
    if words[i] in _COMING and words[i + 1 : i + 2] == ["from"]:
        return False
    if words[i] in REQUESTS:  # "What did they find", not "find what they did"
        return any(word in ("did", "does", "was", "were", "has", "had") for word in words[:i])
    return words[i] not in FUNCTION_WORDS and not _anyone(words, i)


def _anyone(words: Sequence[str], i: int) -> bool:
    """ "Where do people speak it": people in general, of whom nothing is said."""
    return words[i] == "people" and i > 0 and words[i - 1] in (AUXILIARIES | WH_WORDS) - {"which", "what", "are"}


def _stand_in(tokens: Sequence[Word]) -> tuple[int, ...]:
    """Where a given entity stands that the question does not name: at its last function word ("Who directed it?")."""
    places = [i for i, token in enumerate(tokens) if token.lower in FUNCTION_WORDS and i > 0]
    return tuple((places or range(len(tokens)))[-1:])


def _operator(words: Sequence[str], i: int) -> bool:
    """The question word that opens a question is no name, whatever the graph calls its things."""
    return i == 0 and (words[i] in WH_WORDS or words[i] in BOOLEAN_OPENERS)
