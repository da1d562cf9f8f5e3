"""What the commands leave behind: the store, ``--out``, and one cache folder, nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.packaging.conftest import Asked, Installed

pytestmark = pytest.mark.slow

TRIPLES = "".join(f"{head}\tlinked_to\t{(head * 7 + step) % 20}\n" for head in range(20) for step in range(3))
ALL_THAT_WRITES = """
from kgqa import Engine
with Engine.create('graph.kgqa') as engine:
    engine.ingest('facts.jsonl')
    engine.ingest('graph.tsv')
    engine.index()
    engine.train('embeddings', epochs=1, dim=4)
    engine.ask('What was polonium named after?')
    engine.export('out.jsonl')
"""


def files(folder: Path) -> set[str]:
    """Everything under a folder that is not a folder with something in it."""
    if not folder.exists():
        return set()
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() or (path.is_dir() and not any(path.iterdir()))
    }


def test_everything_written_lies_in_the_store_the_out_file_or_the_cache(installed: Installed) -> None:
    (installed.work / "graph.tsv").write_text(TRIPLES, encoding="utf-8")
    installed.run_python(ALL_THAT_WRITES, KGQA_CACHE=str(installed.place / "cache"))
    assert files(installed.home) == set()
    assert files(installed.temporary) == set()
    left = {name for name in files(installed.work) if not name.startswith("graph.kgqa/")}
    assert left == {"facts.jsonl", "graph.tsv", "out.jsonl"}
    assert files(installed.place / "cache")


@pytest.mark.skipif(sys.platform == "win32", reason="the system, not the environment, says where caches lie")
def test_without_a_setting_the_cache_is_one_folder_of_the_user(asked: Asked) -> None:
    installed = asked.installed
    settings = json.loads(installed.run("info", "--store", "chemistry.kgqa", "--json"))["settings"]
    inside = Path(settings["cache"]).relative_to(installed.home).as_posix() + "/"
    left = files(installed.home)
    assert left
    assert not [name for name in left if not name.startswith(inside)]
    assert files(installed.temporary) == set()
    assert not [name for name in files(installed.work) if not name.startswith(("facts.jsonl", "chemistry.kgqa/"))]
