"""A distribution built from this checkout, and an empty environment that has nothing but the wheel.

The heavy dependencies are lent from the running interpreter's site-packages by one line in a ``.pth`` file. The path
files in there are not read that way, so an editable install of the checkout stays out of sight.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FACTS = """\
{"relation": {"id": "discovered_by", "label": "discovered by"}}
{"entity": {"id": "po", "label": "Polonium", "types": ["element"]}}
{"entity": {"id": "mc", "label": "Marie Curie", "types": ["person"]}}
{"triple": {"head": "po", "relation": "discovered_by", "tail": "mc"}}
{"passage": {"id": "p1", "title": "Polonium", "text": "Polonium is a chemical element. It was named after Poland."}}
"""
# What a program needs of the environment to run at all; everything else stays out, so that no setting helps.
KEPT = ("PATH", "PATHEXT", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "LANG", "LC_ALL", "OMP_NUM_THREADS")


@dataclass(frozen=True)
class Built:
    """The files that a build made."""

    wheel: Path
    sdist: Path


@dataclass(frozen=True)
class Installed:
    """The wheel in an environment of its own, run from a user's home in which nothing lies yet."""

    python: Path
    kgqa: Path
    place: Path

    @property
    def home(self) -> Path:
        return self.place / "home"

    @property
    def work(self) -> Path:
        """The folder in which commands run."""
        return self.place / "work"

    @property
    def temporary(self) -> Path:
        return self.place / "temporary"

    def run(self, *words: str | Path, code: int = 0, **variables: str) -> str:
        """What the command prints on standard output; complains of another exit code."""
        return self._run([self.kgqa, *words], code, variables)

    def run_python(self, program: str, **variables: str) -> str:
        """What a program prints that the environment's interpreter runs."""
        return self._run([self.python, "-c", program], 0, variables)

    def _run(self, command: list[str | Path], code: int, variables: dict[str, str]) -> str:
        for folder in (self.home, self.work, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        homes = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA"), str(self.home))
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.temporary))
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        done = subprocess.run(
            list(map(str, command)), cwd=self.work, env={**kept, **homes, **temporary, **variables},
            capture_output=True, text=True, encoding="utf-8", timeout=300,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Source distribution, and the wheel made from it: so the first holds all that the second needs."""
    out = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
        capture_output=True, text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return Built(wheel, sdist)


@pytest.fixture(scope="session")
def environment(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an empty environment."""
    place = tmp_path_factory.mktemp("installed")
    base = place / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(base)], check=True)
    paths = sysconfig.get_paths("venv", vars={"base": str(base), "platbase": str(base)})
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(paths["purelib"], "lent.pth").write_text("\n".join(sorted(lent)) + "\n", encoding="utf-8")
    suffix = ".exe" if os.name == "nt" else ""
    scripts = Path(paths["scripts"])
    python = scripts / f"python{suffix}"
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", str(python)]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--ignore-installed", str(built.wheel)], check=True)
    return Installed(python, scripts / f"kgqa{suffix}", place)


@dataclass(frozen=True)
class Asked:
    """A first question on a fresh machine: the answer as the command prints it, and where it ran."""

    installed: Installed
    answer: dict[str, Any]


def _at(environment: Installed, place: Path) -> Installed:
    """The environment with a home in which nothing lies yet and a small graph to read."""
    fresh = Installed(environment.python, environment.kgqa, place)
    fresh.work.mkdir(parents=True)
    (fresh.work / "facts.jsonl").write_text(FACTS, encoding="utf-8")
    return fresh


@pytest.fixture
def installed(environment: Installed, tmp_path: Path) -> Installed:
    """The wheel in an empty environment, nothing run yet."""
    return _at(environment, tmp_path)


@pytest.fixture(scope="session")
def asked(environment: Installed, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """The wheel after ``ingest`` and ``ask``, no setting made."""
    installed = _at(environment, tmp_path_factory.mktemp("asked"))
    installed.run("ingest", "facts.jsonl", "--store", "chemistry.kgqa")
    answer = installed.run("ask", "Who discovered polonium?", "--store", "chemistry.kgqa", "--json")
    return Asked(installed, json.loads(answer))
