"""Publishing: whole versions, one writer at a time, nothing overwritten."""

import subprocess
import sys
from pathlib import Path

import pytest

from kgqa.errors import StoreError
from kgqa.graph.publish import new_part, publish, read_pointer, writing


def test_the_last_two_versions_stay_and_older_ones_go(tmp_path: Path) -> None:
    parts = []
    for number in range(4):
        with writing(tmp_path):
            part = new_part(tmp_path, "v")
            publish(tmp_path, [part.name], {"number": number})
            parts.append(part)
    assert [part.exists() for part in parts] == [False, False, True, True]
    assert read_pointer(tmp_path) == {"number": 3, "parts": [parts[3].name]}


def test_nothing_published_is_no_pointer(tmp_path: Path) -> None:
    assert read_pointer(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"parts": 1}', "\xff"])
def test_a_damaged_pointer_says_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "current.json").write_text(text, encoding="latin-1")
    with pytest.raises(StoreError, match="delete the folder"):
        read_pointer(tmp_path)


_SECOND = """
import sys
from pathlib import Path
from kgqa.graph.publish import writing
with writing(Path(sys.argv[1]), timeout=0.05):
    print("wrote")
"""


def test_a_second_writer_waits_and_then_gives_up(tmp_path: Path) -> None:
    def second() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", _SECOND, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)

    with writing(tmp_path):
        refused = second()
    assert refused.returncode == 1 and "another process has been writing" in refused.stderr
    assert second().stdout == "wrote\n"
