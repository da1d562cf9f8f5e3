"""What is particular to the embedded store: its folder, crashes, several processes, the log of removals."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa.errors import InputError, StoreError, StoreNotFoundError, StoreVersionError, UsageError
from kgqa.graph.formats import read
from kgqa.graph.sqlite import SQLiteStore, connections, folder, removal
from kgqa.types import Entity, Literal, LiteralType, MentionSpan, Passage, Record, Relation, Same, Triple


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    with SQLiteStore.create(tmp_path / "store") as made:
        yield made


# --- the folder


def test_a_store_is_made_and_opened_again_with_its_language(tmp_path: Path) -> None:
    with SQLiteStore.create(tmp_path / "deep" / "store", language="de") as made:
        made.write([Entity("e", label="Erde")], source="s")
    with SQLiteStore.open(tmp_path / "deep" / "store") as opened:
        assert opened.language == "de"
        assert opened.revision == 1
        assert opened.location == str(tmp_path / "deep" / "store")
    manifest = json.loads((tmp_path / "deep" / "store" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["format"] == folder.FORMAT


def test_making_a_store_where_one_is_is_refused(tmp_path: Path, store: SQLiteStore) -> None:
    with pytest.raises(UsageError, match="already"):
        SQLiteStore.create(tmp_path / "store")


def test_opening_nothing_says_how_to_make_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError, match="kgqa ingest"):
        SQLiteStore.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_newer_store_is_refused_by_name(tmp_path: Path) -> None:
    SQLiteStore.create(tmp_path / "a").close()
    manifest = tmp_path / "a" / "manifest.json"
    data = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(data | {"format": 99, "written_by": "kgqa 7.0"}), encoding="utf-8")
    with pytest.raises(StoreVersionError, match=r"format 99, written by kgqa 7\.0"):
        SQLiteStore.open(tmp_path / "a")
    manifest.unlink()
    with sqlite3.connect(tmp_path / "a" / "store.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreVersionError, match="format 99"):
        SQLiteStore.open(tmp_path / "a")


def test_an_older_store_is_migrated_when_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SQLiteStore.create(tmp_path / "a") as made:
        made.write([Triple("a", "r", "b")], source="s")
    second = tmp_path / "0002.sql"
    second.write_text(
        "-- a column; a comment with a semicolon\nALTER TABLE source ADD COLUMN note TEXT;\n", encoding="utf-8"
    )
    original = folder.asset
    monkeypatch.setattr(folder, "MIGRATIONS", (*folder.MIGRATIONS, "0002.sql"))
    monkeypatch.setattr(folder, "FORMAT", 2)
    monkeypatch.setattr(folder, "asset", lambda name: second if name == "0002.sql" else original(name))
    with SQLiteStore.open(tmp_path / "a") as opened:
        assert [record.head for record in opened.export() if isinstance(record, Triple)] == ["a"]
        assert opened.verify() == []
    assert json.loads((tmp_path / "a" / "manifest.json").read_text(encoding="utf-8"))["format"] == 2
    with sqlite3.connect(tmp_path / "a" / "store.db") as connection:
        assert connection.execute("SELECT note FROM source").fetchall() == [(None,)]
    connection.close()


def test_a_lost_manifest_is_written_again(tmp_path: Path, store: SQLiteStore) -> None:
    (tmp_path / "store" / "manifest.json").unlink()
    SQLiteStore.open(tmp_path / "store").close()
    assert (tmp_path / "store" / "manifest.json").is_file()


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    for act in (SQLiteStore.open, SQLiteStore.create):
        with pytest.raises(StoreError, match="another program"):
            act(tmp_path)


def test_an_interrupted_creation_can_be_repeated(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    with pytest.raises(StoreNotFoundError, match="interrupted"):
        SQLiteStore.open(tmp_path)
    with SQLiteStore.create(tmp_path) as made:
        assert made.verify() == []


def test_a_damaged_file_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"this is no database, " * 1000)
    with pytest.raises(StoreError, match="not a database"):
        SQLiteStore.open(tmp_path)


def test_an_sqlite_without_full_text_search_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class WithoutModules:
        def execute(self, sql: str) -> list[tuple[str]]:
            return [("json_each",)]

        def close(self) -> None:
            return None

    monkeypatch.setattr(folder.sqlite3, "connect", lambda *_, **__: WithoutModules())
    with pytest.raises(StoreError, match="FTS5"):
        SQLiteStore.create(tmp_path / "a")


def test_a_closed_store_says_so(store: SQLiteStore) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.counts()


# --- crashes

CHILD = """
import sys, time
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Triple
store = SQLiteStore.open(sys.argv[1])
store.write([Triple(f"a{i}", "r", "b") for i in range(1000)], source="acknowledged")
print("committed", flush=True)
def records():
    for i in range(60_000):
        yield Triple(f"x{i}", "r", f"y{i}")
    print("under way", flush=True)
    time.sleep(60)
store.write(records(), source="torn")
"""


def test_what_was_acknowledged_survives_a_kill_and_what_was_not_is_absent(tmp_path: Path, store: SQLiteStore) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "store")], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline().strip() == "committed"
        assert child.stdout.readline().strip() == "under way"
        assert store.revision == 1  # a reader beside the writer
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    with SQLiteStore.open(tmp_path / "store") as opened:
        assert [source.name for source in opened.sources()] == ["acknowledged"]
        assert opened.counts().statements == 1000
        assert opened.verify() == []
        assert opened.write([Triple("x1", "r", "y1")], source="torn").added == 1


# --- several threads and processes


def test_another_writer_is_waited_for_and_then_named(tmp_path: Path, store: SQLiteStore) -> None:
    with SQLiteStore.open(tmp_path / "store", wait=0.1) as other:

        def records() -> Iterator[Record]:
            yield Triple("a", "r", "b")
            with pytest.raises(StoreError, match="another process is writing"):
                other.write([Triple("c", "r", "d")], source="t")

        store.write(records(), source="s")
        assert other.write([Triple("c", "r", "d")], source="t").revision == 2


def test_writing_while_writing_in_one_thread_is_refused(store: SQLiteStore) -> None:
    def records() -> Iterator[Record]:
        yield Triple("a", "r", "b")
        store.write([Triple("c", "r", "d")], source="t")

    with pytest.raises(StoreError, match="writing already"):
        store.write(records(), source="s")
    assert store.write([Triple("a", "r", "b")], source="s").revision == 1


def test_a_store_can_be_rewritten_from_its_own_export(store: SQLiteStore) -> None:
    store.write([Triple("a", "r", "b")], source="s")
    copies = (Triple(record.head, "copy", record.tail) for record in store.export() if isinstance(record, Triple))
    assert store.write(copies, source="t").added == 1


def test_an_iterator_sees_one_revision_whatever_is_written_meanwhile(store: SQLiteStore) -> None:
    store.write([Triple("a", "r", f"b{i}") for i in range(5)], source="s")
    statements, exported, edges = store.statements(), store.export(), store.edges(chunk=2)
    first = [next(statements), next(exported), len(next(edges).heads)]
    store.write([Triple("a", "r", f"c{i}") for i in range(5)], source="t")
    store.delete(source="s")
    assert len(first) == 3
    assert len(list(statements)) == 4
    assert len(list(exported)) == 4
    assert sum(len(chunk.heads) for chunk in edges) == 3
    assert store.counts().statements == 5


def test_many_threads_read_whole_sources_beside_a_writer(store: SQLiteStore) -> None:
    wrong: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            count = sum(1 for _ in store.statements())
            if count % 100:
                wrong.append(count)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for turn in range(5):
            store.write([Triple(f"a{turn}", "r", f"b{i}") for i in range(100)], source=f"s{turn}")
        store.delete(source="s2")
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert store.counts().statements == 400


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_store_reopens_itself_after_a_fork(store: SQLiteStore) -> None:
    store.write([Triple("a", "r", "b")], source="s")
    assert store.counts().statements == 1
    child = os.fork()
    if child == 0:
        code = 1
        try:
            store.write([Triple("c", "r", "d")], source="t")
            code = 0 if store.counts().statements == 2 else 2
        finally:
            os._exit(code)
    deadline = time.monotonic() + 30
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.01)
    if ended == (0, 0):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ended[1]) == 0
    assert store.counts().statements == 2
    assert store.verify() == []


# --- the log of removals


def test_large_removals_fold_the_log(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "LOG_AT_LEAST", 3)
    store.write([Triple("a", "r", f"b{i}") for i in range(4)], source="large")
    store.write([Triple("a", "r", "x")], source="one")
    store.write([Triple("a", "r", "y"), Triple("a", "r", "z")], source="two")
    store.delete(source="one")  # 4
    assert not store.changes(3).rebuild
    store.delete(source="two")  # 5: together three removals
    assert not store.changes(3).rebuild
    store.write([Triple("a", "r", "x")], source="one")
    store.delete(source="one")  # 7: one too many, the older notes go
    assert store.changes(3).rebuild
    assert store.changes(5).rebuild
    assert not store.changes(6).rebuild
    store.delete(source="large")  # 8: too large to note at all
    assert store.changes(7).rebuild
    assert not store.changes(8).rebuild
    assert store.verify() == []


def test_many_sources_in_one_stream_are_kept_apart(store: SQLiteStore) -> None:
    store.write([Triple(f"a{i}", "r", "b", source=f"s{i % 10}") for i in range(1000)], source="x")
    assert {(source.name, source.statements) for source in store.sources()} == {(f"s{i}", 100) for i in range(10)}
    assert store.delete(source="s3").removed == 100
    assert store.verify() == []


def test_more_records_than_a_batch_and_more_nodes_than_the_cache(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_at_once(monkeypatch)
    records = [Triple(f"a{i % 13}", f"r{i % 3}", Literal(str(i % 5), LiteralType.INTEGER)) for i in range(100)]
    store.write(records, source="s")
    assert store.counts().statements == 100
    assert store.write(records, source="s").added == 0
    assert store.write(records[:1], source="s", replace=True).removed == 99
    assert store.verify() == []


# --- bulk loading


def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every limit of bulk loading is passed by a few records."""
    monkeypatch.setattr("kgqa.graph.sqlite.batches._BATCH", 7)
    monkeypatch.setattr("kgqa.graph.sqlite.batches._PLAIN_BATCH", 11)
    monkeypatch.setattr("kgqa.graph.sqlite.bulk._ROWS", 4)
    monkeypatch.setattr("kgqa.graph.sqlite.numbers._CACHED_NODES", 5)
    monkeypatch.setattr("kgqa.graph.sqlite.numbers._NEW_NODES", 3)
    monkeypatch.setattr("kgqa.graph.formats.triples._CHUNK", 64)


def schema(folder: Path) -> set[tuple[str, str]]:
    connection = sqlite3.connect(folder / "store.db")
    try:
        return set(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    finally:
        connection.close()


@pytest.mark.parametrize("limited", [False, True])
def test_a_table_in_blocks_makes_the_store_that_its_records_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limited: bool
) -> None:
    if limited:
        few_at_once(monkeypatch)
    table = tmp_path / "kb.tsv"
    rows = [f"Ä {i * 7 % 23}\tr{i % 3}\tb{i * i % 17}" for i in range(300)]
    rows[40] = "  " + rows[40] + "\r"  # blanks around a field
    rows[80] += "\n"  # an empty line
    table.write_text("\n".join(rows), encoding="utf-8")
    with SQLiteStore.create(tmp_path / "blocks") as blocks, SQLiteStore.create(tmp_path / "records") as records:
        for store, given in ((blocks, read(table)), (records, list(read(table)))):
            store.write([Triple("b1", "r0", "b1", {"at": "1990"})], source="first")
            store.write(given, source="kb")
        assert list(blocks.export()) == list(records.export())
        assert blocks.counts() == records.counts()
        assert blocks.verify() == records.verify() == []
        assert blocks.write(read(table), source="kb").added == 0
        assert blocks.write(read(table), source="again").added == records.counts().statements - 1
        assert blocks.write(list(read(table))[:5], source="kb", replace=True).removed == records.counts().statements - 6


@pytest.mark.parametrize("replace", [False, True])
def test_indexes_left_out_while_loading_are_there_afterwards_and_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: bool
) -> None:
    few_at_once(monkeypatch)
    records = [Triple(f"a{i}", "r", "b") for i in range(40)]
    with SQLiteStore.create(tmp_path / "store") as store:
        made = schema(tmp_path / "store")
        with pytest.raises(InputError):
            store.write([*records, Triple("", "r", "b")], source="s", replace=replace)
        assert schema(tmp_path / "store") == made and store.counts().entities == 0
        assert store.write(records, source="s", replace=replace).added == 40
        assert schema(tmp_path / "store") == made and store.verify() == []


# --- verify

FULL = (
    Triple("a", "r", "b", {"at": "1990"}),
    Entity("a", label="A", types=("t",)),
    Relation("r", inverse_of="s"),
    Passage("p", "a b", mentions=(MentionSpan(0, 1, "a"),)),
    Same("a", "b"),
)


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        ("UPDATE statement SET head = 99", "statement"),
        ("DELETE FROM relation WHERE id = 'r'", "statement"),
        ("UPDATE mention SET passage = 99", "mention"),
        ("UPDATE meta SET value = 5 WHERE name = 'statements'", "counter"),
        ("UPDATE meta SET value = 0 WHERE name = 'next_node'", "counter"),
        ("UPDATE meta SET value = 9 WHERE name = 'revision'", "counter"),
        ("INSERT INTO node VALUES (50, 'lost', 0, '', '')", "node"),
        ("UPDATE source SET assertions = 1", "source"),
        ("UPDATE source SET passages = 7", "source"),
        ("UPDATE run SET last = first", "run"),
        ("UPDATE relation SET uses = 7 WHERE id = 's'", "relation"),
        ("DELETE FROM type", "type"),
        ("UPDATE passage SET text = ''", "mention"),
    ],
)
def test_verify_finds_planted_damage(tmp_path: Path, store: SQLiteStore, damage: str, where: str) -> None:
    store.write(FULL, source="s")
    assert store.verify() == []
    connection = sqlite3.connect(tmp_path / "store" / "store.db")
    connection.execute(damage)
    connection.commit()
    connection.close()
    assert where in {problem.where for problem in store.verify()}


def test_verify_finds_torn_pages(tmp_path: Path) -> None:
    with SQLiteStore.create(tmp_path / "a") as made:
        made.write([Triple(f"a{i}", "r", f"b{i}") for i in range(5000)], source="s")
    path = tmp_path / "a" / "store.db"
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    with SQLiteStore.open(tmp_path / "a") as opened:
        assert opened.verify() != []


# --- the work of a change


def test_the_work_of_a_change_does_not_grow_with_the_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [0]
    original = connections.connect

    def counting(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = original(*arguments, **options)  # type: ignore[arg-type]  # passed through

        def count() -> None:
            steps[0] += 1

        connection.set_progress_handler(count, 100)
        return connection

    monkeypatch.setattr(connections, "connect", counting)

    def work(size: int) -> dict[str, int]:
        counted = {}
        with SQLiteStore.create(tmp_path / str(size)) as made:
            made.write(large(size), source="base")
            acts = {
                "add": lambda: made.write(large(100, name="new"), source="new"),
                "changes after adding": lambda: made.changes(1),
                "rows": lambda: list(made.node_rows(numbers=range(10))) + list(made.name_rows(numbers=range(10))),
                "info": lambda: (made.counts(), made.sources()),
                "qualified": lambda: list(made.qualified()),
                "replace": lambda: made.write(large(90, name="new"), source="new", replace=True),
                "delete": lambda: made.delete(source="new"),
                "changes after deleting": lambda: made.changes(2),
            }
            for name, act in acts.items():
                steps[0] = 0
                act()
                counted[name] = steps[0]
        return counted

    small, big = work(500), work(20_000)
    assert {name for name in small if big[name] > 1.5 * small[name] + 10} == set()


def large(size: int, *, name: str = "e") -> Iterator[Record]:
    """Statements around one hub, entities with facts, passages with mentions."""
    for i in range(size):
        yield Triple(f"{name}{i}", f"r{i % 5}", "hub")
        yield Triple("hub", "of", f"e{i % 100}")
        yield Entity(f"{name}{i}", label=f"label {i}", types=(f"t{i % 3}",))
        if i % 10 == 0:
            yield Passage(f"{name} passage {i}", "some text", mentions=(MentionSpan(0, 4, f"{name}{i}"),))
    yield Triple("hub", "of", f"{name}0", {"at": "1990"})


def test_the_identity_stays_and_a_store_of_the_first_days_is_given_one(tmp_path: Path) -> None:
    with SQLiteStore.create(tmp_path / "store") as store:
        identity = store.identity
    with SQLiteStore.open(tmp_path / "store") as store:
        assert store.identity == identity
        store.write([Triple("a", "r", "b")], source="s")
    connection = sqlite3.connect(tmp_path / "store" / "store.db")
    connection.execute("DELETE FROM meta WHERE name = 'identity'")
    connection.commit()
    connection.close()
    with SQLiteStore.open(tmp_path / "store") as store:
        given = store.identity
        assert given and given != identity
        assert store.verify() == []
    with SQLiteStore.open(tmp_path / "store") as store:
        assert store.identity == given
