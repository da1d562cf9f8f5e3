"""Settings: where they come from, what a wrong one says, and what they make the libraries do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from kgqa import Engine
from kgqa.cli.main import app
from kgqa.config import Settings, load_settings, prepare_environment
from kgqa.errors import ConfigError

CACHES = (
    "PYSTOW_HOME", "PYKEEN_HOME", "HF_HOME", "TORCH_HOME", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR",
    "CUDA_CACHE_PATH", "MPLCONFIGDIR",
)  # fmt: skip
QUIET = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING")


@pytest.fixture(autouse=True)
def untouched_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing set by us or by whoever runs the tests; what a test sets is taken back after it."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    for name in list(os.environ):
        if name.upper().startswith(("KGQA_", "HF_", "LANG")) or name in CACHES or name in QUIET:
            del os.environ[name]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kgqa.toml"
    path.write_text('seed = 3\nlanguage = "de"\nbeam = 7\n', encoding="utf-8")
    return path


def test_arguments_win_over_environment_over_file_over_defaults(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQA_SEED", "2")
    monkeypatch.setenv("KGQA_LANGUAGE", "fr")
    settings = load_settings(file=file, seed=1)
    assert (settings.seed, settings.language, settings.beam, settings.max_hops) == (1, "fr", 7, 4)


def test_an_argument_that_is_none_is_not_given(file: Path) -> None:
    assert load_settings(file=file, seed=None).seed == 3


def test_an_empty_variable_is_not_set(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQA_SEED", "")
    assert load_settings(file=file).seed == 3
    assert load_settings().seed == 0


def test_the_case_of_a_variable_does_not_matter_to_the_order(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("kgqa_seed", "2")
    assert load_settings(file=file).seed == 2


@pytest.mark.parametrize("name", ["cache", "work"])
def test_a_folder_may_start_at_the_home(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"KGQA_{name.upper()}", str(Path("~", "graphs")))
    assert getattr(load_settings(), name) == Path.home() / "graphs"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load_settings().seed = 5  # type: ignore[misc]  # what is refused


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_wrong_argument_is_named() -> None:
    with pytest.raises(ConfigError, match=r"'seed' \(argument\): .*greater than or equal to 0"):
        load_settings(seed=-1)


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQA_THREADS", "many")
    with pytest.raises(ConfigError, match=r"'threads' \(environment KGQA_THREADS\): .*integer"):
        load_settings()


def test_a_wrong_value_in_a_file_is_named_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "kgqa.toml"
    path.write_text("predict_above = 1.5\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"'predict_above' \(.*kgqa\.toml\): .*less than or equal to 1"):
        load_settings(file=path)


def test_an_unknown_setting_in_a_file_is_named_with_the_file_and_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "kgqa.toml"
    path.write_text('colour = "blue"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"kgqa\.toml: unknown setting 'colour'; known: store, "):
        load_settings(file=path)


@pytest.mark.parametrize("content", [b"seed = ", b"seed = '\xff'", None], ids=["no TOML", "no text", "no file"])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "kgqa.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"kgqa\.toml: "):
        load_settings(file=path)


def test_an_unknown_argument_is_named() -> None:
    with pytest.raises(ConfigError, match=r"'colour' \(argument\)"):
        load_settings(colour="blue")


def test_every_cache_is_pointed_below_ours(tmp_path: Path) -> None:
    prepare_environment(load_settings(cache=tmp_path))
    assert [name for name in CACHES if not Path(os.environ[name]).is_relative_to(tmp_path)] == []
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_the_user_has_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", "elsewhere")
    prepare_environment(load_settings(cache=tmp_path))
    assert os.environ["HF_HOME"] == "elsewhere"


def test_hubs_and_tracing_are_off_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    prepare_environment(load_settings())
    assert {os.environ["HF_HUB_OFFLINE"], os.environ["TRANSFORMERS_OFFLINE"]} == {"1"}
    assert {os.environ["LANGCHAIN_TRACING_V2"], os.environ["LANGSMITH_TRACING"]} == {"false"}


def test_hubs_and_tracing_are_left_alone_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    prepare_environment(load_settings(online=True, tracing=True))
    assert "HF_HUB_OFFLINE" not in os.environ
    assert os.environ["LANGSMITH_TRACING"] == "true"


def test_what_is_prepared_is_what_the_libraries_use(tmp_path: Path) -> None:
    program = (
        "from kgqa.config import load_settings, prepare_environment\n"
        "prepare_environment(load_settings())\n"
        "import huggingface_hub.constants as hub, pystow\n"
        "print(hub.HF_HOME, pystow.join('x'), hub.HF_HUB_OFFLINE, sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "KGQA_CACHE": str(tmp_path)},
        cwd=Path(__file__).parents[2], capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    hub, stow, offline = done.stdout.split("\n")[:3]
    assert Path(hub).is_relative_to(tmp_path)
    assert Path(stow).is_relative_to(tmp_path)
    assert offline == "True"


def test_info_prints_the_settings_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEO4J_PASSWORD", "HF_TOKEN", "OPENAI_API_KEY", "LANGSMITH_API_KEY"):
        monkeypatch.setenv(name, "hush-hush")
    monkeypatch.setenv("KGQA_BEAM", "9")
    store = str(tmp_path / "store")
    Engine.create(store).close()
    for words in (["info", "--store", store], ["info", "--store", store, "--json"]):
        told = CliRunner().invoke(app, words)
        assert told.exit_code == 0
        assert re.search(r"beam\W+9\b", told.output)
        assert "hush-hush" not in told.output
