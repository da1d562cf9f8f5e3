"""Very many vectors are searched approximately, and how well is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgqa import Engine, load_settings


def test_index_and_info_tell_how_well_approximate_search_finds(tmp_path: Path) -> None:
    pytest.importorskip("faiss")
    notes = [{"passage": {"id": f"n{n:02d}", "text": f"Note {n} is about river number {n}."}} for n in range(40)]
    with Engine.create(tmp_path / "notes.kgqa", settings=load_settings(approximate_above=30)) as engine:
        assert engine.info()["vectors"] is None
        engine.ingest(notes, source_name="notes")
        told = engine.index().to_dict()["approximate"]
        assert told["passage"]["vectors"] == 40 and told["passage"]["recall_at_10"] > 0.9
        assert engine.info()["vectors"] == {"revision": 1, "count": 40, "approximate": told}
        found = engine.search("river number 7", channels=["dense"], kind="passage", k=1).to_dict()["results"]
        assert found[0]["id"] == "n07"
