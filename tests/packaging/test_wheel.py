"""The wheel: what it holds, and that it works where nothing but it is installed."""

from __future__ import annotations

import email
import json
import tarfile
import zipfile
from email.message import Message
from pathlib import Path, PurePosixPath

import pytest

import kgqa
from tests.packaging.conftest import ROOT, Asked, Built, Installed

pytestmark = pytest.mark.slow

SUFFIXES = {
    ".svg",
    ".py",
    ".json",
    ".jsonl",
    ".sql",
    ".ttl",
    ".cypher",
    ".md",
    ".yaml",
    ".xml",
    ".java",
    ".typed",
    ".tsv",
}
SUFFIXES |= {"", ".svg", ".npy", ".safetensors", ".ipynb", ".toml", ".lock"}


def members(path: Path) -> dict[PurePosixPath, int]:
    """Name and size of each file in an archive; of a source distribution without its top folder."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return {PurePosixPath(item.filename): item.file_size for item in wheel.infolist() if not item.is_dir()}
    with tarfile.open(path) as sdist:
        return {PurePosixPath(*Path(item.name).parts[1:]): item.size for item in sdist if item.isfile()}


def metadata(path: Path) -> Message:
    with zipfile.ZipFile(path) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(wheel.read(name))


def test_it_holds_the_package_the_assets_and_nothing_else(built: Built) -> None:
    names = members(built.wheel)
    own = f"kgqa-{kgqa.__version__}.dist-info"
    assert {name.parts[0] for name in names} == {"kgqa", own}
    assert {name.parts[2] for name in names if name.parts[:2] == ("kgqa", "_assets")} == {"graph", "prompts", "eval"}
    assert {PurePosixPath("kgqa/py.typed"), PurePosixPath(own, "licenses/LICENSE")} <= set(names)


def test_it_holds_every_file_of_the_package_and_of_the_assets(built: Built) -> None:
    names = set(members(built.wheel))
    places = {"kgqa": "kgqa", "graph": "kgqa/_assets/graph", "prompts": "kgqa/_assets/prompts"}
    places |= {"eval/schemas": "kgqa/_assets/eval/schemas", "eval/suites": "kgqa/_assets/eval/suites"}
    for folder, place in places.items():
        files = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()}
        wanted = {PurePosixPath(place, *file.parts) for file in files if "__pycache__" not in file.parts}
        assert wanted <= names, f"{folder} is not whole"


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_neither_tests_nor_compiled_files_nor_data_sets_are_shipped(built: Built, kind: str) -> None:
    files = members(getattr(built, kind))
    assert not [name for name in files if {"tests", "__pycache__", "datasets", ".venv", "demo"} & set(name.parts)]
    files = {name: size for name, size in files.items() if not name.name.startswith((".", "PKG-INFO"))}
    assert {name.suffix for name in files if ".dist-info" not in str(name)} <= SUFFIXES
    assert not [name for name, size in files.items() if size > 500_000]


def test_its_metadata_names_licence_versions_and_command(built: Built) -> None:
    told = metadata(built.wheel)
    assert told["Version"] == kgqa.__version__
    assert told["License-Expression"] == "Apache-2.0"
    assert told.get_all("License-File") == ["LICENSE"]
    assert "Typing :: Typed" in told.get_all("Classifier", [])
    assert told["Requires-Python"].replace(" ", "") in {"<3.14,>=3.11", ">=3.11,<3.14"}
    assert told.get_payload().lstrip().startswith("# kgqa")


def test_the_version_stands_in_one_place_and_in_the_changelog() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in lines
    assert f"\n## {kgqa.__version__} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_it_is_what_is_imported(installed: Installed) -> None:
    place = Path(installed.run_python("import kgqa; print(kgqa.__file__)").strip())
    assert place.is_relative_to(installed.python.parents[1])
    assert not place.is_relative_to(ROOT)
    assert installed.run("--version").splitlines()[0] == f"kgqa {kgqa.__version__}"


def test_the_assets_are_found_inside_it(installed: Installed) -> None:
    program = (
        "from kgqa.assets import asset\n"
        "for name in ('prompts', 'eval/schemas/answer.json', 'eval/suites', 'graph/schema', 'graph/shapes'):\n"
        "    print(asset(name))\n"
    )
    package = Path(installed.run_python("import kgqa; print(kgqa.__file__)").strip()).parent
    for line in installed.run_python(program).splitlines():
        assert Path(line).is_relative_to(package / "_assets")
    shipped = json.loads((ROOT / "eval/schemas/answer.json").read_text(encoding="utf-8"))
    assert json.loads(installed.run("schema", "answer"))["properties"] == shipped["properties"]


def test_it_answers_with_citations(asked: Asked) -> None:
    answer = asked.answer
    assert [given["label"] for given in answer["answers"]] == ["Marie Curie"]
    assert answer["verdict"]["label"] == "supported"
    (cited,) = {number for claim in answer["claims"] for number in claim["citations"]}
    evidence = {item["n"]: item for item in answer["evidence"]}[cited]
    assert (evidence["head"], evidence["relation"], evidence["tail"]) == ("po", "discovered_by", "mc")
