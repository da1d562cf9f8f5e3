"""Why a question is not answered, and which words called for which part of a plan: texts for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kgqa.english.aspect import DATES
from kgqa.english.degrees import MEASURES
from kgqa.english.function_words import PEOPLE
from kgqa.english.inflection import participle, singular
from kgqa.index.normalise import name_key
from kgqa.reasoning.execute import Result
from kgqa.reasoning.search.candidates.bases import Scene
from kgqa.reasoning.search.candidates.candidate import Candidate
from kgqa.reasoning.search.candidates.meant import of_a_kind_asked_about
from kgqa.reasoning.search.candidates.unwalked import Unwalked, belongs
from kgqa.reasoning.search.question.analysis import Analysis, Anchor, strongest
from kgqa.reasoning.search.question.asked import Asked
from kgqa.reasoning.search.ranking.features import NAMES
from kgqa.reasoning.search.ranking.word_order import name_where_the_asked_stands
from kgqa.types import Reason, ReasonCode

UNCLEAR = 0.15
LEVEL = 0.02
"""Readings of one name whose plans score closer than this cannot be told apart."""
UNEXPLAINED = 0.7
AGAIN = 0.5
"""The same where things were put into classes: a class is like many words."""
UNCALLED = 0.3
UNLIKE = 0.45
FAINT = 0.12
NAMED = 0.6
SAID = 0.95
"""From this match on a word is a relation's or type's own."""
COUNTED = 0.4
"""What is counted must be so like a relation or type of the plan."""
MISMATCH = 0.1
LEFT_OUT = 0.4
"""A name as sure as this must take part in the plan."""
SPOKEN = 0.3
"""A word that a relation or type explains so far may be no name."""
ALIKE = 0.2
"""A word as near to its own type as this is meant as the thing."""
_QUOTES = (('"', '"'), ("\u201c", "\u201d"), ("\u00ab", "\u00bb"))


def nothing_found(
    analysis: Analysis, lost: Candidate | None = None, hop: Unwalked | None = None, scene: Scene | None = None
) -> Reason:
    """The reason when no plan finds anything; ``lost`` is the best plan that explains the question, if any."""
    if lost is not None and scene is not None:
        if hop is not None and not belongs(hop.node, hop.part, scene):
            name, relation = scene.snapshot.label(hop.node), scene.schema.phrasings[hop.part].phrases[0]
            return Reason(ReasonCode.FALSE_PREMISE, f"{name} is no such thing as has the relation {relation!r}")
        return Reason(ReasonCode.NO_ANSWER, "the graph holds no fact that answers this")
    if analysis.anchors:
        return Reason(ReasonCode.NO_PLAN, "no walk over the graph explains the question")
    return nothing_named(analysis)


def nothing_named(analysis: Analysis) -> Reason:
    """The question names nothing that the graph surely has."""
    if analysis.unlinked:
        names = ", ".join(repr(" ".join(analysis.tokens[i].text for i in covered)) for covered in analysis.unlinked)
        return Reason(ReasonCode.NO_ENTITY, f"the graph has nothing named {names}")
    return Reason(ReasonCode.NO_ENTITY, "the question names nothing that the graph knows")


def weak(candidate: Candidate, features: NDArray[np.float32], scene: Scene, *, read: bool) -> Reason | None:
    """Whether even the best plan leaves the question unexplained.

    ``read``: whether a reader trained on this graph judged the plan; then its chance speaks for the words.
    """
    analysis = scene.analysis
    row = dict(zip(NAMES, features.tolist()))
    explained = scene.alignment.said.max(axis=1, initial=0.0)
    nameless = [covered for covered in analysis.unlinked if not candidate.cued.issuperset(covered)]
    unknown = any(explained[list(covered)].max() < NAMED for covered in nameless)
    if unknown or row["anchor"] < FAINT:
        return nothing_named(analysis)
    if row["unused"] > LEFT_OUT and left_out(candidate, scene):
        return Reason(ReasonCode.FALSE_PREMISE, "the names of the question are not connected in the way it says")
    if read:
        return None
    if analysis.cues.asked is Asked.BOOLEAN and (strange := _unheard_name(candidate, scene)) is not None:
        return Reason(ReasonCode.NO_ENTITY, f"the graph has nothing named {strange!r}")
    if (lacking := _of_another_kind(candidate, scene)) is not None:
        return Reason(ReasonCode.NO_PLAN, lacking)
    agent = analysis.cues.asked is Asked.WHO and _said_outright(candidate, row, scene)
    if (
        analysis.cues.asked in (Asked.WHO, Asked.WHEN)
        and row["asked"] < MISMATCH
        and not row["operators"]
        and not agent
    ):
        return Reason(ReasonCode.NO_PLAN, f"nothing found here is what '{analysis.cues.asked}' asks for")
    if (
        row["unexplained"] > (AGAIN if scene.schema.induced else UNEXPLAINED)
        and min(row["call_min"], _spoken(candidate, scene)) < UNCALLED
        and row["whole_mean"] < UNLIKE
        and not _meeting(candidate, row, scene)
    ):
        open_words = " ".join(token.text for token, content in zip(analysis.tokens, analysis.content) if content)
        return Reason(ReasonCode.NO_PLAN, f"nothing in the graph is called anything like: {open_words}")
    return None


def _meeting(candidate: Candidate, row: Mapping[str, float], scene: Scene) -> bool:
    """Whether all names of a question meet in a plan that leaves but one word open: "solar parks that he runs"."""
    if "intersect" not in candidate.operators or row["unused"] > MISMATCH:
        return False
    taken = candidate.cued.union(*(anchor.tokens for anchor in candidate.anchors))
    said = scene.alignment.said[:, list(candidate.parts)].max(axis=1, initial=0.0)
    content = scene.analysis.content
    return sum(content[i] and i not in taken and said[i] < SPOKEN for i in range(len(content))) <= 1


def _spoken(candidate: Candidate, scene: Scene) -> float:
    """How well the words beside the names say any of a plan: that it is a date is not said by "when"."""
    named = {i for anchor in candidate.anchors for i in anchor.tokens}
    rest = [i for i, content in enumerate(scene.analysis.content) if content and i not in named]
    if not rest or candidate.cued or scene.analysis.cues.asked is not Asked.WHEN:
        return 1.0
    return float(scene.alignment.said[np.ix_(rest, list(candidate.parts))].max(initial=0.0))


def _said_outright(candidate: Candidate, row: Mapping[str, float], scene: Scene) -> bool:
    """Whether a question says outright what a plan reaches, and that is a thing: "who makes it" may be a firm."""
    if not 0 <= candidate.final < scene.schema.parts:
        return False
    forward = scene.schema.phrasings[candidate.final & ~1].phrases
    if scene.schema.inverse[candidate.final] and any(participle(phrase.split()[0]) for phrase in forward):
        return False  # what was discovered somewhere discovered nothing
    reach = scene.schema.reach[candidate.final]
    things = max(reach.literal, reach.number, reach.time) < MISMATCH
    said = float(scene.alignment.said[:, candidate.final].max(initial=0.0))
    return things and said >= SAID and row["unexplained"] < MISMATCH


def _unheard_name(candidate: Candidate, scene: Scene) -> str | None:
    """A capitalised word that the plan does not use: "Is she Norwegian?" is not whether she has a nationality."""
    analysis = scene.analysis
    used = {i for anchor in candidate.anchors for i in anchor.tokens} | candidate.cued
    said = scene.alignment.said[:, list(candidate.parts)].max(axis=1, initial=0.0)
    rest = [i for i, content in enumerate(analysis.content) if content and i not in used]
    cased = len(rest) == 1 or any(token.text.islower() for token in analysis.tokens)
    for i, token in enumerate(analysis.tokens):
        if i and i not in used and cased and analysis.content[i] and token.text[:1].isupper() and said[i] < SAID:
            return token.text
    return None


def _of_another_kind(candidate: Candidate, scene: Scene) -> str | None:
    """Why a plan gives another kind of answer than a question of quantity asks for; None when it does not.

    "How much ..." asks for a figure; "how many lifeboats" counts nothing that is unlike a lifeboat.
    """
    analysis, schema = scene.analysis, scene.schema
    cues, final = analysis.cues, candidate.final
    if cues.asked is Asked.QUANTITY and cues.wh is not None and 0 <= final < schema.parts:
        graded = analysis.tokens[cues.wh + 1].lower if cues.wh + 1 < len(analysis.tokens) else ""
        reach = schema.reach[final]
        if (graded in MEASURES or graded == "much") and max(reach.number, reach.literal, reach.time) < MISMATCH:
            return f"nothing found here is what 'how {graded}' asks for"
    if cues.asked is Asked.THING and cues.noun and 0 <= final < schema.parts and not candidate.operators:
        dated = max(schema.reach[final].time, schema.reach[final].when) >= MISMATCH
        if (noun := analysis.tokens[cues.noun[-1]].lower) in DATES - {"time"} and not dated:
            return f"what is found here is no {noun!r}"
    if cues.asked is Asked.THING and cues.wh is not None and cues.noun and not candidate.cued.issuperset(cues.noun):
        head = cues.noun[-1]
        figure = 0 <= final < schema.parts and max(schema.reach[final].number, schema.reach[final].time) > SAID
        meant = max(scene.alignment.said[head, final], scene.alignment.kind[head, final]) if figure else 1.0
        if analysis.tokens[cues.wh].lower == "which" and head == cues.wh + len(cues.noun) and meant < COUNTED:
            return f"what is found here is no {analysis.tokens[head].lower!r}"
    if cues.asked is Asked.COUNT and cues.noun and candidate.operators[-1:] == ("count",):
        used = {i for anchor in candidate.anchors for i in anchor.tokens} | candidate.cued
        parts = list(candidate.parts)
        said = np.maximum(scene.alignment.said[:, parts], scene.alignment.kind[:, parts]).max(axis=1, initial=0.0)
        counted = analysis.tokens[cues.noun[-1]].lower
        if counted not in PEOPLE and used.isdisjoint(cues.noun) and said[list(cues.noun)].max() < COUNTED:
            return f"nothing found here is called {counted!r}"
    return None


def left_out(candidate: Candidate, scene: Scene) -> bool:
    """Whether a plan takes no notice of something that is surely meant as a name.

    Common words are names too ("Written", "The Words"). Surely meant is what is capitalised among lower-case words or
    quoted, what means something like its own type ("helium") or is of a type that a relation of the question has, and
    in a question without capitals what has several words that no relation or type explains, or one and is stronger
    than the names of the plan; and what stands for the thing asked for ("Which teas ...").
    """
    analysis = scene.analysis
    used = {i for anchor in candidate.anchors for i in anchor.tokens} | candidate.cued
    explained = scene.alignment.said.max(axis=1, initial=0.0)
    explained = np.maximum(explained, scene.alignment.kind.max(axis=1, initial=0.0))
    strength = max((anchor.strength for anchor in candidate.anchors), default=0.0)
    cased = any(token.text[:1].isupper() for token in analysis.tokens[1:])
    asked_at = name_where_the_asked_stands(analysis)
    for anchor in strongest(analysis.anchors):
        if anchor.strength <= LEFT_OUT or not used.isdisjoint(anchor.tokens) or _in_plural(anchor):
            continue
        first, last = analysis.tokens[anchor.tokens[0]], analysis.tokens[anchor.tokens[-1]]
        around = analysis.question[max(0, first.start - 1) : first.start], analysis.question[last.end : last.end + 1]
        shown = (cased and anchor.tokens[0] > 0 and first.text[:1].isupper()) or around in _QUOTES
        unspoken = sum(analysis.content[i] and explained[i] < SPOKEN for i in anchor.tokens)
        alone = not cased and (unspoken > 1 or (unspoken == 1 and anchor.strength > strength))
        meant = of_a_kind_asked_about(anchor, scene) or _like_its_kind(anchor, scene) >= ALIKE
        if shown or alone or meant or anchor.middle == asked_at:
            return True
    return False


def _in_plural(anchor: Anchor) -> bool:
    """Whether the question has a name in the plural only: "the films" are films, even where something is called so."""
    said, name = name_key(anchor.mention.text), name_key(anchor.candidate.label)
    return said != name and singular(said) == name


def _like_its_kind(anchor: Anchor, scene: Scene) -> float:
    """How near in meaning the words of a name are to the types of what it names: "helium" to "element"."""
    index = {name: scene.schema.parts + number for number, name in enumerate(scene.schema.types)}
    own = [index[name] for name in scene.snapshot.types_of(anchor.candidate.node) if name in index]
    return float(scene.alignment.said[np.ix_(anchor.tokens, own)].max(initial=0.0))


def reading_unclear(
    best: int,
    found: Sequence[tuple[int, Result]],
    candidates: Sequence[Candidate],
    scores: NDArray[np.float64],
) -> Reason | None:
    """Whether another reading of the same name gives another answer equally well."""
    first = candidates[best]
    for place, result in found[1:]:
        other = candidates[place]
        same_words = [a.tokens for a in first.anchors] == [a.tokens for a in other.anchors]
        nodes = [a.candidate.node for a in first.anchors] != [a.candidate.node for a in other.anchors]
        close = all(_as_good(a, b) for a, b in zip(first.anchors, other.anchors))
        level = close and first.parts == other.parts and scores[best] - scores[place] < UNCLEAR
        if same_words and nodes and level and result.refs != found[0][1].refs:
            ids = " or ".join(a.candidate.id for item in (first, other) for a in item.anchors)
            return Reason(ReasonCode.AMBIGUOUS, f"{first.anchors[0].mention.text!r} may be {ids}")
    return None


def _as_good(one: Anchor, other: Anchor) -> bool:
    """Whether two readings of a name fit it equally well: as exact ones do, or as both have all its words."""
    if "fuzzy" not in (one.candidate.how, other.candidate.how):
        return abs(one.candidate.score - other.candidate.score) < LEVEL
    words = frozenset(name_key(one.mention.text).split())
    return all(words <= frozenset(name_key(anchor.candidate.label).split()) for anchor in (one, other))


def explain_words(candidate: Candidate, scene: Scene) -> str:
    """ "discovered in" for 'discovered'; "country" for 'countries'"""
    out = []
    for part in candidate.parts:
        said = scene.alignment.said[:, part]
        kind = scene.alignment.kind[:, part]
        both = np.maximum(said, kind)
        phrase = scene.schema.phrasings[part].phrases[0]
        if len(both) and both.max() >= 0.3:
            out.append(f"{phrase!r} for {scene.analysis.tokens[int(both.argmax())].text!r}")
        else:
            out.append(f"{phrase!r} for no word")
    out += [f"{name}" for name in candidate.operators]
    return "; ".join(out)
