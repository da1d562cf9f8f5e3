"""Shipped files are found by one function."""

from __future__ import annotations

from pathlib import Path

import pytest

import kgqa.assets
from kgqa.assets import asset
from kgqa.errors import KgqaError


@pytest.mark.parametrize("name", ["graph/schema/sqlite", "prompts", "eval/schemas/answer.json", "eval/suites"])
def test_what_ships_is_found(name: str) -> None:
    assert asset(name).exists()


def test_what_does_not_ship_is_an_error_that_names_it() -> None:
    with pytest.raises(KgqaError, match=r"'prompts/nothing\.md'.*install kgqa again"):
        asset("prompts/nothing.md")


def test_a_wheels_own_files_go_before_what_lies_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "kgqa"
    (package / "_assets" / "prompts").mkdir(parents=True)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "graph").mkdir()
    monkeypatch.setattr(kgqa.assets, "__file__", str(package / "assets.py"))
    assert asset("prompts") == (package / "_assets" / "prompts").resolve()
    assert asset("graph") == (tmp_path / "graph").resolve()
