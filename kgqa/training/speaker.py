"""Says walks over a graph in English, in many ways, from the labels of their relations and types."""

from __future__ import annotations

from collections.abc import Sequence

from kgqa.english.inflection import plural
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.choice import Chooser
from kgqa.training.clauses import Clauses
from kgqa.training.lexis import Lexis, Paraphrases
from kgqa.training.noun_phrases import NounPhrases
from kgqa.training.phrase import Phrase

_REQUESTS = (
    "tell me",
    "give me",
    "can you name",
    "list",
    "show me",
    "find",
    "please list",
    "i am looking for",
    "name",
    "could you give me",
    "i want to know",
    "find me",
    "what about",
    "i need",
    "get me",
    "let me see",
)
_BEFORE = (
    "do you know",
    "tell me",
    "i want to know",
    "can you tell me",
    "please tell me",
    "i would like to know",
    "does anyone know",
    "i wonder",
)
_AFTER = ("please", "again", "do you know", "thanks")
ASIDE = 0.1
"""Share of the questions with words around them that ask nothing."""


class Speaker:
    """Says walks over one graph.

    ``near`` gives words near in meaning; ``sorts``: parts whose few values sort things into kinds ("what kind of").
    """

    def __init__(self, schema: Schema, choose: Chooser, near: Paraphrases, sorts: frozenset[int] = frozenset()) -> None:
        self._schema, self._choose = schema, choose
        self.lexis = Lexis(schema, choose, near)
        self._phrases = NounPhrases(schema, choose, self.lexis)
        self._clauses = Clauses(schema, choose, self.lexis, sorts)

    def question(self, parts: tuple[int, ...], roles: Sequence[int] = ()) -> str:
        """A question that asks for the end of a walk; the name is MARK. ``roles``: parts that reach the name."""
        choose = self._choose
        if choose.chance(0.7):
            text = self._clauses.ask(parts[-1], self._phrases.walk(parts[:-1], roles))
        else:
            text = self._ask_group(parts, roles)
        if choose.chance(ASIDE):
            return f"{choose.way(_BEFORE)} {text}"
        return f"{text} {choose.way(_AFTER)}" if choose.chance(ASIDE / 2) else text

    def members(self, parts: tuple[int, ...], roles: Sequence[int] = ()) -> str:
        """What a walk reaches, as a plural noun phrase without article."""
        return self._phrases.group(parts[-1], self._phrases.walk(parts[:-1], roles))

    def kind(self, part: int) -> str:
        """A plural noun for the things that a part reaches."""
        return self.lexis.kind(part)

    def value(self, part: int) -> str:
        """A noun for the value that a part reaches."""
        return self.lexis.wording(part).noun or "value"

    def about(self, part: int, group: str) -> str:
        """A question for what a part reaches from a group, given as a noun phrase."""
        return self._clauses.ask(part, Phrase(group, many=True))

    def plural_type(self, number: int) -> str:
        """A plural noun for a type, by number."""
        return plural(self.lexis.type_name(number))

    def ask_about(self, group: str, part: int) -> str:
        """A question for the members of a group, given as a plural noun phrase without article."""
        reach, choose = self._schema.reach[part], self._choose
        options = [
            f"what are the {group}",
            f"which are the {group}",
            f"list the {group}",
            f"name the {group}",
            f"which {group}",
            f"what {group} are there",
            f"{choose.way(_REQUESTS)} {group}",
            f"{group}",
            f"what {group}",
            f"which {group} are there",
            f"{choose.way(_REQUESTS)} the {group}",
            f"what are some {group}",
            f"which {group} do you know",
            f"{choose.way(_REQUESTS)} all {group}",
            f"{group} wanted",
            f"the {group}",
        ]
        if reach.who > 0.5:
            options += [f"who are the {group}", f"who are the {group}", f"who were the {group}", f"who are {group}"]
        if reach.where > 0.5:
            options += [f"where are the {group}"]
        return choose.way(options)

    def _ask_group(self, parts: tuple[int, ...], roles: Sequence[int]) -> str:
        choose, reach = self._choose, self._schema.reach[parts[-1]]
        if choose.chance(0.6):
            return self.ask_about(self.members(parts, roles), parts[-1])
        one = self._phrases.group(parts[-1], self._phrases.walk(parts[:-1], roles), many=False)
        options = [
            f"what is the {one}",
            f"what was the {one}",
            f"{choose.way(_REQUESTS)} the {one}",
            f"which is the {one}",
            f"which {one}",
            f"the {one}",
            f"what is the name of the {one}",
            f"name the {one}",
        ]
        if reach.who > 0.5:
            options += [f"who is the {one}", f"who was the {one}", f"who is {one}", f"who was {one}"]
        if reach.where > 0.5:
            options += [f"where is the {one}"]
        return choose.way(options)
