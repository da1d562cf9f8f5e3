"""English word families: a light stemmer with irregular forms, and a cruder one for words of any language."""

from __future__ import annotations

import re
from functools import lru_cache

_IRREGULAR_STEMS = {
    form: stem
    for stem, forms in {
        "birth": "born birth births bear bore",
        "die": "die dies died dying death deaths dead deceased",
        "marri": "married marry marries marrying marriage wed wedding",
        "writ": "write writes wrote written writing writer writers",
        "speak": "speak speaks spoke spoken speaking speaker speakers speech",
        "sing": "sing sings sang sung singing singer singers",
        "mak": "make makes made making maker makers",
        "found": "found founds founded founding founder founders foundation",
        "win": "win wins won winning winner winners",
        "lead": "lead leads led leading leader leaders leadership",
        "hold": "hold holds held holding holder holders",
        "build": "build builds built building builder builders",
        "teach": "teach teaches taught teaching teacher teachers",
        "buy": "buy buys bought buying buyer buyers",
        "sell": "sell sells sold selling seller sellers sale sales",
        "own": "own owns owned owning owner owners ownership",
        "know": "knew knows knowing knowledge",
        "grow": "grow grows grew grown growing grower growth",
        "choos": "choose chooses chose chosen choosing choice",
        "begin": "begin begins began begun beginning",
        "draw": "draw draws drew drawn drawing drawings",
        "drive": "drive drives drove driven driving driver drivers",
        "fight": "fight fights fought fighting fighter fighters",
        "fly": "fly flies flew flown flying flight flights",
        "think": "think thinks thought thinking thinker",
        "find": "finds finding finder",
        "live": "live lives lived living life",
        "belief": "believe believes believed believing belief beliefs believer believers",
        "man": "man men",
        "woman": "woman women",
        "child": "child children",
        "person": "person persons people",
        "wife": "wife wives",
        "foot": "foot feet",
        "bury": "buried bury buries burial",
        "produc": "produce produces produced producing producer producers production product products",
        "describ": "describe describes described describing description descriptions",
        "invent": "invent invents invented inventing inventor inventors invention inventions",
        "compos": "compose composes composed composing composer composers composition compositions",
        "creat": "create creates created creating creator creators creation creations",
        "locat": "locate locates located locating location locations",
        "nam": "name names named naming",
        "us": "use uses used using usage user users",
        "employ": "employ employs employed employing employer employers employment employee employees",
        "grade": "graduate graduates graduated graduating graduation",
        "act": "act acts acted acting actor actors actress actresses",
    }.items()
    for form in forms.split()
}
_INFLECTIONS = (("ies", "y"), ("ied", "y"), ("ings", ""), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
_DERIVATIONS = (
    ("ically", "ic"), ("ation", ""), ("ition", ""), ("ment", ""), ("ness", ""),
    ("ity", ""), ("ship", ""), ("tion", "t"),
    ("sion", "s"), ("val", "v"), ("posal", "pos"),
    ("ance", ""), ("ence", ""), ("or", ""), ("er", ""), ("ery", ""), ("ly", ""),
)  # fmt: skip
_ENDINGS = ("ings", "ing", "ers", "ors", "ies", "ied", "er", "or", "ed", "es", "s", "e", "y")
_VOWEL = re.compile(r"[aeiouy]")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The family of a lower-case word: "directed", "director" and "directing" share "direct".

    Strips inflections and agent endings, a doubled consonant and final e, i, y; irregular families come from a table.
    """
    word = word.removesuffix("'s").removesuffix("’s").strip("'’")
    if (known := _IRREGULAR_STEMS.get(word)) is not None:
        return known
    if len(word) <= 3 or not word.isalpha():
        return word
    word = _strip(_strip(word, _INFLECTIONS, least=3), _DERIVATIONS, least=4)
    word = _strip(word, _DERIVATIONS[-4:-1], least=5)
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    while len(word) > 3 and word[-1] in "eiy":
        word = word[:-1]
    return word


@lru_cache(maxsize=50_000)
def trim_ending(word: str) -> str:
    """A word without its last ending, enough to see that "directors", "directed" and "director" are about one thing.

    For names and texts in any language: unlike ``stem`` it knows no English families, which would join names.
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _strip(word: str, endings: tuple[tuple[str, str], ...], *, least: int) -> str:
    """The word without the first of these endings that leaves ``least`` letters with a vowel."""
    for ending, replacement in endings:
        if not word.endswith(ending) or (ending == "s" and word.endswith(("ss", "us", "is"))):
            continue
        root = word[: len(word) - len(ending)] + replacement
        if len(root) >= least and _VOWEL.search(root):
            return root
    return word


def person_noun(word: str) -> bool:
    """Whether a word names somebody by what they do: an agent noun such as "director" (a guess by its ending)."""
    return len(word) > 4 and word.endswith(("er", "or", "ist", "ian", "ess", "ers", "ors", "ists", "ians"))
