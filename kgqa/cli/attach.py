"""The command that attaches to a property graph which kgqa did not build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgqa.cli.opening import settings_for
from kgqa.cli.options import Config, Debug, Json, Quiet, Work
from kgqa.cli.output import session


def attach(
    uri: Annotated[str, typer.Argument(metavar="URI", help="neo4j or bolt URI with the database as its path.")],
    map: Annotated[
        Path | None, typer.Option(metavar="FILE", help="How the graph is read (YAML). Default: as proposed.")
    ] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Print the proposed map; read and keep nothing else.")
    ] = False,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Answer from an existing Neo4j graph, read-only: propose how to read it, show that, copy what answers need."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render
        from kgqa.engine.attaching import attach_graph, propose_map
        from kgqa.errors import UsageError

        settings = settings_for(uri, work, config)
        if propose:
            if map is not None:
                raise UsageError("--propose makes a map and --map gives one: choose")
            text = propose_map(uri, settings=settings)
            output.result({"map": text}, lambda console: render.texts(console, text.splitlines()))
            return
        with output.progress() as progress:
            report = attach_graph(uri, map=map, settings=settings, progress=progress)
        lines = [*report.map.splitlines(), ""] if map is None else []
        lines.append(
            f"{report.entities} entities and {report.statements} statements of {report.store}; "
            f"the map and all indexes lie in {report.work}"
        )
        output.result(report.to_dict(), lambda console: render.texts(console, lines))
