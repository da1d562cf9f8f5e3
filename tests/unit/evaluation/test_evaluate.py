"""Judging the answers of any system."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgqa.errors import InputError, UsageError
from kgqa.evaluation import evaluate
from kgqa.types import Verdict, VerdictLabel

GOLD = [
    {"id": "a", "question": "?", "answers": ["Q90"], "aliases": {"Q90": ["Paris"]}, "type": "1-hop"},
    {"id": "b", "answers": ["x", "y"], "type": "2-hop"},
    {"id": "c", "answers": [], "type": "2-hop"},
    {"id": "d", "answers": [7]},
]


def figure(report, name):
    return report.figures[name].value


def entity(id, label):
    return {"kind": "entity", "id": id, "label": label, "score": 1.0}


def test_perfect_answers_score_one_whether_ids_names_or_strings():
    answers = [
        {"id": "a", "answers": ["paris"]},
        {"id": "b", "answers": [entity("y", "Y!"), entity("x", "X!")]},
        {"id": "c", "answers": [], "abstained": True},
        {"id": "d", "answers": [{"kind": "count", "value": 7, "label": "7", "score": 1.0}]},
    ]
    report = evaluate(answers, GOLD)
    for name in ("hit", "hits_at_1", "exact", "precision", "recall", "f1", "abstention_precision", "abstention_recall"):
        assert figure(report, name) == 1.0, name
    assert report.questions == {
        "all": 4, "answerable": 3, "unanswerable": 1, "without gold": 0,
        "answered": 3, "abstained": 1, "error": 0, "missing": 0,
    }  # fmt: skip


def test_a_best_guess_counts_where_the_system_abstained_and_nowhere_else():
    answers = [
        {"id": "a", "answers": [], "abstained": True, "candidates": [entity("paris", "Paris")]},
        {"id": "b", "answers": ["z"], "candidates": ["x"]},
        {"id": "d", "answers": [], "abstained": True, "candidates": ["8", "7"]},
    ]
    report = evaluate(answers, GOLD)
    assert [judged.guessed for judged in report.judgements if judged.id in ("a", "b", "d")] == [True, False, False]
    assert (figure(report, "guessed"), figure(report, "hits_at_1")) == (pytest.approx(1 / 3), 0.0)


def test_hit_is_looser_than_hits_at_1_and_exact_match_is_stricter():
    answers = [
        {"id": "a", "answers": [], "text": "I believe that it is Paris [1]."},
        {"id": "b", "answers": ["z", "x"]},
        {"id": "d", "answers": ["7", "8"]},
    ]
    by_id = {judged.id: judged for judged in evaluate(answers, GOLD).judgements}
    assert (by_id["a"].hit, by_id["a"].hits_at_1, by_id["a"].f1) == (True, False, 0.0)
    assert (by_id["b"].hit, by_id["b"].hits_at_1, by_id["b"].precision, by_id["b"].recall) == (True, False, 0.5, 0.5)
    assert (by_id["d"].hits_at_1, by_id["d"].exact, by_id["d"].recall) == (True, False, 1.0)


def test_a_namesake_beside_the_right_entity_is_wrong_and_told_when_it_stands_alone():
    both = evaluate([{"id": "a", "answers": [entity("Q90", "Paris"), entity("Q830149", "Paris")]}], GOLD[:1])
    assert both.judgements[0].precision == 0.5
    alone = evaluate([{"id": "a", "answers": [entity("Q830149", "Paris")]}], GOLD[:1])
    assert alone.judgements[0].by_name == 1
    assert any("by name though their id" in note for note in alone.notes)


def test_saying_the_same_twice_changes_nothing():
    once = evaluate([{"id": "b", "answers": ["x", "z"]}], GOLD[1:2]).judgements[0]
    twice = evaluate([{"id": "b", "answers": ["x", "z", "X", "Z."]}], GOLD[1:2]).judgements[0]
    assert (once.precision, once.recall) == (twice.precision, twice.recall)


def test_answers_that_are_told_but_not_written_count_against_precision():
    judged = evaluate([{"id": "b", "answers": ["x", "y"], "answers_total": 4}], GOLD[1:2]).judgements[0]
    assert (judged.precision, judged.exact) == (0.5, False)


def test_missing_repeated_unknown_and_failed_are_reported_and_count_as_wrong():
    answers = [
        {"id": "b", "answers": ["x", "y"]},
        {"id": "b", "answers": ["nonsense"]},
        {"id": "zzz", "answers": ["x"]},
        {"id": "d", "line": 4, "error": {"code": "bad_input", "detail": "..."}},
    ]
    report = evaluate(answers, GOLD)
    assert report.problems == {
        "missing": ("a", "c"), "errors": ("d",), "repeated": ("b",), "unknown": ("zzz",), "repeated_gold": (),
    }  # fmt: skip
    assert figure(report, "exact") == pytest.approx(1 / 3)
    assert figure(report, "abstention_recall") == 0.0
    assert len(report.judgements) == 4


def test_an_abstention_is_no_answer_whatever_it_says():
    report = evaluate([{"id": "a", "answers": ["Q90"], "text": "Perhaps Paris?", "abstained": True}], GOLD[:1])
    assert figure(report, "hit") == 0.0
    assert figure(report, "abstained") == 1.0
    assert figure(report, "abstention_precision") == 0.0


def test_gold_that_names_no_answers_is_counted_and_not_judged():
    report = evaluate([{"id": "1", "answers": ["x"]}], [{"question": "?"}])
    assert report.questions["without gold"] == 1
    assert report.figures["hit"].value is None
    assert report.judgements[0].hit is None


def test_types_are_judged_apart():
    report = evaluate([{"id": "b", "answers": ["x", "y"]}], GOLD)
    assert list(report.by_type) == ["1-hop", "2-hop"]
    count, figures = report.by_type["2-hop"]
    assert (count, figures["exact"].value) == (2, 1.0)


def test_citations_are_checked_as_far_as_that_needs_no_graph():
    def answer(citations):
        claims = [{"text": "t", "citations": citations, "predicted": False}]
        return {"id": "a", "answers": ["Q90"], "claims": claims, "evidence": [{"n": 1, "kind": "passage"}]}

    for citations, good in (([1], 1.0), ([2], 0.0), ([], 0.0), ([1, 2], 0.0)):
        report = evaluate([answer(citations)], GOLD[:1])
        assert figure(report, "claims_cited") == good
        assert any("not checked on the graph" in note for note in report.notes)


def test_with_a_graph_the_verdict_is_found_again():
    class Graph:
        def verify(self, answer):
            good = answer["id"] == "a"
            return Verdict(VerdictLabel.SUPPORTED if good else VerdictLabel.UNSUPPORTED)

    claims = [{"text": "t", "citations": [], "predicted": False}]
    answers = [{"id": "a", "answers": ["Q90"], "claims": claims}, {"id": "b", "answers": ["x"], "claims": claims}]
    report = evaluate(answers, GOLD, store=Graph())
    assert report.verified == {"supported": 1, "unsupported": 1}
    assert figure(report, "verified") == 0.5


def test_confidence_and_time_are_measured_where_they_are_given():
    answers = [
        {"id": "a", "answers": ["Q90"], "confidence": 1.0, "timing_ms": {"total": 10.0}},
        {"id": "b", "answers": ["z"], "confidence": 0.0, "timing_ms": {"total": 30.0}},
    ]
    report = evaluate(answers, GOLD[:2])
    assert (figure(report, "ece"), figure(report, "auroc")) == (0.0, 1.0)
    assert (figure(report, "ms_median"), figure(report, "ms_p95")) == (10.0, 30.0)


def test_two_systems_are_compared_on_the_same_questions():
    good = [{"id": str(n), "answers": ["x"]} for n in range(60)]
    bad = [{"id": str(n), "answers": ["x" if n % 2 else "z"]} for n in range(60)]
    gold = [{"id": str(n), "answers": ["x"]} for n in range(60)]
    pair = evaluate(good, gold, against=bad, names=("good", "bad")).comparison
    assert pair.differences["f1"].difference.value == 0.5
    assert pair.differences["f1"].p < 0.01
    assert pair.differences["answered"].p == 1.0


NAMES = st.sampled_from(["x", "y", "z", "Q1"])
LINES = st.lists(
    st.tuples(st.lists(NAMES, max_size=3), st.lists(NAMES, max_size=3), st.none() | st.floats(0, 1)),
    min_size=1,
    max_size=8,
)


@given(LINES, st.randoms())
def test_the_order_of_lines_and_of_gold_answers_does_not_matter(lines, random):
    answers = [{"id": str(n), "answers": given, "confidence": sure} for n, (given, _, sure) in enumerate(lines)]
    gold = [{"id": str(n), "answers": right} for n, (_, right, _) in enumerate(lines)]
    before = evaluate(answers, gold, resamples=5)
    mixed = [{**line, "answers": random.sample(line["answers"], len(line["answers"]))} for line in gold]
    random.shuffle(mixed)
    random.shuffle(answers)
    after = evaluate(answers, mixed, resamples=5)
    assert before.figures == after.figures


@given(LINES)
def test_figures_keep_their_order_and_bounds(lines):
    answers = [{"id": str(n), "answers": given} for n, (given, _, _) in enumerate(lines)]
    gold = [{"id": str(n), "answers": right} for n, (_, right, _) in enumerate(lines)]
    for judged in evaluate(answers, gold, resamples=2).judgements:
        if judged.answerable:
            assert judged.exact <= judged.hits_at_1 <= judged.hit
            assert 0 <= judged.f1 <= 1
            assert min(judged.precision, judged.recall) <= judged.f1 <= max(judged.precision, judged.recall)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"id": "a", "answers": ["x"]}\nnonsense\n', ":2: not JSON"),
        ('["a"]\n', ":1: not a JSON object"),
        ('{"id": true}\n', "'id' must be a string"),
        ('{"id": "a", "answers": [{}]}\n', "an answer that cannot be read"),
        ('{"id": "a", "confidence": 95}\n', "'confidence' must be a number from 0 to 1"),
        ('{"id": "a", "confidence": NaN}\n', "NaN is not JSON"),
    ],
)
def test_answers_that_cannot_be_read_are_refused_with_their_line(tmp_path, text, says):
    path = tmp_path / "answers.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"answers\.jsonl") as caught:
        evaluate(path, GOLD)
    assert says in str(caught.value)


@pytest.mark.parametrize("line", [{"answers": "x"}, {"answers": [["x"]]}, {"answers": ["x"], "aliases": {"x": "y"}}])
def test_gold_that_cannot_be_read_is_refused(line):
    with pytest.raises(InputError):
        evaluate([], [line])


def test_no_gold_and_no_file_are_refused(tmp_path):
    with pytest.raises(InputError, match="no gold question"):
        evaluate([], [])
    with pytest.raises(InputError, match="cannot be read"):
        evaluate(tmp_path / "none.jsonl", GOLD)


def test_a_byte_order_mark_and_blank_lines_are_allowed(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b'\r\n\n{"id": "a", "answers": ["x"]}\r\n')
    assert figure(evaluate([{"id": "a", "answers": ["x"]}], path), "exact") == 1.0


def test_a_report_is_written_whole_and_replaces_only_a_report(tmp_path):
    report = evaluate([{"id": "a", "answers": ["Q90"]}], GOLD)
    folder = tmp_path / "new" / "report"
    report.write(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["answers.jsonl", "report.json", "report.md"]
    assert len((folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()) == len(GOLD)
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["figures"]["hit"]["value"] is not None
    (folder / "stray").write_text("old", encoding="utf-8")
    report.write(folder)
    assert not (folder / "stray").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["report"]
    other = tmp_path / "photos"
    other.mkdir()
    (other / "one.jpg").write_bytes(b"x")
    with pytest.raises(UsageError, match="no report"):
        report.write(other)
    assert (other / "one.jpg").exists()


def test_markdown_holds_the_names_of_any_type_inside_their_cell():
    gold = [{"id": "a", "answers": ["x"], "type": "one|two\n# three"}]
    text = evaluate([{"id": "a", "answers": ["x"]}], gold).to_markdown()
    assert "| one\\|two # three | 1 | 100.0 % |" in text
