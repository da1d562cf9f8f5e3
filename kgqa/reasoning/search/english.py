"""English: its closed classes, irregular forms, measuring adjectives and a light stemmer.

Everything that search knows of a language stands here, so that another language is another module with the same
names. The lists are closed classes of general English; words of a graph's field come from its own labels.
"""

from __future__ import annotations

import re
from functools import lru_cache


def _list(text: str) -> list[str]:
    return text.split()


def _words(text: str) -> frozenset[str]:
    return frozenset(_list(text))


ARTICLES = _words("a an the")
AUXILIARIES = _words(
    """
    is are was were be been being am do does did done has have had having can could will would shall should may
    might must isn't aren't wasn't weren't doesn't didn't don't hasn't haven't hadn't
    """
)
WH_WORDS = _words("who whom whose what which when where how")
PREPOSITIONS = _words(
    """
    of in on at by for from to into with within about as between among over under through during across along
    around against towards toward upon onto off out up down per via than
    """
)
PRONOUNS = _words(
    """
    i me my we us our you your he him his she her hers it its they them their theirs this that these those there
    here one ones someone somebody something anyone anybody anything
    """
)
CONJUNCTIONS = _words("and or but nor if whether while because so")
FILLERS = _words(
    """
    please tell give list name show find get say want know let's can't kindly could also too very just any some
    all every each both many much more most less least fewer fewest not no other another same only ever called
    named known thing things kind kinds sort sorts respectively different various certain such own exactly total
    number amount share shares shared sharing common else co together
    """
)
FUNCTION_WORDS = ARTICLES | AUXILIARIES | WH_WORDS | PREPOSITIONS | PRONOUNS | CONJUNCTIONS | FILLERS
SHARING = _words("same share shares shared sharing also common too both other another else co together")
NEGATIONS = _words("not without except excluding no never n't neither")
BOOLEAN_OPENERS = _words("is are was were do does did has have had can could will would")

NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        _list(
            """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty
    """
        )
    )
}
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
ORDINALS = {
    word: rank for rank, word in enumerate(_list("first second third fourth fifth sixth seventh eighth ninth tenth"), 1)
}

# Adjectives that measure: what they measure, and whether the superlative asks for the largest value.
MEASURES: dict[str, tuple[tuple[str, ...], bool]] = {
    "large": (("size", "area", "population"), True),
    "big": (("size", "area", "population"), True),
    "great": (("size", "number"), True),
    "small": (("size", "area", "population"), False),
    "little": (("size", "amount"), False),
    "high": (("height", "elevation"), True),
    "low": (("height", "elevation"), False),
    "tall": (("height",), True),
    "short": (("length", "height", "duration"), False),
    "long": (("length", "duration"), True),
    "wide": (("width",), True),
    "deep": (("depth",), True),
    "shallow": (("depth",), False),
    "thick": (("thickness",), True),
    "thin": (("thickness",), False),
    "heavy": (("weight", "mass"), True),
    "light": (("weight", "mass"), False),
    "dense": (("density",), True),
    "old": (("age", "birth", "founded", "year", "date"), False),
    "young": (("age", "birth", "founded", "year", "date"), True),
    "new": (("year", "date", "release"), True),
    "early": (("year", "date"), False),
    "late": (("year", "date"), True),
    "recent": (("year", "date"), True),
    "fast": (("speed",), True),
    "slow": (("speed",), False),
    "hot": (("temperature",), True),
    "cold": (("temperature",), False),
    "warm": (("temperature",), True),
    "rich": (("wealth", "income", "worth"), True),
    "poor": (("wealth", "income", "worth"), False),
    "expensive": (("price", "cost"), True),
    "cheap": (("price", "cost"), False),
    "populous": (("population",), True),
    "populated": (("population",), True),
    "good": (("rating", "score"), True),
    "bad": (("rating", "score"), False),
    "popular": (("popularity", "votes"), True),
    "strong": (("strength",), True),
    "weak": (("strength",), False),
    "hard": (("hardness",), True),
    "soft": (("hardness",), False),
    "bright": (("brightness",), True),
    "near": (("distance",), False),
    "far": (("distance",), True),
    "close": (("distance",), False),
}
TEMPORAL = _words("old young new early late recent")
IRREGULAR_DEGREES = {
    "best": ("good", "superlative"),
    "better": ("good", "comparative"),
    "worst": ("bad", "superlative"),
    "worse": ("bad", "comparative"),
    "farthest": ("far", "superlative"),
    "furthest": ("far", "superlative"),
    "farther": ("far", "comparative"),
    "further": ("far", "comparative"),
    "eldest": ("old", "superlative"),
    "elder": ("old", "comparative"),
    "last": ("late", "superlative"),
    "latest": ("late", "superlative"),
    "first": ("early", "superlative"),
    "maximum": ("great", "superlative"),
    "minimum": ("little", "superlative"),
    "greatest": ("great", "superlative"),
    "biggest": ("big", "superlative"),
    "bigger": ("big", "comparative"),
    "later": ("late", "comparative"),
}

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
        "belief": "believe believes believed belief religion religious",
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
    ("sion", "s"), ("ance", ""), ("ence", ""), ("or", ""), ("er", ""), ("ery", ""), ("ly", ""),
)  # fmt: skip
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


def _strip(word: str, endings: tuple[tuple[str, str], ...], *, least: int) -> str:
    """The word without the first of these endings that leaves ``least`` letters with a vowel."""
    for ending, replacement in endings:
        if not word.endswith(ending) or (ending == "s" and word.endswith(("ss", "us", "is"))):
            continue
        root = word[: len(word) - len(ending)] + replacement
        if len(root) >= least and _VOWEL.search(root):
            return root
    return word


def degree(word: str) -> tuple[str, str] | None:
    """(adjective, "comparative" or "superlative") of a word that grades a measuring adjective, else None."""
    if word in IRREGULAR_DEGREES:
        return IRREGULAR_DEGREES[word]
    for suffix, kind in (("est", "superlative"), ("er", "comparative")):
        if not word.endswith(suffix):
            continue
        root = word[: -len(suffix)]
        for base in (root, root + "e", root[:-1] + "y" if root.endswith("i") else root, root[:-1]):
            if base in MEASURES and (base != root[:-1] or root[-1:] == root[-2:-1]):
                return base, kind
    return None


def person_noun(word: str) -> bool:
    """Whether a word names somebody by what they do: an agent noun such as "director" (a guess by its ending)."""
    return len(word) > 4 and word.endswith(("er", "or", "ist", "ian", "ess", "ers", "ors", "ists", "ians"))


WH_PROBES: dict[str, tuple[str, ...]] = {
    "who": ("person", "people", "human", "actor", "scientist", "politician", "author"),
    "where": ("place", "country", "city", "location", "region", "town"),
    "when": ("date", "year", "time"),
}
"""Nouns that stand for what a question word asks for; graphs' types and relations are compared with them."""
