"""The compositional questions: gold is what the records give, the halves share nothing, every shape is there."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.suites.compositional import build
from eval.suites.compositional.scoring import figures
from kgqa.assets import asset

SHAPES = 27
FEWEST = 320

Row = dict[str, Any]


@pytest.fixture(scope="module")
def stored() -> dict[str, list[Row]]:
    out = {}
    for split in ("dev", "test"):
        text = asset(f"eval/suites/compositional/{split}.jsonl").read_text(encoding="utf-8")
        out[split] = [json.loads(line) for line in text.splitlines()]
    return out


def test_the_stored_gold_is_what_the_records_give(sample_folder: Path, stored: dict[str, list[Row]]) -> None:
    assert build.build(sample_folder) == stored


def test_there_are_enough_questions_and_half_are_worded_by_hand(stored: dict[str, list[Row]]) -> None:
    assert sum(map(len, stored.values())) >= FEWEST
    for lines in stored.values():
        assert sum(line["wording"] == "hand" for line in lines) >= len(lines) / 2


def test_every_shape_is_in_both_halves(stored: dict[str, list[Row]]) -> None:
    counts = {split: Counter(line["type"] for line in lines) for split, lines in stored.items()}
    assert set(counts["dev"]) == set(counts["test"])
    assert len(counts["dev"]) == SHAPES
    assert min(min(count.values()) for count in counts.values()) >= 4


def test_the_halves_share_no_entity_and_no_wording(stored: dict[str, list[Row]]) -> None:
    names = {split: {ref for line in lines for ref in line["names"]} for split, lines in stored.items()}
    assert names["dev"] & names["test"] == set()
    asked = Counter(line["question"].casefold() for lines in stored.values() for line in lines)
    assert [question for question, times in asked.items() if times > 1] == []


def test_only_what_has_no_answer_lacks_one(stored: dict[str, list[Row]]) -> None:
    for line in stored["dev"] + stored["test"]:
        assert line["split"] == line["id"].partition("-")[0]
        assert bool(line["answers"]) == (line["kind"] != "none") != ("abstain" in line), line["id"]


def test_figures_count_right_answers_and_right_abstentions() -> None:
    gold: list[Row] = [
        {"id": "a", "type": "1-hop", "wording": "hand", "kind": "entity", "answers": ["x"]},
        {"id": "b", "type": "1-hop", "wording": "hand", "kind": "entity", "answers": ["x", "y"]},
        {"id": "c", "type": "unanswerable", "wording": "hand", "kind": "none", "answers": [], "abstain": ["no_plan"]},
        {"id": "d", "type": "unanswerable", "wording": "hand", "kind": "none", "answers": [], "abstain": ["no_plan"]},
    ]

    def entity(ref: str, confidence: float) -> Row:
        answer = {"kind": "entity", "id": ref, "label": ref, "score": 1.0}
        return {"answers": [answer], "abstained": False, "confidence": confidence}

    answers: list[Row] = [
        {"id": "a", **entity("x", 0.9)},
        {"id": "b", **entity("z", 0.5)},
        {"id": "c", "answers": [], "abstained": True, "reason": {"code": "no_plan", "detail": ""}},
        {"id": "d", **entity("x", 0.7)},
    ]
    row = figures(answers, gold)["all"]
    assert (row["hits@1"], row["exact"], row["rightly abstained"]) == (0.5, 0.5, 0.5)
    assert row["hits@1 or rightly abstained"] == 0.5
    assert row["abstention auroc"] == pytest.approx(3 / 4)
