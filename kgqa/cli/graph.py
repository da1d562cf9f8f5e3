"""The commands on the graph itself: ingest, delete, info, export."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgqa.cli.opening import open_engine, open_or_create, settings_for
from kgqa.cli.options import Config, Debug, Json, Quiet, Store, Work
from kgqa.cli.output import session

if TYPE_CHECKING:
    from kgqa.cli.output import Output
    from kgqa.engine.reports import FolderReport, IngestReport


class OnError(StrEnum):
    stop = "stop"
    skip = "skip"


def ingest(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Files and folders; - is standard input.")],
    store: Store = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the source. Default: the path.")] = None,
    format: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="jsonl, tsv, csv, pipe, parquet, ntriples, nquads, turtle, trig, jsonld, rdfxml, text, markdown, "
            "html, pdf or docx.",
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="The file becomes the source's whole content.")] = False,
    on_error: Annotated[
        OnError, typer.Option(help="Stop at bad input, or skip it and write it to a file.")
    ] = OnError.stop,
    skipped: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where skipped lines go. Default: skipped.jsonl in the store.")
    ] = None,
    map: Annotated[Path | None, typer.Option(metavar="FILE", help="How to read a table (YAML); see --propose.")] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Print a proposed map of a table; ingest nothing.")
    ] = False,
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Whether the first row of a table names its columns.")
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="TAG", help="Language of a new store's labels.")] = None,
    overlap: Annotated[
        int | None,
        typer.Option(min=0, max=100, metavar="WORDS", help="Words that passages share with the text before."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; write nothing.")] = False,
    bulk: Annotated[
        bool,
        typer.Option("--bulk", help="First load of the server of `kgqa neo4j start`, which is stopped for it."),
    ] = False,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Add facts and documents to a graph, which is made when there is none."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render
        from kgqa.errors import UsageError

        if propose:
            from kgqa.graph.formats import propose_map

            maps = {path: propose_map(path, format=format) for path in sources}
            output.result(maps, lambda console: render.texts(console, list(maps.values())))
            return
        if bulk:
            _bulk(sources, store, source, format, map, header, language, work, config, output)
            return
        if replace and source is not None and len(sources) > 1:
            raise UsageError("--replace with --source takes one file: the second would delete the first")
        settings = settings_for(store, work, config)
        reports: list[IngestReport] = []
        folders: list[FolderReport] = []
        shared = {} if overlap is None else {"overlap": overlap}
        with open_or_create(settings, language=language, scratch=dry_run) as engine, output.progress() as progress:
            for number, path in enumerate(sources, start=1):
                if Path(path).is_dir():
                    given = {"source_name": source, "format": format, "map": map, "header": header}
                    folders.append(
                        engine.ingest_folder(
                            path, replace=replace, dry_run=dry_run, progress=progress, **given, **shared
                        )
                    )
                    continue
                aside = None
                if on_error is OnError.skip:
                    name = "skipped.jsonl" if len(sources) == 1 else f"skipped-{number}.jsonl"
                    aside = skipped or engine.location.folder / name
                report = engine.ingest(
                    path,
                    source_name=source,
                    format=format,
                    replace=replace,
                    on_error=str(on_error),
                    skipped=aside,
                    map=map,
                    header=header,
                    dry_run=dry_run,
                    progress=progress,
                    **shared,
                )
                reports.append(report)
                if report.skipped:
                    output.note(f"{path}: {report.skipped} skipped, written to {aside}")
        data: dict[str, Any] = {
            "dry_run": dry_run,
            "sources": [report.to_dict() for report in reports],
            "revision": max([report.revision for report in reports] + [report.revision for report in folders]),
        }
        if folders:
            data["folders"] = [report.to_dict() for report in folders]
        output.result(data, lambda console: render.ingested(console, data))
        if any(report.failed for report in folders):
            raise typer.Exit(1)


def _bulk(
    sources: list[str],
    store: str | None,
    name: str | None,
    format: str | None,
    map: Path | None,
    header: bool | None,
    language: str | None,
    work: Path | None,
    config: Path | None,
    output: Output,
) -> None:
    from kgqa.cli import render
    from kgqa.engine.bulk import bulk_ingest
    from kgqa.engine.ingesting import IngestOptions
    from kgqa.errors import UsageError

    if store is not None:
        raise UsageError("--bulk loads the server of `kgqa neo4j start` (--work names its folder); leave out --store")
    settings = settings_for(None, None, config)
    options = IngestOptions(source_name=name, format=format, map=map, header=header)
    with output.progress() as progress:
        data = bulk_ingest(sources, options, settings, server=work, language=language, progress=progress)
    lines = [f"{data['records']} records; running at {data['uri']}"]
    output.result(data, lambda console: render.texts(console, lines))


def delete(
    source: Annotated[str, typer.Option("--source", metavar="NAME", help="Name of the source; info lists them.")],
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Remove everything that only one source says."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        with open_engine(store, work, config) as engine:
            report = engine.delete(source=source)
        data = {"source": source, "removed": report.removed, "revision": report.revision}
        output.result(
            data,
            lambda console: render.texts(console, [f"{source}: {report.removed} removed; revision {report.revision}"]),
        )


def resolve(
    above: Annotated[float, typer.Option(min=0.0, max=1.0, metavar="P", help="Pairs from this probability on.")] = 0.5,
    limit: Annotated[int, typer.Option(min=1, help="Pairs shown at most; --json shows all.")] = 50,
    write: Annotated[
        str | None, typer.Option(metavar="NAME", help="Write them as `same` records: the content of this source.")
    ] = None,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Propose which entities are one thing, by names, types and neighbours."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        with open_engine(store, work, config) as engine, output.progress() as progress:
            pairs = engine.resolve(above=above, write=write, progress=progress)
            data = {"pairs": [pair.to_dict() for pair in pairs], "written": write, "revision": engine.revision}
        output.result(data, lambda console: render.resolved(console, data, limit))


def info(
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Show what a graph holds: counts, sources, models, settings, versions."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        with open_engine(store, work, config) as engine:
            data = engine.info()
        output.result(data, lambda console: render.info(console, data))


def export(
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write; - is standard output.")] = "-",
    format: Annotated[str | None, typer.Option(metavar="NAME", help="Default: by suffix, otherwise jsonl.")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this source says.")] = None,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write the whole graph, sorted: equal graphs give equal bytes."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        with open_engine(store, work, config) as engine:
            count = engine.export(sys.stdout if out == "-" else out, format=format, source=source)
        if out == "-":
            output.note(f"{count} records")
            return
        data = {"out": out, "records": count}
        output.result(data, lambda console: render.texts(console, [f"{out}: {count} records"]))
