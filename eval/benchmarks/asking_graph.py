"""A generated graph of people, films, companies and places with hubs, and questions over it with their gold paths.

Names are made of syllables, so that no data set is needed; tails are drawn more often the lower their number, so that
some genres, languages, countries, cities and companies are hubs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from kgqa.types import Entity, Literal, LiteralType, Record, Relation, Triple

Step = tuple[str, bool]
"""A relation and whether it is walked backward."""

ONSETS = "b br d dr f g gr h j k kl l m n p pr r s st t tr v z".split()
VOWELS = "a e i o u ai ea".split()
CODAS = ["", "", "", "l", "n", "r", "s", "nd", "rk"]
SHARES = {"person": 0.15, "film": 0.06, "city": 0.005, "company": 0.008, "university": 0.0008}
FEW = {"country": 150, "genre": 30, "language": 60}
RELATIONS = {
    "born_in": "born in",
    "works_for": "works for",
    "studied_at": "studied at",
    "speaks": "speaks",
    "married_to": "married to",
    "directed_by": "directed by",
    "starred_actors": "starred actors",
    "has_genre": "has genre",
    "release_year": "release year",
    "located_in": "located in",
    "headquartered_in": "headquartered in",
    "founded_by": "founded by",
}
# Question templates: the type that the name is drawn from, the words, the gold path.
TEMPLATES: tuple[tuple[str, str, tuple[Step, ...]], ...] = (
    ("film", "Who directed {}?", (("directed_by", False),)),
    ("film", "When was {} released?", (("release_year", False),)),
    ("person", "Where was {} born?", (("born_in", False),)),
    ("person", "Which company does {} work for?", (("works_for", False),)),
    ("person", "Which films did {} direct?", (("directed_by", True),)),
    ("genre", "Which films have the genre {}?", (("has_genre", True),)),
    ("language", "Who speaks {}?", (("speaks", True),)),
    ("city", "Which people were born in {}?", (("born_in", True),)),
    ("person", "In which country is the city located where {} was born?", (("born_in", False), ("located_in", False))),
    ("person", "Which genres do the films directed by {} have?", (("directed_by", True), ("has_genre", False))),
    ("person", "Which actors starred in films directed by {}?", (("directed_by", True), ("starred_actors", False))),
    ("film", "Which languages does the director of {} speak?", (("directed_by", False), ("speaks", False))),
    ("company", "In which cities were people born who work for {}?", (("works_for", True), ("born_in", False))),
    ("language", "At which universities did people study who speak {}?", (("speaks", True), ("studied_at", False))),
    ("country", "Who was born in a city located in {}?", (("located_in", True), ("born_in", True))),
    (
        "film",
        "Who directed the films that starred the actors of {}?",
        (("starred_actors", False), ("starred_actors", True), ("directed_by", False)),
    ),
    (
        "film",
        "In which country is the city located where the director of {} was born?",
        (("directed_by", False), ("born_in", False), ("located_in", False)),
    ),
    (
        "person",
        "In which country is the city located where the company that {} works for is headquartered?",
        (("works_for", False), ("headquartered_in", False), ("located_in", False)),
    ),
    (
        "company",
        "What are the genres of films directed by people who work for {}?",
        (("works_for", True), ("directed_by", True), ("has_genre", False)),
    ),
    (
        "genre",
        "Which languages do the directors of films with the genre {} speak?",
        (("has_genre", True), ("directed_by", False), ("speaks", False)),
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the name it is about, and the path that answers it."""

    question: str
    start: str
    path: tuple[Step, ...]


class World:
    """The names of a graph of about so many triples; the same for the same seed."""

    def __init__(self, triples: int, seed: int) -> None:
        self.triples, self.seed = triples, seed
        rng = random.Random(f"{seed} names")
        counts = {kind: max(20, int(share * triples)) for kind, share in SHARES.items()} | FEW
        self.names: dict[str, list[str]] = {}
        taken: set[str] = set()
        for kind, count in counts.items():
            self.names[kind] = []
            while len(self.names[kind]) < count:
                name = made_name(kind, rng)
                if name not in taken:
                    taken.add(name)
                    self.names[kind].append(name)

    def records(self) -> Iterator[Record]:
        """Relations, entities with their types, then exactly ``triples`` different triples."""
        yield from (Relation(id, label=label) for id, label in RELATIONS.items())
        for kind, names in self.names.items():
            yield from (Entity(name, label=name, types=(kind,)) for name in names)
        rng = random.Random(f"{self.seed} triples")
        seen: set[tuple[str, str, str]] = set()
        while len(seen) < self.triples:
            for head, relation, tail in self._facts(rng):
                if (head, relation, tail) in seen or len(seen) == self.triples:
                    continue
                seen.add((head, relation, tail))
                yield Triple(head, relation, Literal(tail, LiteralType.YEAR) if relation == "release_year" else tail)

    def _facts(self, rng: random.Random) -> Iterator[tuple[str, str, str]]:
        def some(kind: str, *, hubs: float = 3.0) -> str:
            names = self.names[kind]
            return names[int(len(names) * rng.random() ** hubs)]

        for city in self.names["city"]:
            yield city, "located_in", some("country")
        for company in self.names["company"]:
            yield company, "headquartered_in", some("city")
            yield company, "founded_by", some("person", hubs=1.0)
        for film in self.names["film"]:
            yield film, "directed_by", some("person", hubs=2.0)
            yield film, "has_genre", some("genre")
            yield film, "release_year", str(1920 + int(100 * rng.random() ** 0.5))
            for _ in range(3):
                yield film, "starred_actors", some("person", hubs=2.0)
        for person in self.names["person"]:
            yield person, "born_in", some("city")
            yield person, "works_for", some("company")
            yield person, "studied_at", some("university")
            yield person, "speaks", some("language")
            if rng.random() < 0.25:
                yield person, "married_to", some("person", hubs=1.0)

    def questions(self, count: int, *, seed: int) -> list[Asked]:
        """Templates in turn; half of the names are drawn evenly, half more often the lower their number: hubs."""
        rng = random.Random(f"{seed} questions")
        out = []
        for number in range(count):
            kind, words, path = TEMPLATES[number % len(TEMPLATES)]
            hubs = 4.0 if rng.random() < 0.5 else 1.0
            name = self.names[kind][int(len(self.names[kind]) * rng.random() ** hubs)]
            out.append(Asked(words.format(name), name, path))
        return out


def made_name(kind: str, rng: random.Random) -> str:
    def word(syllables: int) -> str:
        return "".join(rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS) for _ in range(syllables)).title()

    match kind:
        case "person":
            return f"{word(2)} {word(rng.choice((2, 3)))}"
        case "film":
            return " ".join(word(rng.choice((1, 2, 3))) for _ in range(rng.choice((2, 3))))
        case "company":
            return f"{word(2)} {rng.choice(('Works', 'Group', 'Partners', 'Industries'))}"
        case "university":
            return f"University of {word(3)}"
        case _:
            return word(3)
