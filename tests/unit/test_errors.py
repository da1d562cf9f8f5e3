"""Errors: one root; each says what, where and what to do, and gives the command line its exit code."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

import kgqa.errors
from kgqa.errors import InputError, KgqaError, MissingDependencyError

KINDS = [thing for thing in vars(kgqa.errors).values() if isinstance(thing, type) and issubclass(thing, Exception)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_the_one_root_a_code_and_an_exit_code(kind: type[KgqaError]) -> None:
    assert issubclass(kind, KgqaError)
    assert re.fullmatch(r"[a-z_]+", kind.code)
    assert kind.exit_code in (1, 2)
    assert kind.__doc__


def test_each_kind_has_a_code_of_its_own() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_bad_usage_and_bad_input_exit_with_2_and_failed_work_with_1() -> None:
    codes = {kind.__name__: kind.exit_code for kind in KINDS}
    assert {name for name, code in codes.items() if code == 2} == {
        "InputError", "UsageError", "ConfigError", "StoreNotFoundError", "NotFoundError",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InputError("no tail"), "no tail"),
        (InputError("no tail", path="kb.txt"), "kb.txt: no tail"),
        (InputError("no tail", path=Path("kb.txt"), line=3), "kb.txt:3: no tail"),
        (InputError("no tail", line=3), "line 3: no tail"),
        (InputError("no tail", path="kb.txt", line=3, hint="add one"), "kb.txt:3: no tail (add one)"),
    ],
)
def test_bad_input_is_told_with_its_place_and_its_remedy(error: InputError, message: str) -> None:
    assert str(error) == message


def test_a_missing_package_is_told_with_what_it_is_for_and_how_to_get_it() -> None:
    error = MissingDependencyError("pyshacl", purpose="SHACL validation", install="pip install kgqa[shacl]")
    assert str(error) == "SHACL validation needs pyshacl, which is not installed: pip install kgqa[shacl]"
    assert error.name == "pyshacl"


@pytest.mark.parametrize(
    "error",
    [
        InputError("no tail", path="kb.txt", line=3, hint="add one"),
        MissingDependencyError("pyshacl", purpose="SHACL validation", install="pip install kgqa[shacl]"),
    ],
    ids=["input", "dependency"],
)
def test_an_error_comes_back_whole_from_another_process(error: KgqaError) -> None:
    back = pickle.loads(pickle.dumps(error))  # noqa: S301  # bytes of our own
    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))
