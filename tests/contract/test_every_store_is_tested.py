"""No store and no index without its contract test."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kgqa.graph.store import GraphStore
from kgqa.index.contract import NameIndex, PassageIndex, VectorSearch

ROOT = Path(__file__).resolve().parents[2]


def classes_deriving_from(base: str, folder: Path) -> dict[str, Path]:
    """Names of classes under ``folder`` that name ``base`` among their bases, without importing them."""
    found = {}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == base for b in node.bases):
                found[node.name] = path
    return found


def test_every_store_has_a_contract_test() -> None:
    stores = classes_deriving_from(GraphStore.__name__, ROOT / "kgqa")
    tests = classes_deriving_from("GraphStoreContract", ROOT / "tests")
    assert stores
    assert {f"Test{name}" for name in stores} == set(tests)


@pytest.mark.parametrize("contract", [NameIndex, PassageIndex, VectorSearch])
def test_every_index_has_a_contract_test(contract: type) -> None:
    indexes = classes_deriving_from(contract.__name__, ROOT / "kgqa")
    tests = classes_deriving_from(f"{contract.__name__}Contract", ROOT / "tests")
    assert indexes
    assert {f"Test{name}" for name in indexes} == set(tests)
