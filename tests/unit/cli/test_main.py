"""The commands as a whole: which there are, what they take, how they start."""

import json
import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from kgqa import __version__
from kgqa.cli.main import app
from kgqa.evaluation.schemas import schema_names

COMMANDS = {
    "ingest",
    "resolve",
    "delete",
    "info",
    "verify",
    "export",
    "index",
    "train",
    "ask",
    "search",
    "attach",
    "batch",
    "similar",
    "related",
    "encode",
    "extract",
    "eval",
    "schema",
    "neo4j",
}
GLOBAL = {"--json", "--quiet", "--config", "--debug"}


def run(*words, **environment):
    return CliRunner().invoke(app, list(words), env={"KGQA_STORE": None, **environment})


def leaves():
    root = get_command(app)
    for name, command in root.commands.items():
        inner = getattr(command, "commands", None)
        yield from ((f"{name} {sub}", leaf) for sub, leaf in inner.items()) if inner else [(name, command)]


def test_exactly_the_commands_that_work_are_listed():
    assert set(get_command(app).commands) == COMMANDS
    assert {name for name, _ in leaves() if name.startswith("train")} == {
        "train embeddings",
        "train planner",
        "train retriever",
    }
    assert {name for name, _ in leaves() if name.startswith("neo4j")} == {"neo4j start", "neo4j stop", "neo4j status"}


@pytest.mark.parametrize(("name", "command"), list(leaves()))
def test_every_command_takes_the_global_options_and_says_what_it_is(name, command):
    options = {option for parameter in command.params for option in parameter.opts}
    assert options >= GLOBAL
    without = name in ("schema", "attach") or name.startswith("neo4j")
    assert ("--store" in options) == (not without)
    assert command.help
    result = run(*name.split(), "--help")
    assert result.exit_code == 0
    assert "--json" in result.output


def test_version_tells_ours_and_the_parts(monkeypatch):
    result = run("--version")
    assert result.exit_code == 0
    lines = dict(line.split(" ", 1) for line in result.output.splitlines())
    assert lines["kgqa"] == __version__
    assert {"python", "torch", "pykeen", "transformers", "neo4j", "rdflib", "langchain-core"} <= set(lines)


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["schema"], ["ask", "--help"]])
def test_starting_loads_nothing_heavy(words):
    program = (
        "import sys\n"
        "from kgqa.cli.main import main\n"
        f"sys.argv = ['kgqa', *{words!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'numpy', 'pandas', 'transformers', 'pykeen', 'rdflib', 'networkx', 'neo4j'}\n"
        "sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stderr == ""
    assert done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["ask"],
        ["ask", "q", "--nonsense"],
        ["search", "q", "--k", "0"],
        ["search", "q", "--kind", "novel"],
        ["ask", "q", "--timeout", "-1"],
        ["batch", "q.jsonl"],
        ["batch", "q.jsonl", "--out", "o.jsonl", "--resume", "--overwrite"],
        ["eval", "a.jsonl", "--out", "r"],
        ["ingest", "resolve", "a.tsv", "--on-error", "shrug"],
        ["ingest", "resolve", "a.tsv", "b.tsv", "--source", "s", "--replace", "--store", "s.kgqa"],
        ["delete", "--store", "s.kgqa"],
        ["train", "cat", "--store", "s.kgqa"],
        ["info"],
        ["schema", "novel"],
    ],
)
def test_wrong_usage_is_exit_code_2_and_leaves_nothing(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_command_without_a_store_says_how_to_name_one():
    assert "give --store, or set KGQA_STORE" in run("info").stderr


def test_a_wrong_setting_names_its_place(tmp_path):
    config = tmp_path / "kgqa.toml"
    config.write_text('bem = "x"\n', encoding="utf-8")
    result = run("info", "--store", "x", "--config", str(config))
    assert result.exit_code == 2
    assert "unknown setting 'bem'" in result.stderr
    result = run("info", "--store", "x", KGQA_BEAM="none")
    assert result.exit_code == 2
    assert "environment KGQA_BEAM" in result.stderr


def test_schemas_are_listed_and_printed():
    assert run("schema").output.split() == schema_names()
    shown = json.loads(run("schema", "answer").output)
    assert shown["$id"] == "urn:kgqa:schema:answer"
    assert json.loads(run("schema", "answer", "--json").output) == shown
    assert json.loads(run("schema", "--json").output) == schema_names()


@pytest.fixture
def judged(tmp_path):
    (tmp_path / "answers.jsonl").write_text('{"id": "a", "answers": ["Paris"]}\n', encoding="utf-8")
    (tmp_path / "gold.jsonl").write_text(
        '{"id": "a", "answers": ["Q90"], "aliases": {"Q90": ["Paris"]}}\n', encoding="utf-8"
    )

    def judge(*words):
        paths = [
            str(tmp_path / "answers.jsonl"),
            "--gold",
            str(tmp_path / "gold.jsonl"),
            "--out",
            str(tmp_path / "report"),
        ]
        return run("eval", *paths, *words)

    return judge


def test_eval_needs_no_store_for_what_needs_no_graph(judged, tmp_path):
    result = judged()
    assert result.exit_code == 0, result.stderr
    assert "Hits@1" in result.stdout
    assert "not checked on the graph" in result.stdout
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert report["figures"]["hits_at_1"]["value"] == 1.0
    assert report["provenance"]["seed"] == 0
    assert json.loads(judged("--json").stdout)["figures"] == report["figures"]


def test_eval_compares_two_systems(judged, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": "a", "answers": ["London"]}\n', encoding="utf-8")
    result = judged("--against", str(other), "--json")
    assert json.loads(result.stdout)["comparison"]["differences"]["f1"]["difference"]["value"] == 1.0
    assert "other.jsonl" in judged("--against", str(other)).stdout


def test_eval_refuses_to_write_over_what_is_no_report(judged, tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "thesis.tex").write_text("x", encoding="utf-8")
    result = judged()
    assert result.exit_code == 2
    assert (tmp_path / "report" / "thesis.tex").exists()
