"""A small graph with documents for the tests of retrieval."""

from __future__ import annotations

from kgqa.types import Entity, Literal, LiteralType, MentionSpan, Passage, Record, Relation, Triple

CURIE = "Marie Curie discovered polonium in Paris. She was born in Warsaw. Dr. Curie won 2 prizes, e.g. in 1903."
RADIUM = "Radium glows. It was found in 1898 in pitchblende."
RIVER = "The Vistula flows through Warsaw and reaches the Baltic Sea."

RECORDS: tuple[Record, ...] = (
    Relation("discoverer", label="discovered by"),
    Relation("birthplace", label="born in"),
    Entity("curie", "Marie Curie", types=("person",)),
    Entity("polonium", "polonium", types=("element",), attributes={"number": Literal("84", LiteralType.INTEGER)}),
    Entity("radium", "radium", types=("element",)),
    Entity("warsaw", "Warsaw", types=("city",)),
    Triple("polonium", "discoverer", "curie", {"at": "1898"}),
    Triple("radium", "discoverer", "curie"),
    Triple("curie", "birthplace", "warsaw"),
    Passage("p1", CURIE, title="Marie Curie", mentions=(MentionSpan(23, 31, "polonium"),)),
    Passage("p2", RADIUM, title="Radium"),
    Passage("p3", RIVER, title="Vistula"),
)
