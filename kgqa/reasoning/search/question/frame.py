"""What only frames a question: "I'd like to know ...", "Quick question: ...", "State the ...", "..., right?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgqa.english.function_words import (
    ARTICLES,
    ASKING,
    AUXILIARIES,
    BOOLEAN_OPENERS,
    EMBEDDING,
    FUNCTION_WORDS,
    HEARERS,
    IMPERATIVES,
    PARTICIPANTS,
    PARTICLES,
    PREPOSITIONS,
    REQUESTS,
    TAGS,
)
from kgqa.english.inflection import plural, singular

ASIDE = 7
"""Words that an opening or closing remark may have."""
DETERMINERS = ARTICLES | frozenset("all every any each some both these those its their his her".split())
_ABOUT = ARTICLES | frozenset(("", "and", "about", "concerning", "regarding"))
_POLITE = PARTICLES | frozenset(("to", "for", "mind", "like", "love", "kindly"))
_WHETHER = frozenset(("whether", "if"))
_FINITE = frozenset("is are was were isn't aren't wasn't weren't has have had does do did".split())
_RELATIVE = frozenset("who whom whose which that where when what how".split())


@dataclass(frozen=True, slots=True)
class Frame:
    """Words ``first`` to ``last`` (exclusive) are the question itself; the others only frame it.

    ``verb``: the words of an imperative at its start, which ask for an answer; ``truth``: it asks whether something is
    so, without saying it by its first word.
    """

    first: int
    last: int
    verb: tuple[int, ...] = ()
    truth: bool = False

    def holds(self, i: int) -> bool:
        """Whether a word belongs to what has to be explained."""
        return self.first <= i < self.last and i not in self.verb


def read_frame(words: Sequence[str], pauses: frozenset[int]) -> Frame:
    """Takes the frame off a question.

    Args:
        words: in lower case, those of names blank
        pauses: words before which a comma, a dash or the end of a sentence stands
    """
    first = _after_remarks(words, pauses)
    first, whether = _after_matrix(words, first)
    last, tagged = _before_tag(words, first, pauses)
    if last <= first:
        return Frame(0, len(words))
    verb = () if whether else _imperative(words, first, last)
    truth = whether or (not verb and _states(words, first, last, tagged=tagged))
    return Frame(first, last, verb, truth)


def _after_remarks(words: Sequence[str], pauses: frozenset[int]) -> int:
    """Behind opening remarks: "Hi there! ...", "By the way, ...", "Quick question: ...".

    What opens with a preposition says where or when ("Among the halogens, which ..."), unless it is "by the way"; what
    holds a name, a figure, a question word or a quantity is no remark, nor is what nothing but a noun would follow.
    """
    first = 0
    for pause in sorted(pauses):
        segment = words[first:pause]
        if pause < len(words) and _topic(segment) and words[pause] in ASKING | BOOLEAN_OPENERS:
            return pause
        if not segment or len(segment) > ASIDE or pause >= len(words):
            break
        opens = segment[0] in PREPOSITIONS and tuple(segment) != ("by", "the", "way")
        says = any(not word or word[0].isdigit() or word in ASKING or word in ("that", "and", "or") for word in segment)
        asks = words[pause] in ASKING | BOOLEAN_OPENERS | REQUESTS | PREPOSITIONS | PARTICIPANTS | {"there", ""}
        plurals = any(
            plural(word) == word != singular(word) and word not in ("thanks", "greetings") for word in segment
        )
        if opens or says or plurals or not (asks or words[pause] in ARTICLES):
            break
        first = pause
    return first


def _topic(segment: Sequence[str]) -> bool:
    """Whether words only say what a question is about: "Kenya and Ethiopia: are they ...", "About iodine: when ..."."""
    return "" in segment and all(word in _ABOUT for word in segment)


def _after_matrix(words: Sequence[str], first: int) -> tuple[int, bool]:
    """Behind the clause that a question is embedded in, and whether it is embedded by "whether" or "if".

    "Do you happen to know who ...", "I was wondering if ...", "My teacher asked me what ...", "Is it known when ...".
    """
    for i in range(first + 1, len(words)):
        word = words[i]
        if not word or (word in ASKING and i == first):
            break
        if word not in ASKING and word not in _WHETHER:
            continue
        prefix = words[first:i]
        if prefix[0] in ASKING or not _embeds(prefix):
            break
        # A preposition may go with the question word: "tell me in which country".
        return (i + 1, True) if word in _WHETHER else (i - (words[i - 1] in PREPOSITIONS - PARTICLES), False)
    if tuple(words[first : first + 2]) in (("is", "it"), ("isn't", "it")) and "that" in words[first + 2 : first + 5]:
        return words.index("that", first) + 1, True
    return _after_request(words, first), False


def _embeds(prefix: Sequence[str]) -> bool:
    """Whether these words take a question as their object: a verb or noun of knowing or asking stands last."""
    at = len(prefix) - 1
    while at >= 0 and (prefix[at] in PARTICLES | PREPOSITIONS | HEARERS or prefix[at] in ("as", "exactly", "just")):
        at -= 1
    if at < 0:
        return True
    return prefix[at] in EMBEDDING


def _after_request(words: Sequence[str], first: int) -> int:
    """Behind a request for a thing: "could you please give me ...", "I am looking for ..."."""
    at = first
    asked = person = False
    while at < len(words) and words[at]:
        word = words[at]
        if word in ASKING or word in DETERMINERS:
            break
        if word in PARTICIPANTS:
            person = True
        elif word in EMBEDDING or word in REQUESTS:
            asked = True
        elif word not in _POLITE and (asked or word not in AUXILIARIES):
            break
        at += 1
    return at if asked and person and at < len(words) else first


def _imperative(words: Sequence[str], first: int, last: int) -> tuple[int, ...]:
    """The verb of a request: "state the ...", "point out the ...", "identify ...", known by what follows it."""
    word = words[first]
    if not word or word in FUNCTION_WORDS - IMPERATIVES:
        return ()
    at = first + 1
    while at < last and words[at] in PARTICLES:
        at += 1
    after = words[at] if at < last else ""
    if word in IMPERATIVES or after in DETERMINERS | HEARERS:
        return tuple(range(first, at))
    return ()


def _before_tag(words: Sequence[str], first: int, pauses: frozenset[int]) -> tuple[int, bool]:
    """Before closing remarks ("please", "right?"), and whether one asks for agreement."""
    last, tagged = len(words), False
    while last - 1 > first and words[last - 1] in ("please", "thanks", "pls", "plz"):
        last -= 1
    for pause in sorted((i for i in pauses if first < i < last), reverse=True):
        segment = words[pause:last]
        if len(segment) > ASIDE or not all(word in FUNCTION_WORDS | TAGS for word in segment):
            break
        if any(word in ASKING for word in segment):
            break
        tagged = tagged or any(word in TAGS for word in segment) or segment[0] in BOOLEAN_OPENERS | {"isn't", "or"}
        last = pause
    return last, tagged


def _states(words: Sequence[str], first: int, last: int, *, tagged: bool) -> bool:
    """Whether the words state what is to be confirmed: a name with a finite verb and no question word."""
    own = words[first:last]
    if any(word in ASKING for word in own) or not own or own[0] in BOOLEAN_OPENERS:
        return False
    finite = next((i for i, word in enumerate(own) if word in _FINITE), None)
    if finite is None or any(word in _RELATIVE for word in own[:finite]):
        return tagged
    return tagged or (own[0] == "" and finite + 1 < len(own) and all(word == "" for word in own[:finite]))
