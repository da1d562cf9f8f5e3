"""English inflection: verbs from their participles or third persons, nouns to singular and plural, by rule."""

from __future__ import annotations

from kgqa.english.function_words import LABEL_PREPOSITIONS

_IRREGULAR = {
    "written": ("write", "wrote"), "sung": ("sing", "sang"), "spoken": ("speak", "spoke"), "made": ("make", "made"),
    "found": ("find", "found"), "won": ("win", "won"), "led": ("lead", "led"), "held": ("hold", "held"),
    "built": ("build", "built"), "drawn": ("draw", "drew"), "grown": ("grow", "grew"), "given": ("give", "gave"),
    "taught": ("teach", "taught"), "bought": ("buy", "bought"), "sold": ("sell", "sold"), "known": ("know", "knew"),
    "chosen": ("choose", "chose"), "born": ("bear", "bore"), "shot": ("shoot", "shot"), "run": ("run", "ran"),
    "seen": ("see", "saw"), "told": ("tell", "told"), "taken": ("take", "took"), "shown": ("show", "showed"),
}  # fmt: skip

_PASTS = {simple_past: word for word, (_, simple_past) in _IRREGULAR.items()}


_PLURALS = {"child": "children", "person": "people", "man": "men", "woman": "women", "wife": "wives", "foot": "feet"}
_PLURALS |= {noun: f"{noun}s" for noun in ("movie", "cookie", "zombie", "calorie", "rookie", "tie", "pie", "genie")}
_SINGULARS = {many: one for one, many in _PLURALS.items()}


def participle(word: str) -> bool:
    """Whether a word is a past participle: "written", "directed" (a guess by its ending)."""
    return word in _IRREGULAR or (len(word) > 4 and word.endswith("ed"))


def past_tense(word: str) -> bool:
    """Whether a word is an irregular past tense: "wrote", "led"."""
    return word in _PASTS


def as_participle(word: str) -> str:
    """The participle of an irregular past tense: "wrote" gives "written"; any other word as it is."""
    return _PASTS.get(word, word)


def base(verb: str) -> str:
    """The bare form of a participle or third person: "directed" and "directs" give "direct"."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb][0]
    if verb.endswith("ied"):
        return verb[:-3] + "y"
    if verb.endswith("ed"):
        root = verb[:-2]
        if root[-1:] == root[-2:-1] and root[-1:] not in "sl":
            return root[:-1]
        return (
            root + "e" if root.endswith(("at", "s", "c", "v", "u", "g", "ir", "in", "as", "iz", "ys", "os")) else root
        )
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if verb.endswith(("sses", "shes", "ches", "xes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb


def past(verb: str) -> str:
    """The past tense of a participle or third person."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb][1]
    if verb.endswith("ed"):
        return verb
    root = base(verb)
    return root + ("d" if root.endswith("e") else "ed")


def agent(verb: str) -> str:
    """Who does it: "directed" gives "director", "written" "writer"."""
    root = base(verb).removesuffix("e")
    if root.endswith("y") and root[-2:-1] not in "aeiou":
        return root[:-1] + "ier"
    return root + ("or" if root.endswith(("ct", "at", "it", "ess")) and root not in ("writ",) else "er")


def present(verb: str) -> str:
    """The third person: "directed" gives "directs"."""
    root = base(verb)
    if root.endswith("y") and root[-2:-1] not in "aeiou":
        return root[:-1] + "ies"
    return root + ("es" if root.endswith(("s", "x", "ch", "sh")) else "s")


def ing(verb: str) -> str:
    """The present participle: "directed" gives "directing"."""
    root = base(verb)
    if root.endswith("e") and not root.endswith(("ee", "oe", "ye")):
        return root[:-1] + "ing"
    return root + root[-1:] * _doubles(root) + "ing"


def _doubles(root: str) -> bool:
    """Whether a short verb doubles its last letter: "tag" gives "tagging", "star" "starring"."""
    vowels = [letter in "aeiou" for letter in root]
    return len(root) < 5 and vowels[-3:] == [False, True, False] and root[-1] not in "wxy" and sum(vowels) == 1


def agent_noun(noun: str) -> bool:
    """Whether a noun is formed like one who does something: "director", "artist" (a guess by its ending)."""
    return (
        len(noun) > 4 and noun.endswith(("er", "or", "ist", "ess", "eur", "ant", "ian")) and not noun.endswith("ness")
    )


def singular(noun: str) -> str:
    """The usual singular of a noun that may be a plural."""
    if noun in _SINGULARS:
        return _SINGULARS[noun]
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "ches", "shes", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) and len(noun) > 3 else noun


def plural(noun: str) -> str:
    """The usual plural; what is a plural already, or ends in no letter, stays."""
    if noun in _SINGULARS or noun in _PLURALS:
        return _PLURALS.get(noun, noun)
    if not noun[-1:].isalpha() or (noun.endswith("s") and singular(noun) != noun):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "z", "ch", "sh")) else "s")


def plural_phrase(noun: str) -> str:
    """The plural of a noun with what follows it: "countries of discovery"."""
    words = noun.split() or [noun]
    head = next((place for place, word in enumerate(words) if place and word in LABEL_PREPOSITIONS), len(words)) - 1
    return " ".join([*words[:head], plural(words[head]), *words[head + 1 :]])
