"""English words of measure: numbers, ordinals, and the adjectives that grade a value with what they measure."""

from __future__ import annotations

_CARDINALS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty
"""
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
NUMBER_WORDS = {word: value for value, word in enumerate(_CARDINALS.split())}
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
ORDINALS = {word: rank for rank, word in enumerate(_ORDINALS.split(), 1)}

# Adjectives that measure: what they measure, and whether the superlative asks for the largest value.
MEASURES: dict[str, tuple[tuple[str, ...], bool]] = {
    "large": (("size", "area", "population"), True),
    "big": (("large", "size", "area", "population"), True),
    "great": (("size", "number"), True),
    "small": (("size", "area", "population"), False),
    "little": (("size", "amount"), False),
    "huge": (("large", "size", "area", "population"), True),
    "vast": (("large", "size", "area"), True),
    "tiny": (("small", "size", "area", "population"), False),
    "high": (("height", "elevation"), True),
    "low": (("height", "elevation"), False),
    "tall": (("height",), True),
    "short": (("length", "height", "duration"), False),
    "long": (("length", "duration"), True),
    "wide": (("width",), True),
    "broad": (("width",), True),
    "narrow": (("width",), False),
    "lengthy": (("length", "duration"), True),
    "brief": (("length", "duration"), False),
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
    "quick": (("speed", "duration"), True),
    "cool": (("temperature",), False),
    "ancient": (("age", "year", "date"), False),
    "wealthy": (("wealth", "income", "worth"), True),
    "rich": (("wealth", "income", "worth"), True),
    "poor": (("wealth", "income", "worth"), False),
    "expensive": (("price", "cost"), True),
    "cheap": (("price", "cost"), False),
    "costly": (("expensive", "price", "cost"), True),
    "pricey": (("expensive", "price", "cost"), True),
    "crowded": (
        (
            "populous",
            "population",
        ),
        True,
    ),
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
TEMPORAL = frozenset(("old", "young", "new", "early", "late", "recent", "ancient"))
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
