"""What reaches the terminal: results and errors in their places, and nothing that a hostile graph could smuggle in."""

import io
import json

import pytest
import typer
from rich.console import Console

from kgqa.cli import render
from kgqa.cli.output import Output, plain, session
from kgqa.errors import InputError, StoreNotFoundError

HOSTILE = "[bold red]Paris[/]\x1b[2J\x07\u202egpj.exe\ud800"
ANSWER = {
    "id": None,
    "question": HOSTILE,
    "text": f"{HOSTILE} [1].",
    "answers": [{"kind": "entity", "id": "x", "label": HOSTILE, "score": 1.0}],
    "answers_total": 3,
    "claims": [],
    "evidence": [
        {
            "n": 1, "kind": "triple", "head": "a", "relation": "r", "tail": "x", "head_label": HOSTILE,
            "relation_label": HOSTILE, "tail_label": HOSTILE, "qualifiers": {"at": {"value": "1900"}, HOSTILE: HOSTILE},
            "sources": [HOSTILE], "predicted": True, "probability": 0.71,
        },
        {"n": 2, "kind": "passage", "id": "p", "start": 0, "end": 3, "text": HOSTILE, "sources": [], "score": 0.5},
    ],
    "evidence_total": 4,
    "plan": {"op": "start", "text": HOSTILE},
    "linked": [],
    "verdict": {"label": "predicted", "claims": [], "steps": []},
    "confidence": 0.84,
    "abstained": False,
    "reason": None,
    "candidates": [],
    "revision": 1,
    "timing_ms": {"total": 12.34},
}  # fmt: skip


def drawn(show) -> str:
    file = io.StringIO()
    show(Console(file=file, width=200, markup=False, emoji=False, highlight=False, soft_wrap=True))
    return file.getvalue()


def test_an_answer_shows_all_that_a_reader_needs():
    text = drawn(lambda console: render.answer(console, ANSWER))
    for part in ("[1]", "[2]", "predicted, probability 0.71", "at: 1900", "0.84", "12.3 ms", "3 answers", "and 2 more"):
        assert part in text


def test_an_abstention_shows_its_reason_and_best_guess_and_no_confidence():
    data = {
        **ANSWER,
        "answers": [], "answers_total": 0, "evidence": [], "evidence_total": 0, "plan": None, "abstained": True,
        "reason": {"code": "no_plan", "detail": "nothing fits"}, "candidates": ANSWER["answers"],
    }  # fmt: skip
    text = drawn(lambda console: render.answer(console, data))
    assert "no_plan: nothing fits" in text
    assert "Best guess" in text
    assert "Confidence" not in text


@pytest.mark.parametrize(
    "show",
    [
        lambda console: render.answer(console, ANSWER),
        lambda console: render.found(
            console, {"results": [{**item, "score": 0.1, "channels": {}} for item in ANSWER["evidence"]]}
        ),
        lambda console: render.info(console, {"sources": [{"name": HOSTILE}], "counts": {HOSTILE: 1}, "x": [HOSTILE]}),
        lambda console: render.ingested(console, {"sources": [{"source": HOSTILE}], "dry_run": True}),
        lambda console: render.texts(console, [HOSTILE]),
        lambda console: render.pairs(console, {HOSTILE: HOSTILE}),
    ],
)
def test_names_are_shown_as_they_are_and_never_act_on_the_terminal(show):
    text = drawn(show)
    assert "[bold red]Paris[/]" in text
    assert not set(text) & {"\x1b", "\x07", "\u202e", "\ud800"}


def test_plain_keeps_every_script_and_line_breaks():
    assert plain("パリ\nعربي 👩‍🔬\t") == "パリ\nعربي 👩‍🔬\t"


def test_json_is_one_line_of_unicode_on_standard_output(capsys):
    Output(as_json=True, quiet=False).result({"a": "パリ\n"}, lambda console: None)
    captured = capsys.readouterr()
    assert captured.out == '{"a": "パリ\\n"}\n'
    assert json.loads(captured.out) == {"a": "パリ\n"}
    assert captured.err == ""


def test_quiet_says_nothing_but_results(capsys):
    Output(as_json=False, quiet=True).note("hello")
    assert capsys.readouterr().err == ""
    Output(as_json=False, quiet=False).note("hello")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "kgqa: hello\n")


def test_there_is_no_progress_where_nobody_looks(capsys):
    with Output(as_json=False, quiet=False).progress() as progress:
        progress("reading", 1, 2)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (InputError("bad\nnews", path="f.tsv", line=3, hint="mend it"), 2, "error: f.tsv:3: bad news (mend it)"),
        (StoreNotFoundError(f"none at {HOSTILE}"), 2, "error: none at"),
        (PermissionError(13, "Permission denied", "f"), 1, "error: Permission denied: f"),
        (ZeroDivisionError("oops"), 1, "ZeroDivisionError: oops (a defect"),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(capsys, error, code, says):
    with pytest.raises(typer.Exit) as caught, session(as_json=False, quiet=True, debug=False):
        raise error
    captured = capsys.readouterr()
    assert caught.value.exit_code == code
    assert captured.out == ""
    assert says in captured.err
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
    assert "\x1b" not in captured.err


def test_debug_shows_where_an_error_came_from(capsys):
    with pytest.raises(typer.Exit), session(as_json=False, quiet=False, debug=True):
        raise InputError("bad")
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_no_error_of_ours(capsys):
    with pytest.raises(KeyboardInterrupt), session(as_json=False, quiet=False, debug=False):
        raise KeyboardInterrupt
    assert capsys.readouterr().err == ""


def test_what_the_engine_logs_goes_to_standard_error_unless_quiet(capsys):
    import logging

    for quiet, said in ((False, "kgqa: snapshot brought to revision 3\n"), (True, "")):
        with session(as_json=True, quiet=quiet, debug=False):
            logging.getLogger("kgqa.engine").info("snapshot brought to revision %d", 3)
        captured = capsys.readouterr()
        assert (captured.out, captured.err) == ("", said)
