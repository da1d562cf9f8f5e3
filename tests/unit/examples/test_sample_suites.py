"""The gold files are what build.py computes from the recipe's records."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.suites.elements import build
from eval.suites.elements.asking import Abstain, Ask
from eval.suites.elements.records import Graph
from eval.suites.languages import build as languages
from kgqa.assets import asset

SHAPES = 15


def stored(name: str) -> list[dict[str, Any]]:
    text = asset(f"eval/suites/elements/{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def built(sample_folder: Path) -> dict[str, list[dict[str, Any]]]:
    return dict(zip(("dozen", "shapes"), build.build(sample_folder), strict=True))


@pytest.mark.parametrize("name", ["dozen", "shapes"])
def test_the_stored_gold_is_what_the_records_give(name: str, built: dict[str, list[dict[str, Any]]]) -> None:
    assert built[name] == stored(name)


def test_the_questions_in_other_languages_are_what_the_records_give(sample_folder: Path) -> None:
    text = asset("eval/suites/languages/languages.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert languages.build(sample_folder) == lines
    assert Counter((line["language"], line["split"]) for line in lines) == {
        (language, split): 16 for language in ("de", "es", "fr", "ja") for split in ("dev", "test")
    }


def test_other_records_give_other_gold(sample_folder: Path, tmp_path: Path) -> None:
    changed = (sample_folder / "facts.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in changed if '"discovered_by", "tail": "person/pierre-curie"' not in line]
    assert len(kept) < len(changed)
    (tmp_path / "facts.jsonl").write_text("".join(kept), encoding="utf-8")
    (tmp_path / "withheld.jsonl").write_bytes((sample_folder / "withheld.jsonl").read_bytes())
    assert build.build(tmp_path)[0][0]["answers"] == ["person/marie-curie"]


def test_every_shape_has_at_least_six_more_and_both_halves() -> None:
    counts = Counter(line["type"] for line in stored("shapes"))
    assert len(counts) == SHAPES
    assert min(counts.values()) >= 6
    assert set(counts) == {line["type"] for line in stored("dozen")}
    halves = Counter((line["type"], line["split"]) for line in stored("shapes"))
    assert min(halves.values()) >= 3


def test_no_question_is_asked_twice() -> None:
    asked = Counter(line["question"].casefold() for name in ("dozen", "shapes") for line in stored(name))
    assert [question for question, times in asked.items() if times > 1] == []


def test_only_abstentions_have_no_answer() -> None:
    for line in stored("dozen") + stored("shapes"):
        assert bool(line["answers"]) != ("abstain" in line), line


def test_a_premise_that_is_true_is_refused(sample_folder: Path) -> None:
    ask = Ask("false-premise", "?", lambda g: Abstain("false_premise", premise=True))
    with pytest.raises(ValueError, match="premise is true"):
        build.gold(Graph(sample_folder), ask, "x")
