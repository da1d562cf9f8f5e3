"""What `make demo` runs: builds the sample graph, learns from it and asks a dozen questions.

    python examples/demo.py [--neo4j] [FOLDER]

With ``--neo4j`` the graph is on a Neo4j server that runs as long as the demo does (Java 17, Maven); the answers are the
same. Everything lies in FOLDER (./demo, ./demo-neo4j). What is there already and still fits is used again:
FOLDER/demo.json remembers, by content, which facts were ingested and what was done with them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich.console import Console

from eval.suites.elements.judging import marked_predicted, right
from examples import showing
from examples.elements import recipe
from kgqa import Answer, Engine, KgqaError
from kgqa.assets import asset
from kgqa.config import Settings, load_settings
from kgqa.graph.neo4j.local import LocalServer

ROOT = Path(__file__).resolve().parents[1]
STORE = "elements.kgqa"
SERVER = "server"


class Ledger:
    """Remembers in a file which step was done for which content."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.done: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.done = {}

    def has(self, step: str, content: str) -> bool:
        return self.done.get(step) == content

    def note(self, step: str, content: str) -> None:
        self.done[step] = content
        draft = self.path.with_suffix(".part")
        draft.write_text(json.dumps(self.done, indent=1, sort_keys=True), encoding="utf-8")
        draft.replace(self.path)


def digest(*paths: Path) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def prepare(folder: Path, out: Console, stack: ExitStack, *, neo4j: bool = False) -> Engine:
    """The engine on the sample graph, ready to be asked; does only what is not done yet. It closes with ``stack``."""
    folder.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(folder / "demo.json")
    facts = folder / "facts.jsonl"
    code = digest(*sorted((ROOT / "examples" / "elements").glob("*.*")))
    made_from = f"{code} mendeleev {version('mendeleev')} countryinfo {version('countryinfo')}"
    title = "Build the sample graph from mendeleev and countryinfo"
    if ledger.has("recipe", made_from) and facts.exists() and (folder / "withheld.jsonl").exists():
        showing.reused(out, title)
    else:
        with showing.step(out, title):
            recipe.write(folder)
        ledger.note("recipe", made_from)

    content = f"{digest(facts)} kgqa {version('kgqa')}{' neo4j' if neo4j else ''}"
    place = folder / (SERVER if neo4j else STORE)
    ingested = ledger.has("ingest", content) and place.exists()
    if not ingested:
        ledger.done = {"recipe": made_from}
        for old in (place, folder / "work"):
            shutil.rmtree(old, ignore_errors=True)
    store, settings = on_server(place, out, stack) if neo4j else (place, load_settings())
    title = f"Ingest it into {'the server' if neo4j else 'the embedded store'}"
    if ingested:
        showing.reused(out, title)
    else:
        with showing.step(out, title) as report, Engine.create(store, settings=settings) as engine:
            engine.ingest(facts, source_name="elements", progress=report)
        ledger.note("ingest", content)

    engine = stack.enter_context(Engine.open(store, settings=settings))
    train = partial(engine.train, "embeddings")
    for name, title, do in (
        ("train", "Train embeddings (PyKEEN), for link prediction", train),
        ("index", "Index facts, names and passages", engine.index),
    ):
        if ledger.has(name, content):
            showing.reused(out, title)
            continue
        with showing.step(out, title) as report:
            do(progress=report)
        ledger.note(name, content)
    with showing.step(out, "Load the models") as report:
        engine.rooms(progress=report)
    return engine


def on_server(place: Path, out: Console, stack: ExitStack) -> tuple[str, Settings]:
    """Starts a server in ``place`` that ends with ``stack``; gives its URI, and where our own files lie."""
    with showing.step(out, "Start a Neo4j server"):
        local = LocalServer(place, cache=load_settings().cache)
        server = stack.enter_context(local.running())
    os.environ["NEO4J_PASSWORD"] = server.password
    for other in ("NEO4J_USERNAME", "NEO4J_CA"):
        os.environ.pop(other, None)
    return server.uri, load_settings(work=place.parent / "work")


def withheld_note(answer: Answer, folder: Path) -> str | None:
    """What the facts kept back say of a predicted answer."""
    kept_back = {
        (fact["head"], fact["relation"], fact["tail"])
        for line in (folder / "withheld.jsonl").read_text(encoding="utf-8").splitlines()
        for fact in [json.loads(line)["triple"]]
    }
    predicted = [item for item in answer.to_dict()["evidence"] if item["kind"] == "triple" and item["predicted"]]
    if not predicted:
        return None
    confirmed = sum((item["head"], item["relation"], item["tail"]) in kept_back for item in predicted)
    known = sum((item["head"], item["relation"]) in {fact[:2] for fact in kept_back} for item in predicted)
    if confirmed:
        return "The recipe kept this fact back: the prediction is right."
    return "The recipe kept another fact back: the prediction is wrong." if known else "No fact was kept back for this."


def ask_all(engine: Engine, folder: Path, out: Console) -> int:
    """Asks the dozen and prints what comes; returns how many agree with the answers computed from the data."""
    lines = asset("eval/suites/elements/dozen.jsonl").read_text(encoding="utf-8").splitlines()
    agree = 0
    for number, gold in enumerate(map(json.loads, lines), start=1):
        start = time.perf_counter()
        answer = engine.ask(gold["question"])
        seconds = time.perf_counter() - start
        shown = answer.to_dict()
        note = withheld_note(answer, folder) if marked_predicted(shown) else None
        showing.show(out, number, gold["type"], answer, seconds, note=note)
        agree += right(shown, gold)
    out.print(f"\n{agree} of {len(lines)} agree with the answers that the recipe's records give without the engine.")
    return agree


def command() -> list[str]:
    """How this environment's kgqa is called from here."""
    beside = Path(sys.executable).parent / ("kgqa.exe" if os.name == "nt" else "kgqa")
    if not beside.exists():
        return [sys.executable, "-m", "kgqa"]
    on_path = shutil.which("kgqa")
    if on_path and Path(on_path).resolve() == beside.resolve():
        return ["kgqa"]
    return [os.path.relpath(beside) if beside.is_relative_to(Path.cwd()) else str(beside)]


def quoted(*words: str) -> str:
    """Words as a line to type into this system's shell."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def next_lines(folder: Path, *, neo4j: bool = False) -> tuple[str, ...]:
    """What to type next."""
    store, facts, own = (str(place) for place in (folder / STORE, folder / "facts.jsonl", folder / "own.kgqa"))
    kgqa = command()
    asked = "Which elements were discovered in the country whose capital is Stockholm?"
    if neo4j:
        return (
            quoted(*kgqa, "neo4j", "start", "--work", str(folder / SERVER)) + "   # and the two lines that it prints",
            quoted(*kgqa, "ask", asked, "--work", str(folder / "work")),
            quoted(*kgqa, "neo4j", "stop", "--work", str(folder / SERVER)),
        )
    return (
        quoted(*kgqa, "ask", asked, "--store", store),
        quoted(*kgqa, "search", "used in nuclear reactors", "--store", store),
        quoted(*kgqa, "ingest", facts, "--store", own) + "   # or what you have: .tsv .csv .ttl .nt .md .txt ...",
    )


def main(arguments: list[str]) -> int:
    neo4j = "--neo4j" in arguments
    places = [Path(word) for word in arguments if word != "--neo4j"]
    folder = places[0] if places else Path("demo-neo4j" if neo4j else "demo")
    out = showing.console()
    start = time.perf_counter()
    try:
        with ExitStack() as stack:
            ask_all(prepare(folder, out, stack, neo4j=neo4j), folder, out)
    except KgqaError as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False)
        return error.exit_code
    except KeyboardInterrupt:
        Console(stderr=True).print("stopped; the next run goes on after the last finished step")
        return 130
    out.print(f"Done in {time.perf_counter() - start:.0f} s. What to type next:", style="bold")
    for line in next_lines(folder, neo4j=neo4j):
        out.print(f"  {line}", markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
