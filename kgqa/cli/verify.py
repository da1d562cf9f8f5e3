"""The command that checks a graph: its store, its shapes, its improbable statements."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgqa.cli.opening import open_engine
from kgqa.cli.options import Config, Debug, Json, Quiet, Store, Work
from kgqa.cli.output import session


def verify(
    shapes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Check the graph against these SHACL shapes (Turtle) instead of the store."),
    ] = None,
    suspicious: Annotated[
        bool, typer.Option("--suspicious", help="List improbable statements; small models are trained for it.")
    ] = False,
    k: Annotated[int, typer.Option("--k", min=1, help="How many suspicious statements.")] = 100,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Check that a store is sound, or its graph against SHACL shapes; exit code 1 when it is not.

    With --suspicious: list improbable statements, worst first; exit code 0.
    """
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render
        from kgqa.errors import UsageError

        if suspicious:
            if shapes is not None:
                raise UsageError("--suspicious and --shapes are two checks: give one of them")
            with open_engine(store, work, config) as engine, output.progress() as progress:
                data = engine.suspicious(k=k, progress=progress).to_dict()
            shown = [
                {
                    "score": f"{item['score']:.3f}",
                    "statement": f"{item['head_label']} - {item['relation']} - {item['tail_label']}",
                    "sources": ", ".join(item["sources"]),
                }
                for item in data["suspicious"]
            ]
            output.result(data, lambda console: render.rows(console, shown))
            return

        if shapes is not None:
            with open_engine(store, work, config) as engine:
                report = engine.validate(shapes)
            found = [
                {"focus": v.focus, "path": v.path, "value": v.value, "message": v.message, "severity": v.severity}
                for v in report.violations
            ]
            said = [f"{v.focus}: {f'{v.path}: ' if v.path else ''}{v.message}" for v in report.violations]
            output.result(
                {"conforms": report.conforms, "violations": found},
                lambda console: render.texts(console, said or ["conforms"]),
            )
            if not report.conforms:
                raise typer.Exit(1)
            return
        with open_engine(store, work, config) as engine:
            problems = engine.verify_store()
        data = {"sound": not problems, "problems": [{"where": item.where, "what": item.what} for item in problems]}
        lines = [f"{item.where}: {item.what}" for item in problems] or ["sound"]
        output.result(data, lambda console: render.texts(console, lines))
        if problems:
            raise typer.Exit(1)
