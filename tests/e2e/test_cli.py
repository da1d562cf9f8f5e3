"""The command line as a user meets it: a process of its own, sockets closed, a small graph of our own making."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import pytest_socket
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from kgqa.assets import asset
from kgqa.cli.main import app
from kgqa.evaluation.schemas import load_schema
from tests.tiny_bert import tiny_encoder

PROGRAM = (
    "import pytest_socket; pytest_socket.disable_socket(allow_unix_socket=True)\n"
    "from kgqa.cli.main import main\n"
    "main()\n"
)
CAPITALS = {
    "France": "Paris",
    "Spain": "Madrid",
    "Italy": "Rome",
    "Germany": "Berlin",
    "Austria": "Vienna",
    "Portugal": "Lisbon",
}
LANGUAGES = {
    "France": "French",
    "Spain": "Spanish",
    "Italy": "Italian",
    "Germany": "German",
    "Austria": "German",
    "Portugal": "Portuguese",
}
BORDERS = [
    ("France", "Spain"), ("France", "Italy"), ("France", "Germany"), ("Italy", "Austria"), ("Germany", "Austria"),
    ("Spain", "Portugal"),
]  # fmt: skip
PEOPLE = {"France": 68, "Spain": 48, "Italy": 59, "Germany": 84, "Austria": 9, "Portugal": 10}


def records():
    yield {"relation": {"id": "capital", "label": "capital", "functional": True, "inverse_label": "capital of"}}
    yield {"relation": {"id": "borders", "label": "borders", "symmetric": True}}
    for country, capital in CAPITALS.items():
        yield {
            "entity": {
                "id": country.lower(),
                "label": country,
                "types": ["country"],
                "attributes": {"population": PEOPLE[country]},
            }
        }  # fmt: skip
        yield {"entity": {"id": capital.lower(), "label": capital, "types": ["city"]}}
        yield {"triple": {"head": country.lower(), "relation": "capital", "tail": capital.lower()}}
        yield {"triple": {"head": country.lower(), "relation": "language", "tail": LANGUAGES[country].lower()}}
        text = f"{capital} is the capital of {country}. It is known for its old squares."
        mention = {"start": 0, "end": len(capital), "entity": capital.lower()}
        yield {"passage": {"id": f"p-{capital.lower()}", "title": capital, "text": text, "mentions": [mention]}}
    for one, other in BORDERS:
        yield {"triple": {"head": one.lower(), "relation": "borders", "tail": other.lower()}}
        yield {"triple": {"head": other.lower(), "relation": "borders", "tail": one.lower()}}


def write_lines(path: Path, lines) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def environment(**more):
    return {
        **{name: value for name, value in os.environ.items() if name != "KGQA_STORE"},
        "PYTHONPATH": str(Path(__file__).parents[2]),
        **more,
    }


def process(*words, input=None, code=0, **more):
    """Runs a command as a process; complains of another exit code than ``code`` and of a failure that is not clean."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, words)],
        input=input, capture_output=True, text=True, encoding="utf-8", env=environment(**more), timeout=300,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def kgqa(*words, code=0, **more):
    """The same inside this process, which saves loading the models' libraries again."""
    done = CliRunner().invoke(app, [str(word) for word in words], env={"KGQA_STORE": None, **more})
    assert done.exit_code == code, done.output
    return done


def said(*words, **more):
    """The JSON that a command prints."""
    return json.loads(kgqa(*words, "--json", **more).stdout)


def check(name, data):
    assert [error.message for error in Draft202012Validator(load_schema(name)).iter_errors(data)] == []


def lines_of(path: Path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def timeless(lines):
    return [{name: value for name, value in line.items() if name != "timing_ms"} for line in lines]


@pytest.fixture(scope="module", autouse=True)
def closed_sockets():
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Path:
    return write_lines(tmp_path_factory.mktemp("graph") / "europe.jsonl", records())


@pytest.fixture(scope="module")
def store(graph, tmp_path_factory) -> Path:
    """An indexed store; tests that change a store make their own."""
    place = tmp_path_factory.mktemp("store") / "europe.kgqa"
    report = said("ingest", graph, "--store", place, "--source", "europe")
    assert report["sources"][0]["source"] == "europe"
    assert report["sources"][0]["read"] == len(list(records()))
    assert report["revision"] >= 1
    kgqa("index", "--store", place)
    return place


@pytest.fixture
def fresh(graph, tmp_path) -> Path:
    place = tmp_path / "fresh.kgqa"
    kgqa("ingest", graph, "--store", place, "--source", "europe")
    return place


# --- the graph


def test_info_tells_counts_sources_settings_and_no_secret(store):
    data = json.loads(process("info", "--json", "--store", store, NEO4J_PASSWORD="hunter2-secret").stdout)
    assert data["counts"]["passages"] == len(CAPITALS)
    assert [source["name"] for source in data["sources"]] == ["europe"]
    assert data["settings"]["seed"] == 0
    assert "hunter2" not in json.dumps(data)
    text = kgqa("info", "--store", store).stdout
    assert "europe" in text
    assert "beam" in text


def test_the_store_is_named_by_argument_before_environment_before_file(store, tmp_path):
    config = tmp_path / "kgqa.toml"
    config.write_text(f"store = {json.dumps(str(store))}\n", encoding="utf-8")
    assert said("info", "--config", config)["counts"]["passages"] == len(CAPITALS)
    nowhere = str(tmp_path / "nowhere")
    assert nowhere in process("info", "--config", config, KGQA_STORE=nowhere, code=2).stderr
    assert "revision" in process("info", "--config", config, "--store", store, KGQA_STORE=nowhere).stdout
    assert not Path(nowhere).exists()


def test_what_is_exported_and_ingested_again_is_exported_the_same(store, tmp_path):
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    report = said("export", "--store", store, "--out", first)
    assert report["records"] == len(first.read_text(encoding="utf-8").splitlines())
    for record in lines_of(first):
        check("fact", record)
    kgqa("ingest", first, "--store", tmp_path / "again.kgqa")
    kgqa("export", "--store", tmp_path / "again.kgqa", "--out", second)
    assert second.read_bytes() == first.read_bytes()
    shown = process("export", "--store", store)
    assert shown.stdout.encode() == first.read_bytes()


def test_a_source_goes_whole_and_an_unknown_one_is_named(fresh, tmp_path):
    more = tmp_path / "more.tsv"
    more.write_text("france\tcapital\tlyon\n", encoding="utf-8")
    kgqa("ingest", more, "--store", fresh, "--source", "rumour")
    assert said("delete", "--source", "rumour", "--store", fresh)["removed"] >= 1
    assert [source["name"] for source in said("info", "--store", fresh)["sources"]] == ["europe"]
    assert "rumour" in kgqa("delete", "--source", "rumour", "--store", fresh, code=2).stderr


def test_replacing_makes_the_file_the_whole_source(fresh, tmp_path):
    write_lines(tmp_path / "one.jsonl", [{"triple": {"head": "a", "relation": "r", "tail": "b"}}])
    report = said("ingest", tmp_path / "one.jsonl", "--store", fresh, "--source", "europe", "--replace")
    assert report["sources"][0]["removed"] > 10
    counts = said("info", "--store", fresh)["counts"]
    assert (counts["statements"], counts["passages"]) == (1, 0)


def test_bad_input_names_its_line_and_leaves_nothing(tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text(
        '{"triple": {"head": "a", "relation": "r", "tail": "b"}}\n{"triple": {"head": "a"}}\n', encoding="utf-8"
    )
    done = process("ingest", bad, "--store", tmp_path / "s.kgqa", code=2)
    assert "bad.jsonl:2:" in done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["bad.jsonl"]
    report = said(
        "ingest", bad, "--store", tmp_path / "s.kgqa", "--on-error", "skip", "--skipped", tmp_path / "skipped.jsonl"
    )
    assert (report["sources"][0]["read"], report["sources"][0]["skipped"]) == (1, 1)
    assert lines_of(tmp_path / "skipped.jsonl")[0]["line"] == 2


def test_a_missing_file_is_bad_input(tmp_path):
    assert "none.tsv" in kgqa("ingest", tmp_path / "none.tsv", "--store", tmp_path / "s.kgqa", code=2).stderr
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_reads_and_writes_nothing(graph, fresh, tmp_path):
    report = said("ingest", graph, "--store", tmp_path / "none.kgqa", "--dry-run")
    assert report["dry_run"]
    assert report["sources"][0]["read"] == len(list(records()))
    assert not (tmp_path / "none.kgqa").exists()
    before = said("info", "--store", fresh)["revision"]
    kgqa("ingest", graph, "--store", fresh, "--dry-run", "--source", "other")
    assert said("info", "--store", fresh)["revision"] == before


def test_facts_come_in_from_standard_input(tmp_path):
    place = tmp_path / "s.kgqa"
    words = ["ingest", "-", "--format", "tsv", "--store", place]
    process(*words, "--source", "pipe", input="a\tr\tb\n")
    assert [source["name"] for source in said("info", "--store", place)["sources"]] == ["pipe"]
    assert "-:1: 2 columns" in process(*words, input="a\tr\n", code=2).stderr


def test_a_proposed_map_reads_the_table_it_was_made_for(tmp_path):
    table = tmp_path / "cities.csv"
    table.write_text(
        "name,mayor,people\nParis,Anne,2100000\nBerlin,Kai,3700000\nRome,Roberto,2300000\n", encoding="utf-8"
    )
    proposed = kgqa("ingest", table, "--propose").stdout
    (tmp_path / "map.yaml").write_text(proposed, encoding="utf-8")
    report = said("ingest", table, "--map", tmp_path / "map.yaml", "--store", tmp_path / "s.kgqa")
    assert report["sources"][0]["read"] >= 3


def test_a_sound_store_is_told_from_a_damaged_one(fresh):
    assert said("verify", "--store", fresh) == {"sound": True, "problems": []}
    database = fresh / "store.db"
    data = bytearray(database.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = b"\xa5" * 2000
    database.write_bytes(bytes(data))
    done = kgqa("verify", "--store", fresh, code=1)
    assert done.stdout or done.stderr


def test_verify_checks_the_graph_against_shapes_on_request(store, tmp_path):
    shapes = asset("graph/shapes/example.ttl")
    assert said("verify", "--shapes", shapes, "--store", store) == {"conforms": True, "violations": []}
    strict = tmp_path / "strict.ttl"
    strict.write_text(
        "@prefix g: <urn:kgqa:id:> . @prefix sh: <http://www.w3.org/ns/shacl#> . g:S a sh:NodeShape ;"
        " sh:targetNode g:paris ; sh:property [ sh:path g:mayor ; sh:minCount 1 ; sh:message 'no mayor' ] .",
        encoding="utf-8",
    )
    done = kgqa("verify", "--shapes", strict, "--store", store, "--json", code=1)
    assert json.loads(done.stdout) == {
        "conforms": False,
        "violations": [
            {"focus": "paris", "path": "mayor", "value": None, "message": "no mayor", "severity": "violation"}
        ],
    }
    assert kgqa("verify", "--shapes", strict, "--store", store, code=1).stdout.strip() == "paris: mayor: no mayor"
    kgqa("verify", "--shapes", tmp_path / "absent.ttl", "--store", store, code=2)


# --- questions


def test_an_answer_is_cited_checked_and_of_its_schema(store):
    data = said("ask", "What is the capital of France?", "--store", store)
    check("answer", data)
    assert [item["id"] for item in data["answers"]] == ["paris"]
    assert data["verdict"]["label"] == "supported"
    assert data["evidence"][0]["sources"] == ["europe"]
    shown = process("ask", "What is the capital of France?", "--store", store)
    for part in ("Paris", "[1]", "supported", "Confidence", "ms"):
        assert part in shown.stdout
    assert "\x1b" not in shown.stdout


def test_asking_after_ingest_alone_works_and_says_that_it_prepares(fresh):
    done = kgqa("ask", "Which countries border Portugal?", "--store", fresh)
    assert "bringing the indexes to revision 1" in done.stderr
    assert "Spain" in done.stdout
    again = process("ask", "Which countries border Portugal?", "--store", fresh)
    assert again.stderr == ""


def test_an_abstention_is_done_and_says_why(store):
    data = said("ask", "Who composed the third symphony of Gundelwein?", "--store", store)
    check("answer", data)
    assert data["abstained"]
    assert data["reason"]["detail"]


def test_an_empty_question_and_an_unknown_entity_are_wrong_usage(store):
    kgqa("ask", "  ", "--store", store, code=2)
    assert "atlantis" in kgqa("ask", "What is its capital?", "--entity", "atlantis", "--store", store, code=2).stderr


def test_search_ranks_both_kinds(store):
    data = said("search", "capital of France", "--k", "3", "--store", store)
    check("search", data)
    kinds = [item["kind"] for item in data["results"]]
    assert 1 <= kinds.count("passage") <= 3
    assert 1 <= kinds.count("triple") <= 3
    walked = said("search", "capital of France", "--channels", "ppr,dense", "--fusion", "rrf", "--store", store)
    check("search", walked)
    assert walked["results"] and all(set(found["channels"]) <= {"ppr", "dense"} for found in walked["results"])
    assert "bm25" in kgqa("search", "capital of France", "--channels", "smell", "--store", store, code=2).stderr
    only = said("search", "capital of France", "--kind", "passage", "--store", store)
    assert {item["kind"] for item in only["results"]} == {"passage"}
    assert "Paris" in kgqa("search", "capital of France", "--store", store).stdout


def test_search_ranks_only_what_meets_the_filters(store):
    (source,) = {name for found in said("search", "Paris", "--store", store)["results"] for name in found["sources"]}
    options = ("--source", source, "--lang", "en", "--type", "city", "--store", store)
    found = said("search", "capital of France", *options)["results"]
    assert found and all(source in item["sources"] for item in found)
    assert said("search", "capital of France", "--lang", "de", "--kind", "passage", "--store", store)["results"] == []
    assert "novel" in kgqa("search", "France", "--source", "novel", "--store", store, code=2).stderr
    assert "never" in kgqa("search", "France", "--since", "never", "--store", store, code=2).stderr


# --- batches


def asked(count):
    """Questions with their gold answers, in turn about each country."""
    for n in range(count):
        country, capital = list(CAPITALS.items())[n % len(CAPITALS)]
        yield {"id": f"q{n}", "question": f"What is the capital of {country}?", "answers": [capital.lower()]}


def test_a_batch_answers_in_order_marks_bad_lines_and_is_judged(store, tmp_path):
    questions = write_lines(tmp_path / "questions.jsonl", asked(3))
    with questions.open("a", encoding="utf-8") as file:
        file.write('no json\n{"id": "q0", "question": "again"}\n{"question": "Who is Gundelwein?", "answers": []}\n')
    out = tmp_path / "answers.jsonl"
    done = kgqa("batch", questions, "--store", store, "--out", out, "--json", code=1)
    report = json.loads(done.stdout)
    lines = lines_of(out)
    assert [line["id"] for line in lines] == ["q0", "q1", "q2", "4", "q0", "6"]
    for line in lines:
        check("batch-error" if "error" in line else "answer", line)
    assert (report["questions"], report["errors"]) == (6, 2)
    check("run", json.loads((tmp_path / "answers.jsonl.run.json").read_text(encoding="utf-8")))
    assert "--resume" in kgqa("batch", questions, "--store", store, "--out", out, code=2).stderr

    gold = write_lines(tmp_path / "gold.jsonl", [*asked(3), {"id": "6", "answers": []}])
    judged = said("eval", out, "--gold", gold, "--store", store, "--out", tmp_path / "report")
    check("report", judged)
    assert judged["figures"]["hits_at_1"]["value"] == 1.0
    assert judged["figures"]["abstention_recall"]["value"] == 1.0
    assert judged["verified"] == {"supported": 3}
    assert judged["problems"]["repeated"] == ["q0"]


def test_a_batch_reads_id_question_and_entities_and_nothing_else(store, tmp_path):
    plain = [{"id": line["id"], "question": line["question"]} for line in asked(2)]
    more = [
        {**line, "answers": ["madrid"], "aliases": {"madrid": ["x"]}, "type": "?", "paths": [["borders"]], "text": "x"}
        for line in plain
    ]
    for name, lines in (("plain", plain), ("more", more)):
        kgqa("batch", write_lines(tmp_path / name, lines), "--store", store, "--out", tmp_path / f"{name}.out")
    assert timeless(lines_of(tmp_path / "plain.out")) == timeless(lines_of(tmp_path / "more.out"))


MANY = 600
"""Questions of a batch that is to be interrupted: enough that it is still at work when the signal comes."""


def interrupt_a_batch(store, tmp_path, how):
    questions = write_lines(tmp_path / "questions.jsonl", asked(MANY))
    out = tmp_path / "answers.jsonl"
    words = ["batch", str(questions), "--store", str(store), "--out", str(out)]
    # As from a terminal: a run in the background hands on that Ctrl-C is ignored.
    program = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n{PROGRAM}"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if out.exists() and out.read_bytes().count(b"\n") >= 5:
            break
        time.sleep(0.02)
    process.send_signal(how)
    code = process.wait(60)
    process.communicate()
    done = out.read_bytes()
    assert 5 <= done.count(b"\n") < MANY
    return questions, out, code


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_killed_batch_is_resumed_as_if_it_had_run_through(store, tmp_path):
    questions, out, _ = interrupt_a_batch(store, tmp_path, signal.SIGKILL)
    few = asked(out.read_bytes().count(b"\n") + 10)
    whole = out.read_bytes()
    write_lines(questions, few)
    assert "questions differ" in kgqa("batch", questions, "--store", store, "--out", out, "--resume", code=2).stderr
    assert out.read_bytes() == whole

    write_lines(questions, asked(MANY))
    with out.open("ab") as file:
        file.write(b'{"id": "q')
    report = said("batch", questions, "--store", store, "--out", out, "--resume")
    assert report["kept"] >= 5
    again = tmp_path / "again.jsonl"
    kgqa("batch", questions, "--store", store, "--out", again)
    assert timeless(lines_of(out)) == timeless(lines_of(again))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_an_interrupted_batch_ends_with_130_and_whole_lines(store, tmp_path):
    _, out, code = interrupt_a_batch(store, tmp_path, signal.SIGINT)
    assert code == 130
    assert all(json.loads(line)["id"] == f"q{n}" for n, line in enumerate(out.read_text(encoding="utf-8").splitlines()))


# --- building


def test_a_second_index_has_nothing_to_do(fresh):
    first = said("index", "--store", fresh)
    second = said("index", "--store", fresh)
    assert first["encoded"] > 0
    assert second["encoded"] == 0
    assert first["revision"] == second["revision"]


def test_models_are_trained_and_told(fresh, tmp_path):
    tiny = tmp_path / "encoder"
    tiny_encoder(tiny)  # the packaged one's twenty thousand words take longer to encode than all the rest
    words = ["--epochs", "2", "--dim", "8", "--store", str(fresh)]
    assert said("train", "embeddings", *words)["what"] == "embeddings"
    assert "embeddings" in said("info", "--store", fresh)["models"]
    more = ["--questions", "60", "--steps", "3", "--store", str(fresh)]
    assert said("train", "planner", *more, KGQA_ENCODER=str(tiny))["metrics"]["questions"] > 0
    assert set(said("info", "--store", fresh)["models"]) == {"embeddings", "planner"}
    assert "NoSuchModel" in kgqa("train", "embeddings", "--model", "NoSuchModel", *words, code=2).stderr


def test_a_reader_that_goes_away_is_no_accident(store):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "export", "--store", str(store)],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    process.stdout.close()
    error = process.stderr.read().decode()
    process.wait(60)
    process.stderr.close()
    assert "Traceback" not in error
