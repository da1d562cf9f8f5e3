"""The commands for a Neo4j server of one's own: start, stop, status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgqa.cli.options import Config, Debug, Json, Quiet
from kgqa.cli.output import session

if TYPE_CHECKING:
    from kgqa.graph.neo4j.local import LocalServer

neo4j = typer.Typer(no_args_is_help=True, help="A local Neo4j server for development.")

Folder = Annotated[
    Path | None,
    typer.Option("--work", metavar="DIR", help="Where its data and password lie. Default: in the cache folder."),
]


@neo4j.command()
def start(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port on 127.0.0.1. Default: a free one.")] = None,
    heap: Annotated[str, typer.Option(metavar="SIZE", help="Memory for Java's heap, such as 512m or 4g.")] = "1g",
    work: Folder = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Start the server in the background; needs Java 17 and, the first time, Maven."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        server = _server(work, config)
        if not server.status().running:
            output.note("starting a Neo4j server; the first time fetches 120 MB")
        data = server.start(port=port, heap=heap).to_dict()
        output.result(data, lambda console: _show(console, data))


@neo4j.command()
def stop(
    work: Folder = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Stop the server; its data stays."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        stopped = _server(work, config).stop()
        said = "stopped" if stopped else "no server was running"
        output.result({"stopped": stopped}, lambda console: render.texts(console, [said]))


@neo4j.command()
def status(
    work: Folder = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Say whether the server runs, and where."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        data = _server(work, config).status().to_dict()
        output.result(data, lambda console: _show(console, data))


def _server(work: Path | None, config: Path | None) -> LocalServer:
    from kgqa.config import load_settings
    from kgqa.graph.neo4j.local import LocalServer

    settings = load_settings(file=config)
    folder = work or settings.cache / "neo4j" / "server"
    return LocalServer(folder, cache=settings.cache)


def _show(console: Any, data: dict[str, Any]) -> None:
    from kgqa.cli import render

    if not data["running"]:
        render.texts(console, ["not running"])
        return
    lines = [
        f"running at {data['uri']}",
        f'export NEO4J_PASSWORD="$(cat {data["password_file"]})"',
        f"export KGQA_STORE={data['uri']}",
    ]
    render.texts(console, lines)
