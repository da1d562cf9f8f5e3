"""What importing costs: nothing heavy is loaded before it is used, and every package that we import is declared."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import kgqa

PACKAGE = Path(kgqa.__file__).parent
OTHERWISE = {"docx": "python-docx"}  # what an extra that is not installed is called where its module is not
ROOT = PACKAGE.parent
HEAVY = frozenset({
    "torch", "pykeen", "transformers", "pandas", "rdflib", "networkx", "neo4j", "langchain_core", "sklearn", "scipy",
    "pyarrow", "pint", "pyshacl", "IPython", "huggingface_hub", "safetensors",
})  # fmt: skip
STARTING = HEAVY | {"numpy", "pydantic_settings"}


def loaded_by(program: str, names: frozenset[str]) -> set[str]:
    """Which of these modules a fresh interpreter has loaded after a program."""
    tell = f"import sys; sys.stderr.write('\\nloaded ' + ' '.join({set(names)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{tell}"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return set(done.stderr.splitlines()[-1].split()[1:])


def command(*words: str) -> str:
    """A program that runs the command line and goes on after it."""
    return (
        "import sys\n"
        f"sys.argv = ['kgqa', *{words!r}]\n"
        "from kgqa.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
    )


def modules() -> list[str]:
    """Every module of the package; ``__main__`` runs when it is imported."""
    paths = sorted(PACKAGE.rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths if "_assets" not in path.parts]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """The top-level packages that a file imports, wherever it does, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0], node.lineno


def plain(requirement: str) -> str:
    """The name of a requirement, spelt in one way."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()


def declared() -> tuple[set[str], set[str]]:
    """The core dependencies, and those of the extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {plain(line) for lines in project["optional-dependencies"].values() for line in lines}
    return {plain(line) for line in project["dependencies"]}, extras


def test_importing_the_package_loads_nothing_but_the_package() -> None:
    assert loaded_by("import kgqa", STARTING | {"pydantic", "typer", "rich"}) == set()


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("schema",), ("schema", "answer"), ("ask", "--help")])
def test_a_command_that_needs_no_graph_starts_light(words: tuple[str, ...]) -> None:
    assert loaded_by(command(*words), STARTING) == set()


def test_no_module_loads_a_heavy_package_when_it_is_imported() -> None:
    program = "from importlib import import_module\n" + "".join(f"import_module({name!r})\n" for name in modules())
    assert loaded_by(program, HEAVY) == set()


def test_a_graph_is_filled_and_looked_into_without_a_model(tmp_path: Path) -> None:
    facts = tmp_path / "facts.tsv"
    facts.write_text("po\tdiscovered_by\tmc\n", encoding="utf-8")
    store = ("--store", str(tmp_path / "store"))
    assert loaded_by(command("ingest", str(facts), *store), HEAVY) == set()
    assert loaded_by(command("info", *store), HEAVY) == set()


@pytest.mark.parametrize("name", kgqa.__all__)
def test_every_exported_name_is_there(name: str) -> None:
    assert getattr(kgqa, name) is not None
    assert name in dir(kgqa)


def test_a_name_that_is_not_exported_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_like_it"):
        kgqa.__getattr__("nothing_like_it")


def test_every_package_that_is_imported_is_declared() -> None:
    core, extras = declared()
    distributions = packages_distributions()
    missing = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for name, line in imported(path):
            if name in sys.stdlib_module_names or name == "kgqa":
                continue
            if not (core | extras) & {plain(given) for given in distributions.get(name, [OTHERWISE.get(name, name)])}:
                missing.append(f"{path.relative_to(ROOT)}:{line}: {name}")
    assert missing == []


def test_every_core_dependency_is_used() -> None:
    core, _ = declared()
    distributions = packages_distributions()
    names = {name for path in PACKAGE.rglob("*.py") for name, _ in imported(path)}
    used = {plain(given) for name in names for given in distributions.get(name, ())}
    opened = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert {name for name in core - used if name.replace("-", "_") not in opened} == set()
