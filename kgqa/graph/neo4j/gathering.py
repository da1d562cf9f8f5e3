"""Records in any order, gathered in memory until their rows for the offline import can be written, each assertion once.

A statement without qualifiers takes 16 bytes, so that the names of nodes and what is said of them are the most of it.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kgqa.graph.assertions import Said, attributes, check_passage, entity_facts
from kgqa.graph.blocks import Item, TripleBlock
from kgqa.graph.keys import ENTITY_KIND, identifier, node_key, pack_qualifiers
from kgqa.graph.neo4j.import_files import ImportFiles, Ref
from kgqa.graph.neo4j.writer import digest, source_name
from kgqa.types import Entity, Literal, Passage, Relation, Same, Triple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Gatherer:
    """Takes the records of several sources; ``finish`` writes what needs to know them all."""

    def __init__(self, files: ImportFiles) -> None:
        self._files = files
        self._nodes: dict[str | Literal, int] = {}  # as records name them
        self._numbers: dict[Ref, int] = {}  # in the order of their numbers
        self._facts: dict[str, list[Said]] = defaultdict(list)
        self._relations: dict[str, int] = {}
        self._types: list[str] = []
        self._sources: dict[str, int] = {}
        self._plain = array("i")  # head, tail, relation and source of statements without qualifiers
        self._qualified: dict[tuple[int, int, int, str], dict[str, None]] = defaultdict(dict)
        self._passages: dict[str, int] = {}
        self._mentions: set[tuple[int, int, int, int]] = set()
        self._same: set[tuple[int, int, str]] = set()

    def add_all(self, items: Iterable[Item], *, source: str) -> None:
        """Takes records and blocks. Raises InputError that names the id of a bad one."""
        default = source_name(source)
        for item in items:
            if isinstance(item, TripleBlock):
                self._add_block(item, default)
                continue
            said_by = default if item.source is None else source_name(item.source)
            match item:
                case Triple():
                    self._add_triple(item, said_by)
                case Entity():
                    self._add_entity(item, said_by)
                case Relation():
                    self._files.say_of_relation(item, said_by)
                case Passage():
                    self._add_passage(item, said_by)
                case Same():
                    a, b = sorted(identifier(id, "an entity id") for id in (item.a, item.b))
                    pair = (self._node(a), self._node(b), said_by)
                    if pair not in self._same:
                        self._same.add(pair)
                        self._files.same(*pair)

    def finish(self) -> None:
        """Writes all rows that are not written yet."""
        files = self._files
        for ref in self._numbers:
            if isinstance(ref, str):
                files.entity(ref, self._facts.pop(ref, ()))
            else:
                files.literal(ref)
        names = list(self._sources)
        for relation, sources, ends in self._groups():
            said_by = sorted(names[number] for number in sources)
            pairs = zip((ends >> 32).tolist(), (ends & 0xFFFFFFFF).tolist(), strict=True)
            files.plain(self._types[relation], said_by, pairs, count=len(ends))
        for (head, tail, relation, packed), several in self._qualified.items():
            files.statement(head, tail, self._types[relation], packed, sorted(several))
        files.finish()

    def _groups(self) -> Iterator[tuple[int, list[int], NDArray[np.int64]]]:
        """Relation, sources, and head and tail in one number, of the statements that these sources together say."""
        import numpy as np

        rows = np.frombuffer(self._plain, dtype=np.int32).reshape(-1, 4).astype(np.int64)
        if not len(rows):
            return
        ends, relations, sources = rows[:, 0] << 32 | rows[:, 1], rows[:, 2], rows[:, 3]
        order = np.lexsort((sources, ends, relations))
        ends, relations, sources = ends[order], relations[order], sources[order]
        other = np.ones(len(ends), dtype=bool)  # other statement than in the row before
        other[1:] = (ends[1:] != ends[:-1]) | (relations[1:] != relations[:-1])
        new = other.copy()
        new[1:] |= sources[1:] != sources[:-1]
        starts = np.flatnonzero(other[new])
        ends, relations, sources = ends[new], relations[new], sources[new]
        sizes = np.diff(np.append(starts, len(ends)))
        several: dict[tuple[int, ...], int] = {}
        of = sources[starts]  # the one source of a statement, or beyond these a number for its several
        for at in np.flatnonzero(sizes > 1).tolist():
            together = tuple(sources[starts[at] : starts[at] + sizes[at]].tolist())
            of[at] = several.setdefault(together, len(self._sources) + len(several))
        all_of = [[number] for number in range(len(self._sources))] + [list(together) for together in several]
        ends, relations = ends[starts], relations[starts]
        order = np.lexsort((of, relations))  # keeps the order of ends
        ends, relations, of = ends[order], relations[order], of[order]
        first = np.flatnonzero(np.append(True, (relations[1:] != relations[:-1]) | (of[1:] != of[:-1])))
        for low, high in zip(first.tolist(), [*first[1:].tolist(), len(ends)], strict=True):
            yield int(relations[low]), all_of[int(of[low])], ends[low:high]

    # --- one record

    def _add_triple(self, triple: Triple, source: str) -> None:
        head, relation, tail = self._node(triple.head), self._relation(triple.relation), self._node(triple.tail)
        if triple.qualifiers:
            self._qualified[head, tail, relation, pack_qualifiers(triple.qualifiers)][source] = None
        else:
            self._plain.extend((head, tail, relation, self._source(source)))

    def _add_block(self, block: TripleBlock, source: str) -> None:
        import numpy as np

        rows = np.empty((len(block), 4), dtype=np.int32)
        rows[:, 0], rows[:, 1] = self._ends(block.heads), self._ends(block.tails)
        relations = {name: self._relation(name) for name in dict.fromkeys(block.relations)}
        rows[:, 2] = list(map(relations.__getitem__, block.relations))
        rows[:, 3] = self._source(source)
        self._plain.frombytes(rows.tobytes())

    def _ends(self, names: list[str]) -> list[int]:
        found = list(map(self._nodes.get, names))
        return [self._node(name) for name in names] if None in found else found  # type: ignore[return-value]  # none is None

    def _add_entity(self, entity: Entity, source: str) -> None:
        key = identifier(entity.id, "an entity id")
        head, facts = self._node(key), entity_facts(entity, self._files.language)
        self._facts[key] += [Said(int(said.field), said.language, said.value, source) for said in facts]
        for relation, value in attributes(entity):
            self._plain.extend((head, self._node(value), self._relation(relation), self._source(source)))

    def _add_passage(self, passage: Passage, source: str) -> None:
        check_passage(passage)
        content = (passage.text, passage.title, passage.language, passage.document, passage.offset)
        key = digest(identifier(passage.id, "a passage id"), source, *content)
        number = self._passages.get(key)
        if number is None:
            number = self._passages[key] = self._files.passage(passage, source)
        for span in passage.mentions:
            if not span.found:  # found ones are derived, not said
                entity = self._node(identifier(span.entity, f"an entity mentioned in the passage {passage.id!r}"))
                mention = (number, span.start, span.end, entity)
                if mention not in self._mentions:
                    self._mentions.add(mention)
                    self._files.mention(*mention, source)

    # --- what names things

    def _node(self, ref: str | Literal) -> int:
        known = self._nodes.get(ref)
        if known is None:
            key = node_key(ref)
            number = len(self._numbers)
            known = self._nodes[ref] = self._numbers.setdefault(key[0] if key[1] == ENTITY_KIND else key, number)
        return known

    def _relation(self, name: str) -> int:
        known = self._relations.get(name)
        if known is None:
            checked = identifier(name, "the id of a relation")
            known = self._relations.get(checked)
            if known is None:
                known = len(self._types)
                self._types.append(self._files.relation(checked)[1])
            self._relations[name] = self._relations[checked] = known
        return known

    def _source(self, name: str) -> int:
        return self._sources.setdefault(name, len(self._sources))
