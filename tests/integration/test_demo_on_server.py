"""The graph of `make demo` on a server and in a folder: the same answers to its dozen questions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples.elements import recipe
from kgqa import Engine
from kgqa.assets import asset
from kgqa.config import load_settings
from kgqa.graph.neo4j.local import RunningServer
from tests.integration.test_neo4j_answers import told

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


def test_the_demo_answers_alike_on_a_server_and_in_a_folder(empty: RunningServer, tmp_path: Path) -> None:
    recipe.write(tmp_path)
    lines = asset("eval/suites/elements/dozen.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    settings = load_settings(work=tmp_path / "work")
    answers, exports = [], []
    for place in (tmp_path / "store", empty.uri):
        with Engine.create(place, settings=settings) as engine:
            engine.ingest(tmp_path / "facts.jsonl", source_name="elements")
            answers.append([told(engine.ask(question)) for question in questions])
            engine.export(tmp_path / "exported.jsonl")
            exports.append((tmp_path / "exported.jsonl").read_bytes())
            (tmp_path / "exported.jsonl").unlink()
    for here, there in zip(*answers, strict=True):
        assert there == here
    assert exports[0] == exports[1]
    assert sum(not answer["abstained"] for answer in answers[0]) >= 9
