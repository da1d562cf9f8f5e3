"""The commands that answer: ask, search, batch."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kgqa.cli.opening import open_to_answer
from kgqa.cli.options import Config, Debug, Json, Quiet, Store, Work
from kgqa.cli.output import session


class Kind(StrEnum):
    passage = "passage"
    triple = "triple"


class Fusion(StrEnum):
    convex = "convex"
    rrf = "rrf"


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION")],
    entity: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="What the question is about, so that it is not searched for.")
    ] = None,
    complete: Annotated[bool, typer.Option("--complete", help="Let missing facts be predicted.")] = False,
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", min=0.001, help="Time to answer in.")] = None,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Answer a question, with evidence and a verdict."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        with open_to_answer(store, work, config, output) as engine:
            data = engine.ask(question, entities=entity or None, complete=complete, timeout=timeout).to_dict()
        output.result(data, lambda console: render.answer(console, data))


def search(
    query: Annotated[str, typer.Argument(metavar="QUERY")],
    k: Annotated[int, typer.Option("--k", min=1, help="How many of each kind.")] = 10,
    kind: Annotated[Kind | None, typer.Option(help="Only this kind.")] = None,
    channels: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,...", help="Only these: bm25, dense, plan, ppr, bridge (passages), facts, edges (triples)."
        ),
    ] = None,
    fusion: Annotated[Fusion, typer.Option(help="How their rankings become one.")] = Fusion.convex,
    rerank: Annotated[
        str | None,
        typer.Option(
            metavar="late|FOLDER", help="Rank the first 20 passages again, by token vectors or a cross-encoder."
        ),
    ] = None,
    source: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only what this source says.")] = None,
    tenant: Annotated[str | None, typer.Option(metavar="NAME", help="Only sources NAME and NAME/...")] = None,
    type: Annotated[list[str] | None, typer.Option(metavar="TYPE", help="Only what is about things of a type.")] = None,
    lang: Annotated[list[str] | None, typer.Option(metavar="TAG", help="Only this language.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only what holds or is dated then or later.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Only what holds or is dated by then.")] = None,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Find passages and triples, ranked, without an answer."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render
        from kgqa.retrieval.filters import Filter

        where = Filter(
            sources=tuple(source or ()),
            tenant=tenant,
            types=tuple(type or ()),
            languages=tuple(lang or ()),
            since=since,
            until=until,
        )
        with open_to_answer(store, work, config, output) as engine:
            names = None if channels is None else [name.strip() for name in channels.split(",") if name.strip()]
            found = engine.search(query, k=k, kind=kind, channels=names, fusion=fusion, where=where, rerank=rerank)
            data = found.to_dict()
        output.result(data, lambda console: render.found(console, data))


def batch(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl", help="One question a line.")],
    out: Annotated[Path, typer.Option("--out", metavar="ANSWERS.jsonl", help="One answer a line, in the same order.")],
    resume: Annotated[bool, typer.Option("--resume", help="Continue answers that were interrupted.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write answers anew.")] = False,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Answer a file of questions; exit code 1 when a line carries an error."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render
        from kgqa.errors import UsageError
        from kgqa.evaluation.batch_file import Existing, run_batch

        if resume and overwrite:
            raise UsageError("--resume continues, --overwrite starts anew: give one of them")
        existing = Existing.RESUME if resume else Existing.OVERWRITE if overwrite else Existing.REFUSE
        with open_to_answer(store, work, config, output) as engine, output.progress() as progress:
            report = run_batch(engine, questions, out, existing=existing, progress=progress)
        data = report.to_dict()
        output.result(data, lambda console: render.pairs(console, data))
        if report.errors:
            output.note(f"{report.errors} lines of {out} carry an error")
            raise typer.Exit(1)
