"""English function words: the closed classes of general English, and the sets that rooms make of them.

What a word may be ignored for differs: a question's word must be explained or not, a name may consist of it or not, a
claim may add it or not. So there are three sets, each made here from the same classes. Words of a graph's field are
never listed: they come from its own labels.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("a an the")
_DENYING = _words("isn't aren't wasn't weren't doesn't didn't don't hasn't haven't hadn't")
AUXILIARIES = _DENYING | _words(
    """
    is are was were be been being am do does did done has have had having can could will would shall should may
    might must got gets
    """
)
BE = _words("is are was were be been")
HAVE = _words("has have had")
WH_WORDS = _words("who whom whose what which when where how")
_DIRECTIONS = _words("across along around toward towards upon off out up down")
PREPOSITIONS = _DIRECTIONS | _words(
    """
    of in on at by for from to into with within about as between among over under through during against onto per via
    than
    """
)
_TIME_PREPOSITIONS = _words("before after since until")
TIME_PREPOSITIONS = _TIME_PREPOSITIONS | _words("till")
"""Prepositions of time; they ask for an operator, unless "when" stands behind them."""
LABEL_PREPOSITIONS = _words(
    """
    about after against among as at before by during for from in into near of on over through to under upon with within
    """
)
"""Prepositions on which a relation's label ends when it reads on into its object; "up" or "out" ends a verb."""

_INDEFINITE = _words("someone somebody something anyone anybody anything")
PRONOUNS = _INDEFINITE | _words(
    """
    i me my we us our you your he him his she her hers it its they them their theirs this that these those there
    here one ones
    """
)
CONJUNCTIONS = _words("and or but nor if whether while because so")
SHARING = _words("same share shares shared sharing also common too both other another else co together")
EXCLUSIONS = _words("except excepting excluding besides minus barring")
"""Words that take the following name out of a set."""
NEGATIONS = _DENYING | EXCLUSIONS | _words("not without no never neither lack lacks lacking lacked nor")
DENIALS = _words("not no never none neither nor nobody nothing cannot without")
"""Words that turn a statement into its opposite; NEGATIONS also take members out of a set ("except")."""
BOOLEAN_OPENERS = _words("is are was were do does did has have had can could will would")

_QUANTIFIERS = _words("some all every each both any such same other only just more most very also could")
REQUESTS = _words("please tell give list name show find get say want know need enumerate")
"""Verbs that ask for an answer: "give me", "I want to know"."""
IMPERATIVES = REQUESTS | _words(
    """
    identify determine mention specify retrieve fetch provide compute calculate compare describe explain choose select
    """
)
"""Verbs that ask for an answer when they open a question; others are known by the article behind them."""
EMBEDDING = REQUESTS | _words(
    """
    ask asked asking asks check clear clue curious determine explain figure forget forgot guess hear heard idea
    interested knew knowing known knows learn learning looking question remember remembered remind reminded see sure
    telling tells told understand unsure wonder wondered wondering wonders work
    """
)
"""Verbs, nouns and adjectives that take a question as their object: "do you remember who", "any idea when"."""
HEARERS = _words("me us")
PARTICIPANTS = HEARERS | _words("i i'd i'm i've i'll my we we'd we're our you your anyone anybody someone somebody")
"""Those who ask and who are asked."""
PARTICLES = _words("out up over on down off")
"""Adverbs that belong to a verb: "find out", "look up"."""
ASKING = _words("who whom which what where when how")
"""Question words that name or stand for what is asked for; "whose" asks for an owner by what is owned."""
COUNTING = _words("many much most more fewest fewer few less least")
"""Words that count the noun behind them."""
PEOPLE = _words("people person persons everybody everyone anybody anyone somebody someone nobody folks folk who whom")
"""Words for somebody, whoever it is."""
TAGS = _words("right correct true yes no agreed wrong false")
"""Words that ask for agreement behind a statement: "..., right?"."""
_AMOUNTS = _words("many much number amount total kind sort")
QUANTITIES = _words("number count amount quantity total")
"""Nouns that count what follows: "the number of"."""
_POLITE = _words("like wonder wondering i'd i'm")
_DEGREES = _words("too less least no not another ever own")
_CONTENT_LIKE = _words(
    """
    let's can't kindly fewer fewest called named known thing things kinds sorts respectively different various certain
    exactly share shares shared sharing common else co together
    """
)
FILLERS = _QUANTIFIERS | REQUESTS | _AMOUNTS | _POLITE | _DEGREES | _CONTENT_LIKE

FUNCTION_WORDS = ARTICLES | AUXILIARIES | WH_WORDS | PREPOSITIONS | PRONOUNS | CONJUNCTIONS | FILLERS
"""Words of a question that no relation has to explain. "Before" and "without" are not among them: they ask for an
operator."""

NAME_FUNCTION_WORDS = (
    (FUNCTION_WORDS - _DENYING - _INDEFINITE - _CONTENT_LIKE)
    | _TIME_PREPOSITIONS
    | _words(
        """
    again although always behind beyond count d despite except few first last let ll m near never next none now others
    re s several t then type ve why without yet
    """
    )
)
"""Words of which a name hardly consists: a name made only of these is doubted, and never taken for a misspelt name.
"Something" and "Different" do name things; the single letters are what a tokeniser leaves of "it's" and "we'll"."""

CLAIM_FUNCTION_WORDS = (
    (
        FUNCTION_WORDS
        - _DENYING
        - _INDEFINITE
        - _DIRECTIONS
        - REQUESTS
        - _AMOUNTS
        - _POLITE
        - _DEGREES
        - _CONTENT_LIKE
        - {"whether"}
    )
    | _TIME_PREPOSITIONS
    | _words("according then why without yes")
)
"""Words that a claim may add to its evidence freely. Negations, amounts and directions are not among them."""

WH_PROBES: dict[str, tuple[str, ...]] = {
    "who": ("person", "people", "human", "actor", "scientist", "politician", "author"),
    "where": ("place", "country", "city", "location", "region", "town"),
    "when": ("date", "year", "time"),
}
"""Nouns that stand for what a question word asks for; graphs' types and relations are compared with them."""
