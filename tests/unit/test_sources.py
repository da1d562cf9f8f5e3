"""The code as text: what would break on another system than the one it was written on."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import kgqa

PACKAGE = Path(kgqa.__file__).parent
ROOT = PACKAGE.parent
SHIPPED = [path for folder in ("kgqa", "eval", "examples") for path in sorted((ROOT / folder).rglob("*.py"))]
POSIX_MODULES = {"fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
POSIX_CALLS = {"fork", "forkpty", "getuid", "geteuid", "getgid", "getpgid", "getloadavg", "killpg", "mkfifo", "setsid"}
POSIX_CALLS |= {"sched_getaffinity", "sysconf", "uname", "wait4", "SIGKILL", "SIGALRM", "SIGUSR1", "alarm"}
ROOTED = re.compile(r"/(home|opt|root|tmp|usr|var|work|mnt|Users)(/|$)")


def calls(tree: ast.AST) -> Iterator[tuple[str, bool, ast.Call]]:
    """Each call with the name called and whether it is a method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, False, node
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, True, node


def says_text(call: ast.Call, *, method: bool) -> bool:
    """Whether this opens a file as text: the mode is a literal without b, or left out."""
    modes = [keyword.value for keyword in call.keywords if keyword.arg == "mode"] or call.args[0 if method else 1 :][:1]
    if not modes:
        return not method or not call.args
    mode = modes[0]
    return (
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and "b" not in mode.value and len(mode.value) < 4
    )


def without_encoding(tree: ast.AST) -> Iterator[int]:
    """Lines that leave a file's or a process's encoding to the system."""
    for name, method, call in calls(tree):
        if any(keyword.arg in {"encoding", None} for keyword in call.keywords):
            continue
        if name in {"read_text", "write_text"} and method and isinstance(call.func, ast.Attribute):
            given = len(call.args) - (name == "write_text")
            if given < 1:
                yield call.lineno
        elif (name == "open" and says_text(call, method=method)) or (
            name in {"run", "Popen", "check_output"}
            and any(keyword.arg in {"text", "universal_newlines"} for keyword in call.keywords)
        ):
            yield call.lineno


def bound_to_posix(tree: ast.Module) -> Iterator[int]:
    """Lines that fail on Windows: POSIX modules imported on top, POSIX calls that nothing asks for first."""
    for top in tree.body:
        names = [alias.name for alias in top.names] if isinstance(top, ast.Import) else []
        if isinstance(top, ast.ImportFrom):
            names = [top.module or ""]
        if POSIX_MODULES & set(names):
            yield top.lineno
    asked = {
        call.args[1].value
        for name, method, call in calls(tree)
        if name == "hasattr" and not method and isinstance(call.args[1], ast.Constant)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in {"os", "signal"}
            and node.attr in POSIX_CALLS - asked
        ):
            yield node.lineno


def rooted(tree: ast.AST) -> Iterator[int]:
    """Lines with a text that is a path from the root of one kind of machine."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ROOTED.match(node.value):
            yield node.lineno


CHECKS = {"encoding": without_encoding, "posix": bound_to_posix, "rooted": rooted}


@pytest.mark.parametrize("check", CHECKS)
def test_no_source_depends_on_one_system(check: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SHIPPED
        for line in CHECKS[check](ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("check", "source"),
    [
        ("encoding", "open(name)"),
        ("encoding", "open(name, 'w')"),
        ("encoding", "path.open()"),
        ("encoding", "path.open('a')"),
        ("encoding", "path.read_text()"),
        ("encoding", "path.write_text(text)"),
        ("encoding", "subprocess.run(words, text=True)"),
        ("posix", "import fcntl"),
        ("posix", "from resource import getrusage"),
        ("posix", "os.fork()"),
        ("rooted", "Path('/tmp/x')"),
    ],
)
def test_the_checks_see_what_they_are_for(check: str, source: str) -> None:
    assert list(CHECKS[check](ast.parse(source))) == [1]


@pytest.mark.parametrize(
    ("check", "source"),
    [
        ("encoding", "open(name, 'rb')"),
        ("encoding", "path.open('rb')"),
        ("encoding", "path.open(encoding='utf-8')"),
        ("encoding", "Engine.open(place)"),
        ("encoding", "subprocess.run(words)"),
        ("posix", "def peak():\n    import resource"),
        ("posix", "os.getloadavg() if hasattr(os, 'getloadavg') else None"),
        ("rooted", "'/'.join(parts)"),
    ],
)
def test_the_checks_leave_the_rest_alone(check: str, source: str) -> None:
    assert list(CHECKS[check](ast.parse(source))) == []


def test_ruff_too_refuses_a_file_opened_without_encoding() -> None:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json"]
    done = subprocess.run(
        [*command, "--stdin-filename", "kgqa/example.py", "-"],
        input="open('name').close()\n", cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 1
    assert "PLW1514" in {found["code"] for found in json.loads(done.stdout)}
