"""A folder as sources: one a file, unchanged ones passed over, broken ones reported, near-duplicates told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kgqa import Engine
from kgqa.cli.main import app
from kgqa.errors import InputError, UsageError

LONG = " ".join(f"Sentence number {n} tells of rivers and hills." for n in range(12))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text(LONG, encoding="utf-8")
    (folder / "deep" / "b.md").write_text(f"# Rivers\n\n{LONG} And one more.\n", encoding="utf-8")
    (folder / "broken.txt").write_bytes(b"fine so far \xff\xfe no text")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / ".hidden.txt").write_text("not for us", encoding="utf-8")
    return folder


def statuses(report) -> dict[str, str]:  # type: ignore[no-untyped-def]
    return {Path(file.source).name: file.status for file in report.files}


def test_each_file_is_a_source_and_a_broken_one_leaves_the_rest(library: Path, tmp_path: Path) -> None:
    with Engine.create(tmp_path / "g") as engine:
        report = engine.ingest_folder(library)
        assert statuses(report) == {"a.txt": "added", "b.md": "added", "broken.txt": "failed", "picture.png": "unknown"}
        assert "broken.txt" in (report.failed[0].error or "")
        assert {Path(source.name).name for source in engine.store.sources()} == {"a.txt", "b.md"}
        assert report.passages == 2 and report.duplicates_total == 1
        assert report.duplicates[0].similarity > 0.8


def test_only_what_changed_is_read_again(library: Path, tmp_path: Path) -> None:
    with Engine.create(tmp_path / "g") as engine:
        engine.ingest_folder(library)
        revision = engine.revision
        again = engine.ingest_folder(library)
        assert statuses(again)["a.txt"] == statuses(again)["b.md"] == "unchanged" and engine.revision == revision
        (library / "a.txt").write_text("Another text.", encoding="utf-8")
        (library / "deep" / "b.md").unlink()
        changed = engine.ingest_folder(library)
        assert statuses(changed) | {"broken.txt": "", "picture.png": ""} == {
            "a.txt": "changed", "b.md": "gone", "broken.txt": "", "picture.png": "",
        }  # fmt: skip
        assert next(engine.store.passages()).text == "Another text."
        assert statuses(engine.ingest_folder(library, replace=True))["b.md"] == "deleted"
        assert len(list(engine.store.passages())) == 1


def test_a_source_that_was_deleted_is_read_again_and_so_is_all_when_the_notes_are_gone(
    library: Path, tmp_path: Path
) -> None:
    with Engine.create(tmp_path / "g") as engine:
        engine.ingest_folder(library)
        name = next(source.name for source in engine.store.sources() if source.name.endswith("a.txt"))
        engine.delete(source=name)
        assert statuses(engine.ingest_folder(library))["a.txt"] == "added"
        shutil.rmtree(tmp_path / "g" / "files")
        report = engine.ingest_folder(library)
        assert statuses(report)["a.txt"] == "changed"
        assert sum(file.added + file.removed for file in report.files) == 0


def test_a_dry_run_counts_and_estimates_and_writes_nothing(library: Path, tmp_path: Path) -> None:
    with Engine.create(tmp_path / "g") as engine:
        report = engine.ingest_folder(library, dry_run=True)
        assert report.passages == 2 and report.characters > 2 * len(LONG) and report.disk_mb >= 0
        assert report.encode_seconds is not None and report.encode_seconds >= 0
        assert engine.revision == 0 and not list(engine.store.sources())
        assert statuses(engine.ingest_folder(library))["a.txt"] == "added"


def test_a_link_out_of_the_folder_is_not_followed(library: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("elsewhere", encoding="utf-8")
    (library / "link.txt").symlink_to(tmp_path / "secret.txt")
    with Engine.create(tmp_path / "g") as engine:
        assert "link.txt" not in statuses(engine.ingest_folder(library))


def test_a_folder_of_nothing_and_options_for_one_file_are_refused(library: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with Engine.create(tmp_path / "g") as engine:
        with pytest.raises(InputError, match="no file in this folder"):
            engine.ingest_folder(tmp_path / "empty")
        with pytest.raises(UsageError, match="a folder takes no"):
            engine.ingest_folder(library, source_name="one")


def test_the_command_takes_a_folder_and_says_what_became_of_its_files(library: Path, tmp_path: Path) -> None:
    words = ["ingest", str(library), "--store", str(tmp_path / "g"), "--overlap", "5", "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1  # one file is broken
    data = json.loads(done.stdout)
    assert [file["status"] for file in data["folders"][0]["files"]].count("added") == 2
    (library / "broken.txt").unlink()
    again = CliRunner().invoke(app, words[:-1])
    assert again.exit_code == 0 and "2 unchanged" in again.stdout
