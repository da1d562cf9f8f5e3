"""The notebook about Neo4j runs from top to bottom on a real server, and what it shows is right."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from kgqa.graph.neo4j.local import RunningServer

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "neo4j.ipynb"


def shown(notebook: Any, source: str) -> str:
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code" and source in cell.source)
    return str([output.get("text") or output["data"] for output in cell.outputs])


def test_the_notebook_attaches_ingests_looks_and_asks(empty: RunningServer, tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook.cells)
    paths = [str(NOTEBOOK.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "KGQA_STORE": empty.uri, "TMPDIR": str(tmp_path)}
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env=environment)
    assert "name: title" in shown(notebook, "attach_graph(uri")
    directed = shown(notebook, "Which movies did Michael Mann direct?")
    assert "Heat" in directed and "Ali" in directed
    assert "'published': 1817" in shown(notebook, "MATCH (a:`novels.Entity`")
    asked = shown(notebook, "born in Steventon")
    assert "Emma" in asked and "Persuasion" in asked
