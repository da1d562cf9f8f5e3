"""The files of an offline import: gathered in memory from records in any order, they say what a store's export does."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kgqa.engine import bulk
from kgqa.engine.exporting import export
from kgqa.engine.ingesting import IngestOptions
from kgqa.errors import InputError, UsageError
from kgqa.graph.blocks import TripleBlock
from kgqa.graph.formats import write_jsonl
from kgqa.graph.neo4j.gathering import Gatherer
from kgqa.graph.neo4j.import_files import ImportFiles
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, Literal, LiteralType, MentionSpan, Passage, Record, Relation, Same, Triple

YEAR = Literal("1990", LiteralType.YEAR)
ATLAS: list[Record] = [
    Triple("b", "r", "a"),
    Entity("a", "A", {"de": "Ä"}, {"en": ("Alpha",)}, ("t", "u"), "first", attributes={"founded": YEAR}),
    Triple("a", "r", "c", {"since": YEAR, "place": "x"}),
    Triple("b", "r", "a"),
    Passage("p", "A and b", "T", mentions=(MentionSpan(0, 1, "a"), MentionSpan(6, 7, "b", found=True))),
    Passage("p", "A and b", "T", mentions=(MentionSpan(6, 7, "b"),)),
    Relation("r", "is near", inverse_of="s", symmetric=True),
    Same("b", "a"),
    Same("a", "b"),
    Triple("e\u0301", "r", Literal("", LiteralType.STRING)),
    Triple(YEAR, "r", "a"),
]
BLOG: list[Record] = [
    Entity("a", "Other", types=("t",)),
    Triple("b", "r", "a"),
    Triple("a", "r", "c", {"place": "x", "since": YEAR}),
    Triple("b", "s", "a"),
    Triple("c", "r", "a", source="note"),
    Passage("p", "A and b", "T"),
]


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """What the files say, nodes by what names them, without numbers and runs that depend on the order."""
    tables = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    names = {row[":ID(node)"]: row["id:string"] for row in tables["entities"]}
    names |= {row[":ID(node)"]: row["key:string"] for row in tables["literals"]}
    passages = {row[":ID(passage)"]: row["key:string"] for row in tables["passages"]}
    runs = {str(number): row["name:string"] for number, row in enumerate(tables["sources"], 1)}
    assert len(runs) == len(tables["sources"])
    out: dict[str, list[tuple[object, ...]]] = {}
    for table, stored in tables.items():
        kind = table.partition("-")[0]
        for row in stored:
            cells: list[object] = []
            for column, cell in sorted(row.items()):
                if column in (":START_ID(node)", ":END_ID(node)"):
                    cells.append((column, names[cell]))
                elif column == ":START_ID(passage)":
                    cells.append((column, passages[cell]))
                elif column.endswith("[]"):
                    cells.append((column, len(cell.split("\x1f")) if "runs" in column else sorted(cell.split("\x1f"))))
                elif not (column.startswith((":ID", "number", "run:")) or "identity" in column):
                    cells.append((column, cell))
            out.setdefault(kind, []).append(tuple(cells))
    return {kind: sorted(found, key=repr) for kind, found in out.items()}


def files(folder: Path, sources: Sequence[Path]) -> dict[str, list[tuple[object, ...]]]:
    """Written in both ways: what fits in memory and what does not."""
    said = []
    for name, write in (("memory", bulk._gather), ("disk", bulk._pass_through)):
        place = folder / name
        place.mkdir()
        with ImportFiles(place, format=2, language="en") as written:
            count = write(written, [str(path) for path in sources], IngestOptions(), None)
        said.append((count, rows(place)))
    assert said[0] == said[1]
    return said[0][1]


def test_records_gathered_in_memory_become_the_same_graph_as_through_a_store(tmp_path: Path) -> None:
    for name, records in (("atlas", ATLAS), ("blog", BLOG)):
        write_jsonl(records, tmp_path / f"{name}.jsonl")
    written = files(tmp_path, [tmp_path / "atlas.jsonl", tmp_path / "blog.jsonl"])
    edges = {
        (cells[":START_ID(node)"], cells[":TYPE"], cells[":END_ID(node)"], tuple(cells["sources:string[]"]))
        for cells in map(dict, written["statements"])
    }
    atlas, blog = (str(tmp_path / f"{name}.jsonl") for name in ("atlas", "blog"))
    assert ("b", "r", "a", (atlas, blog)) in edges and ("b", "s", "a", (blog,)) in edges
    assert ("c", "r", "a", ("note",)) in edges
    assert len(written["passages"]) == 2 and len(written["mentions"]) == 2 and len(written["same"]) == 1


def test_blocks_of_triples_are_taken_as_their_triples_are(tmp_path: Path) -> None:
    triples = [Triple(f"h{n % 7}", f"r{n % 3}", f"t{n % 5}") for n in range(200)]
    said = []
    for name, items in (
        ("one", triples),
        ("block", [TripleBlock(*map(list, zip(*[(t.head, t.relation, t.tail) for t in triples], strict=True)))]),
    ):
        (tmp_path / name).mkdir()
        with ImportFiles(tmp_path / name, format=2, language="en") as written:
            gatherer = Gatherer(written)
            gatherer.add_all(items, source="s")
            gatherer.finish()
        said.append(rows(tmp_path / name))
    assert said[0] == said[1]
    assert len(said[0]["statements"]) == 105


def test_a_source_that_the_files_cannot_hold_is_refused(tmp_path: Path) -> None:
    with ImportFiles(tmp_path, format=2, language="en") as written, pytest.raises(InputError, match=r"U\+001F"):
        gatherer = Gatherer(written)
        gatherer.add_all([Triple("a", "r", "b")], source="a\x1fb")
        gatherer.finish()


def test_a_store_is_exported_as_the_files_of_an_import_elsewhere(tmp_path: Path) -> None:
    with SQLiteStore.create(tmp_path / "store") as store:
        store.write(ATLAS, source="atlas")
        assert export(store, tmp_path / "out", format="neo4j-import", source=None) == len(list(store.export()))
        with pytest.raises(UsageError, match="new folder"):
            export(store, tmp_path / "out", format="neo4j-import", source=None)
    arguments = json.loads((tmp_path / "out" / "arguments.json").read_text(encoding="utf-8"))
    named = {argument.partition("=")[2] for argument in arguments if argument.startswith(("--nodes", "--relation"))}
    assert named == {path.name for path in (tmp_path / "out").glob("*.csv")}
    assert len(rows(tmp_path / "out")["statements"]) == 5
