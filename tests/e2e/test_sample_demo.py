"""`make demo` as a user meets it, in a pipe and without network: a first run, a second one, what to type next."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from kgqa.assets import asset
from tests.e2e.conftest import ROOT, Sample, offline, offline_environment

pytestmark = pytest.mark.slow

QUESTIONS = [
    json.loads(line)["question"]
    for line in asset("eval/suites/elements/dozen.jsonl").read_text(encoding="utf-8").splitlines()
]
STEPS = ("Build the sample graph", "Ingest it", "Train embeddings", "Index facts")


def printed_answers(text: str) -> list[str]:
    """The text of each question's block."""
    starts = [match.start() for match in re.finditer(r"^ ?\d+\. ", text, re.MULTILINE)]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def written(folder: Path) -> dict[str, int]:
    """When each file that holds data was written last; SQLite's helpers come and go with readers."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm", ".lock"))
    }


def test_no_process_of_these_tests_reaches_a_network() -> None:
    call = "import socket; socket.create_connection(('127.0.0.1', 9), timeout=1)"
    assert "sockets are closed" in offline("-c", call, code=1).stderr


def test_the_first_run_tells_each_step_as_it_begins_and_ends_and_nothing_else_does(sample: Sample) -> None:
    for step in STEPS:
        assert re.search(rf"^{step}.* \.\.\.$", sample.printed, re.MULTILINE), step
        assert re.search(rf"^✓ {step}.* \(\d+\.\d s\)$", sample.printed, re.MULTILINE), step
    assert sample.complaints == ""  # no bar, no warning of any library
    assert "\x1b[" not in sample.printed  # plain, as it is piped


def test_each_question_is_printed_with_its_answer_evidence_plan_verdict_and_time(sample: Sample) -> None:
    blocks = printed_answers(sample.printed)
    assert len(blocks) == len(QUESTIONS)
    for question, block in zip(QUESTIONS, blocks, strict=True):
        assert question in block
        assert re.search(r"^    plan     .+", block, re.MULTILINE)
        assert re.search(r"^    verdict  \w+ · confidence \d\.\d\d · \d+ ms$", block, re.MULTILINE)
        assert "No answer (" in block or "\n      [1] " in block


def test_the_predicted_answer_is_checked_against_the_fact_that_was_kept_back(sample: Sample) -> None:
    block = next(block for block in printed_answers(sample.printed) if "Western Sahara" in block)
    assert re.search(r"\(predicted, probability 0\.\d\d\)", block)
    assert "kept this fact back: the prediction is right" in block


def test_a_second_run_uses_everything_again(sample: Sample) -> None:
    before = written(sample.folder)
    again = offline(ROOT / "examples" / "demo.py", cwd=sample.place)
    assert again.stderr == ""
    for step in STEPS:
        assert re.search(rf"^✓ {step}.* \(done before\)$", again.stdout, re.MULTILINE), step
    assert written(sample.folder) == before
    timeless = [re.sub(r"\d+ ms", "", text) for text in (sample.printed, again.stdout)]
    assert printed_answers(timeless[0])[:-1] == printed_answers(timeless[1])[:-1]


def test_the_lines_at_the_end_can_be_typed(sample: Sample) -> None:
    lines = [line.strip() for line in sample.printed.splitlines()[-3:]]
    said = []
    for line in lines:
        done = subprocess.run(
            shlex.split(line), cwd=sample.place, env=offline_environment(),
            capture_output=True, text=True, encoding="utf-8", timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, line + done.stdout + done.stderr
        said.append(done.stdout)
    assert "Manganese" in said[0]  # found in Sweden
    assert "reactor" in said[1]
    assert (sample.folder / "own.kgqa" / "store.db").exists()


@pytest.mark.skipif(os.name == "nt", reason="there are no such terminals")
def test_on_a_terminal_progress_moves_and_leaves_one_line_a_step(sample: Sample) -> None:
    import pty

    program = (
        "import time; from examples import showing; out = showing.console()\n"
        "with showing.step(out, 'Train') as report:\n"
        "    for n in range(5): report('epochs', n, 5); time.sleep(0.15)\n"
    )
    reader, writer = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", program], env={**offline_environment(), "TERM": "xterm"}, stdout=writer, stderr=writer
    )
    os.close(writer)
    shown = b""
    try:
        while part := os.read(reader, 4096):
            shown += part
    except OSError:  # Linux says so when the other side has gone
        pass
    os.close(reader)
    assert process.wait(60) == 0
    text = shown.decode()
    assert "Train: epochs" in text
    assert "4/5" in text
    assert text.rstrip().splitlines()[-1].replace("\x1b[2m", "").count("Train") == 1
