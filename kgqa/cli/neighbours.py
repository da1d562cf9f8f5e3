"""The commands about entities beside entities: similar, related."""

from __future__ import annotations

from typing import Annotated

import typer

from kgqa.cli.opening import open_to_answer
from kgqa.cli.options import Config, Debug, Json, Quiet, Store, Work
from kgqa.cli.output import session

Entity = Annotated[str, typer.Argument(metavar="ID", help="An entity of the graph.")]
K = Annotated[int, typer.Option("--k", min=1, help="How many.")]


def similar(
    entity: Entity,
    k: K = 10,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """List the entities most like one; needs a trained retriever or trained embeddings."""
    _show("similar", entity, k, store, work, config, as_json, quiet, debug)


def related(
    entity: Entity,
    k: K = 10,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """List the entities that go with one, known or predicted; needs a trained retriever or trained embeddings."""
    _show("related", entity, k, store, work, config, as_json, quiet, debug)


def _show(
    what: str, entity: str, k: int, store: Store, work: Work, config: Config, as_json: Json, quiet: Quiet, debug: Debug
) -> None:
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        with open_to_answer(store, work, config, output) as engine:
            report = engine.similar(entity, k=k) if what == "similar" else engine.related(entity, k=k)
        data = report.to_dict()
        rows = [{name: value for name, value in item.items() if value is not None} for item in data["results"]]
        output.result(data, lambda console: render.rows(console, rows))
