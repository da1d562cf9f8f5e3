"""What answering looks up for many at once: the statements of triples, the rows of passages; few queries for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from kgqa.graph.keys import ENTITY_KIND, NodeKey
from kgqa.graph.neo4j.names import escape, stored_id
from kgqa.graph.neo4j.projection import stored_key
from kgqa.graph.neo4j.reading import STATEMENT, Reader, chunks, groupby_list, node_reference
from kgqa.graph.rows import StatementRow, as_statements
from kgqa.graph.store import PassageRow
from kgqa.types import Statement

_BETWEEN = (
    "UNWIND $rows AS row MATCH (h:{head} {{{head_key}: row[1]}}) MATCH (t:{tail} {{{tail_key}: row[2]}}) "
    "MATCH (h)-[a:{type}]->(t) WHERE {shows} {statement}, row[0]"
)
_PASSAGES = (
    "MATCH (p:Passage) WHERE {wanted}{shows} RETURN coalesce(p.long_id, p.id), p.source, p.language, p.document, p.key"
)


def read_stated(reader: Reader, triples: Sequence[tuple[NodeKey, str, NodeKey]]) -> list[tuple[Statement, ...]]:
    """The statements of each triple: one query for each relation and kind of ends."""
    types = {id: type for type, (_, id) in reader.types.items()}
    asked: dict[tuple[str, bool, bool], list[list[Any]]] = defaultdict(list)
    for at, (head, relation, tail) in enumerate(triples):
        if (type := types.get(relation)) is not None:
            ends = [stored_key(node_reference(key)) for key in (head, tail)]
            asked[type, head[1] == ENTITY_KIND, tail[1] == ENTITY_KIND].append([at, *ends])
    shows = f"a.runs IS NOT NULL AND {reader.view.several('a')}"
    found: dict[int, list[StatementRow]] = defaultdict(list)
    for (type, *entities), wanted in asked.items():
        (near, near_key), (far, far_key) = (("Entity", "id") if one else ("Literal", "key") for one in entities)
        query = _BETWEEN.format(
            head=near, head_key=near_key, tail=far, tail_key=far_key, type=escape(type), shows=shows,
            statement=STATEMENT,
        )  # fmt: skip
        for rows in chunks(wanted):
            for *row, at in reader.rows(query, rows=rows):
                found[at] += reader.as_rows([tuple(row)], None)
    return [tuple(as_statements(sorted(found[at]), None)) for at in range(len(triples))]


def read_passage_rows(reader: Reader, ids: Sequence[str] | None) -> Iterator[PassageRow]:
    """The passages that show, by id; texts are read only where a source has several under one id."""
    wanted = "" if ids is None else "p.id IN $ids AND "
    stored = None if ids is None else sorted({stored_id(id)[0] for id in ids})
    rows = reader.rows(_PASSAGES.format(wanted=wanted, shows=reader.view.single("p")), ids=stored)
    kept = sorted((row for row in rows if ids is None or row[0] in ids), key=lambda row: (row[0], row[1], row[4]))
    for group in groupby_list(kept, 0):
        firsts = [row for row in group if row[1] == group[0][1]]
        if len(firsts) > 1:
            texts = reader.passages_by_key([row[4] for row in firsts])
            firsts.sort(key=lambda row: texts[row[4]].text)
        id, _, language, document, _ = firsts[0]
        yield PassageRow(id, language, document, tuple(dict.fromkeys(row[1] for row in group)))
