"""The sample, built once for all end-to-end tests as `make demo` builds it: its own process, sockets closed."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = ROOT / "tests" / "support" / "offline"


def offline_environment() -> dict[str, str]:
    """This environment with the checkout in front and, for Python processes, no network."""
    paths = [str(OFFLINE), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **{name: value for name, value in os.environ.items() if name != "KGQA_STORE"},
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONIOENCODING": "utf-8",
    }


def offline(*words: str | Path, cwd: Path | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs a Python program without network; complains of another exit code than ``code``."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        env=offline_environment(), cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=570,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done


@dataclass(frozen=True)
class Sample:
    """What the first run of the demo left in ``place``/demo, and what it printed."""

    place: Path
    printed: str
    complaints: str

    @property
    def folder(self) -> Path:
        return self.place / "demo"

    @property
    def store(self) -> Path:
        return self.folder / "elements.kgqa"

    def kgqa(self, *words: str | Path, code: int = 0) -> str:
        """What a command says on stdout, run beside the demo folder without network."""
        return offline("-m", "kgqa", *words, cwd=self.place, code=code).stdout


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    place = tmp_path_factory.mktemp("sample")
    done = offline(ROOT / "examples" / "demo.py", cwd=place)
    return Sample(place, done.stdout, done.stderr)
