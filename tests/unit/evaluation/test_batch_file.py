"""Batches: every line answered in its place, continued after an interruption, never mixed."""

import json
from dataclasses import replace

import pytest

from kgqa.config import Settings
from kgqa.engine.reports import BatchError
from kgqa.errors import InputError, KgqaError, UsageError
from kgqa.evaluation.batch_file import Existing, read_questions, run_batch
from kgqa.types import Answer, AnswerItem, AnswerKind, Question, Reason, ReasonCode, Verdict, VerdictLabel


class Echo:
    """Answers each question with its own text; abstains from "?", fails at "fail", is interrupted at "stop"."""

    def __init__(self, *, revision=1, models=None, settings=None, stops=True):
        self.revision = revision
        self.settings = settings or Settings()
        self.models = models or {}
        self.stops = stops
        self.asked = []

    def info(self):
        return {"counts": {"entities": 3}, "models": self.models}

    def batch(self, questions):
        for question in questions:
            self.asked.append(question)
            if question.question == "stop" and self.stops:
                raise KeyboardInterrupt
            if question.question == "fail":
                yield BatchError(question.id, 1, "plan", "no such plan")
                continue
            item = AnswerItem(AnswerKind.ENTITY, question.question, 1.0, id=",".join(question.entities or ("none",)))
            answer = Answer(question.question, "text", 1, Verdict(VerdictLabel.SUPPORTED), (item,), id=question.id)
            if question.question == "?":
                answer = replace(answer, answers=(), reason=Reason(ReasonCode.NO_PLAN, "none"))
            yield answer


@pytest.fixture
def ask(tmp_path):
    """Writes lines (objects or raw bytes) and runs them as a batch."""

    def run(lines, engine=None, existing=Existing.REFUSE, **options):
        raw = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
        (tmp_path / "questions.jsonl").write_bytes(b"\n".join(raw))
        engine = engine or Echo()
        return run_batch(engine, tmp_path / "questions.jsonl", tmp_path / "out.jsonl", existing=existing, **options)

    return run


@pytest.fixture
def written(tmp_path):
    return lambda: [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]


def questions(count):
    return [{"id": f"q{n}", "question": f"what is {n}"} for n in range(count)]


def test_answers_come_in_the_order_of_the_questions_and_are_counted(ask, written):
    seen = []
    report = ask(
        [*questions(3), {"id": "n", "question": "?"}],
        progress=lambda what, done, total: seen.append((done, total)),
    )
    assert [line["id"] for line in written()] == ["q0", "q1", "q2", "n"]
    assert (report.questions, report.answered, report.abstained, report.errors, report.kept) == (4, 3, 1, 0, 0)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_line_that_asks_nothing_gets_an_error_in_its_place(ask, written):
    bad = [
        b"no json",
        b"[1]",
        b'{"id": "x"}',
        b'{"id": "y", "question": "  "}',
        b'{"id": "z", "question": "a", "entities": "Q1"}',
        b'{"id": [], "question": "a"}',
        b'{"id": "s", "question": "\\ud800"}',
        b"\xff\xfe",
        b'{"id": "q0", "question": "again"}',
        b"[" * 100_000,
        b'{"id": "f", "question": "fail"}',
    ]
    report = ask([*questions(1), *bad, *questions(3)[1:]])
    lines = written()
    assert [line["id"] for line in lines] == [
        "q0", "2", "3", "x", "y", "z", "7", "8", "9", "q0", "11", "f", "q1", "q2",
    ]  # fmt: skip
    errors = {line["line"]: line["error"]["code"] for line in lines if "error" in line}
    assert errors == {**dict.fromkeys(range(2, 10), "bad_input"), 10: "duplicate_id", 11: "bad_input", 12: "plan"}
    assert all(line["error"]["detail"] for line in lines if "error" in line)
    assert (report.answered, report.errors) == (3, 11)


def test_only_id_question_and_entities_are_read(tmp_path):
    lines = [
        {"question": "a", "entities": ["Q1"]},
        {"id": 7, "question": "b"},
        {"id": "7 ", "question": "c", "entities": None},
    ]
    path = tmp_path / "q.jsonl"

    def read(extra):
        path.write_text("\n".join(json.dumps({**line, **extra}) for line in lines), encoding="utf-8")
        return read_questions(path)

    assert read({}) == [
        (1, Question("a", "1", ("Q1",))),
        (2, Question("b", "7", None)),
        (3, Question("c", "7 ", None)),
    ]
    assert read({"answers": ["x"], "type": "t", "aliases": {"x": ["y"]}, "gold": 1, "paths": [["r"]]}) == read({})


def test_blank_lines_count_as_lines_but_ask_nothing(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"question": "a"}\r\n\r\n{"question": "b"}\r\n')
    assert [(line, item.id) for line, item in read_questions(path)] == [(1, "1"), (3, "3")]


def test_answers_that_exist_are_refused_and_kept(ask, tmp_path):
    ask(questions(2))
    before = (tmp_path / "out.jsonl").read_bytes()
    with pytest.raises(UsageError, match="--resume"):
        ask(questions(2))
    assert (tmp_path / "out.jsonl").read_bytes() == before


def test_overwriting_starts_anew(ask, written):
    ask(questions(3))
    ask(questions(1), existing=Existing.OVERWRITE)
    assert [line["id"] for line in written()] == ["q0"]


def interrupted(ask, engine=None):
    lines = [*questions(2), {"id": "s", "question": "stop"}, {"id": "f", "question": "fail"}]
    with pytest.raises(KeyboardInterrupt):
        ask(lines, engine=engine)
    return lines


def test_what_an_interruption_leaves_is_continued_as_if_it_had_not_been(ask, written, tmp_path):
    lines = interrupted(ask)
    assert [line["id"] for line in written()] == ["q0", "q1"]
    with (tmp_path / "out.jsonl").open("ab") as file:
        file.write(b'{"id": "s", "question": "st')  # what a kill tears
    engine = Echo(stops=False)
    report = ask(lines, engine=engine, existing=Existing.RESUME)
    continued = written()
    assert [question.id for question in engine.asked] == ["s", "f"]
    assert (report.kept, report.answered, report.errors) == (2, 3, 1)
    ask(lines, engine=Echo(stops=False), existing=Existing.OVERWRITE)
    assert written() == continued


def test_a_finished_batch_is_continued_by_doing_nothing_and_its_errors_still_count(ask):
    lines = [*questions(1), b"no json"]
    ask(lines)
    engine = Echo()
    report = ask(lines, engine=engine, existing=Existing.RESUME)
    assert engine.asked == []
    assert (report.kept, report.errors) == (2, 1)


def test_resuming_where_nothing_is_starts(ask):
    assert ask(questions(2), existing=Existing.RESUME).kept == 0


@pytest.mark.parametrize(
    ("engine", "says"),
    [
        (Echo(revision=2), "revision was 1 and is 2"),
        (Echo(models={"planner": {"version": "b"}}), "models differ"),
        (Echo(settings=Settings(beam=3, seed=9)), "settings differ (beam, seed)"),
    ],
)
def test_another_graph_model_or_setting_is_not_mixed_in(ask, tmp_path, engine, says):
    lines = interrupted(ask)
    before = (tmp_path / "out.jsonl").read_bytes()
    with pytest.raises(UsageError) as caught:
        ask(lines, engine=engine, existing=Existing.RESUME)
    assert says in str(caught.value)
    assert (tmp_path / "out.jsonl").read_bytes() == before


def test_other_questions_are_not_mixed_in(ask):
    lines = interrupted(ask)
    for changed in ([*lines, {"question": "more"}], [{"id": "q0", "question": "other"}, *lines[1:]]):
        with pytest.raises(UsageError, match="questions differ"):
            ask(changed, existing=Existing.RESUME)


def test_what_changes_no_answer_does_not_stop_resuming(ask, tmp_path):
    lines = interrupted(ask)
    engine = Echo(stops=False, settings=Settings(cache=tmp_path / "other", threads=3))
    gold = [{**line, "answers": ["x"]} for line in lines]
    assert ask(gold, engine=engine, existing=Existing.RESUME).kept == 2


def test_lines_that_answer_something_else_or_a_lost_record_are_refused(ask, tmp_path):
    lines = interrupted(ask)
    out = tmp_path / "out.jsonl"
    good = out.read_bytes()
    for bad in (b'{"id": "zzz"}\n', b"\x00\x00\n", b"[]\n", good + good):
        out.write_bytes(bad)
        with pytest.raises(UsageError, match="does not answer question"):
            ask(lines, existing=Existing.RESUME)
        assert out.read_bytes() == bad
    (tmp_path / "out.jsonl.run.json").unlink()
    with pytest.raises(UsageError, match="cannot be continued"):
        ask(lines, existing=Existing.RESUME)


def test_the_questions_are_never_overwritten(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "a"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="file of questions"):
        run_batch(Echo(), path, path, existing=Existing.OVERWRITE)
    assert path.read_text(encoding="utf-8") == '{"question": "a"}\n'


def test_a_missing_file_of_questions_leaves_nothing_behind(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        run_batch(Echo(), tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_loses_a_question_is_found_out(ask):
    class Losing(Echo):
        def batch(self, questions):
            return iter(())

    with pytest.raises(KgqaError, match="no answer for question 'q0'"):
        ask(questions(1), engine=Losing())
