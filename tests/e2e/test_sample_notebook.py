"""The notebook runs from top to bottom and shows an answer with its grounds."""

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "quickstart.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    root = str(NOTEBOOK.parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path_factory.mktemp("nb"))}})
    client.execute(env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)})
    return notebook


def outputs(notebook: Any, source: str) -> Any:
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code" and source in cell.source)
    return cell.outputs


@pytest.mark.slow
def test_an_answer_shows_itself_with_its_evidence(executed: Any) -> None:
    shown = outputs(executed, "Who wrote Middlemarch?")[-1]["data"]
    assert "George Eliot" in shown["text/html"]
    assert "novels" in shown["text/html"]  # the source of its evidence


@pytest.mark.slow
def test_several_hops_and_a_count_are_answered(executed: Any) -> None:
    html = outputs(executed, "born in Yasnaya Polyana")[-1]["data"]["text/html"]
    assert "War and Peace" in html
    assert "Anna Karenina" in html
    assert "2" in outputs(executed, "How many novels")[-1]["data"]["text/html"]


@pytest.mark.slow
def test_what_is_unknown_or_deleted_is_not_answered(executed: Any) -> None:
    assert "True" in outputs(executed, "capital of Atlantis")[-1]["data"]["text/plain"]
    assert outputs(executed, "gone.abstained")[-1]["data"]["text/plain"] == "True"


@pytest.mark.slow
def test_no_library_talks_in_between(executed: Any) -> None:
    said = [o.text for cell in executed.cells for o in cell.get("outputs", ()) if o.get("name") == "stderr"]
    assert said == []


def test_the_stored_notebook_carries_no_outputs() -> None:
    stored = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in stored.cells)
