"""The questions in other people's words: gold is what the records give, and the halves share nothing."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.suites.wordings import build
from kgqa.assets import asset

FEWEST = 240
SHAPES = 27
EACH = 4
HELD_RUNS = 3

Row = dict[str, Any]


@pytest.fixture(scope="module")
def stored() -> dict[str, list[Row]]:
    out = {}
    for split in ("dev", "held"):
        text = asset(f"eval/suites/wordings/{split}.jsonl").read_text(encoding="utf-8")
        out[split] = [json.loads(line) for line in text.splitlines()]
    return out


def test_the_stored_gold_is_what_the_records_give(sample_folder: Path, stored: dict[str, list[Row]]) -> None:
    assert build.build(sample_folder) == stored


def test_every_shape_is_in_both_halves(stored: dict[str, list[Row]]) -> None:
    assert sum(map(len, stored.values())) >= FEWEST
    counts = {split: Counter(line["type"] for line in lines) for split, lines in stored.items()}
    assert set(counts["dev"]) == set(counts["held"])
    assert len(counts["dev"]) == SHAPES
    assert min(min(count.values()) for count in counts.values()) >= EACH


def test_the_halves_share_no_entity_and_no_question(stored: dict[str, list[Row]]) -> None:
    names = {split: {ref for line in lines for ref in line["names"]} for split, lines in stored.items()}
    assert names["dev"] & names["held"] == set()
    asked = Counter(line["question"].casefold() for lines in stored.values() for line in lines)
    assert max(asked.values()) == 1


def test_only_what_has_no_answer_lacks_one(stored: dict[str, list[Row]]) -> None:
    for line in stored["dev"] + stored["held"]:
        assert line["split"] == line["id"].partition("-")[0]
        assert bool(line["answers"]) == (line["kind"] != "none") != ("abstain" in line), line["id"]


def test_no_question_is_one_of_another_suite(stored: dict[str, list[Row]]) -> None:
    mine = {line["question"].casefold() for lines in stored.values() for line in lines}
    for name in ("compositional/dev", "compositional/test", "elements/dozen", "elements/shapes"):
        text = asset(f"eval/suites/{name}.jsonl").read_text(encoding="utf-8")
        assert mine.isdisjoint(json.loads(line)["question"].casefold() for line in text.splitlines()), name


def test_the_held_half_was_run_three_times_at_most() -> None:
    log = asset("eval/results").joinpath("wordings-held-runs.jsonl")
    runs = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    assert len(runs) <= HELD_RUNS


@pytest.mark.parametrize("name", build.company())
def test_the_stored_company_is_what_its_tables_give(name: str) -> None:
    assert asset(f"eval/suites/wordings/company/{name}").read_text(encoding="utf-8") == build.company()[name]


def test_the_bare_company_names_what_it_answers() -> None:
    files = build.company()
    named = {cell for row in files["triples.tsv"].splitlines() for cell in row.split("\t")}
    for line in map(json.loads, files["questions-plain.jsonl"].splitlines()):
        assert line["kind"] not in ("entity", "value") or named.issuperset(line["answers"]), line["id"]
