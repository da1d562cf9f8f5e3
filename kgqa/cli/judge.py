"""The commands that judge and define: eval, schema."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from kgqa.cli.opening import open_engine, settings_for
from kgqa.cli.options import Config, Debug, Json, Quiet, Work
from kgqa.cli.output import print_json, session


def evaluate(
    answers: Annotated[Path, typer.Argument(metavar="ANSWERS.jsonl", help="Any system's answers.")],
    gold: Annotated[Path, typer.Option("--gold", metavar="GOLD.jsonl", help="The right answers.")],
    out: Annotated[Path, typer.Option("--out", metavar="REPORT", help="Folder to write the report into.")],
    against: Annotated[
        Path | None, typer.Option(metavar="OTHER.jsonl", help="A second system's answers, to compare with.")
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", metavar="STORE", help="Verify the answers on this graph as well.")
    ] = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Judge answers against gold; without a store only what needs no graph."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output, ExitStack() as stack:
        from kgqa.cli import render
        from kgqa.errors import UsageError
        from kgqa.evaluation import evaluate as judge
        from kgqa.evaluation.evaluator import with_provenance
        from kgqa.evaluation.record import provenance
        from kgqa.evaluation.report import is_report

        if out.exists() and not is_report(out):
            raise UsageError(f"{out} exists and is no report: name another folder, or remove it")
        settings = settings_for(None, work, config)
        engine = None if store is None else stack.enter_context(open_engine(store, work, config))
        progress = stack.enter_context(output.progress())
        report = judge(
            answers,
            gold,
            store=engine,
            against=against,
            names=(answers.name, against.name if against is not None else ""),
            seed=settings.seed,
            progress=progress,
        )
        report = with_provenance(report, provenance(["kgqa", *sys.argv[1:]], seed=settings.seed))
        report.write(out)
        data = report.to_dict()
        output.result(data, lambda console: render.report(console, report))
        output.note(f"written to {out}")


def schema(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Without it the names are listed.")] = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Print the JSON Schema of a format."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        import json

        from kgqa.evaluation.schemas import load_schema, schema_names

        if name is None:
            names = schema_names()
            output.result(names, lambda console: console.print("\n".join(names)))
        elif as_json:
            print_json(load_schema(name))
        else:
            sys.stdout.write(json.dumps(load_schema(name), ensure_ascii=False, indent=2) + "\n")
