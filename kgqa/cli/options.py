"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="STORE",
        help="Folder, or neo4j/bolt URI with the database as its path. Default: $KGQA_STORE.",
    ),
]
Work = Annotated[
    Path | None, typer.Option("--work", metavar="DIR", help="Where indexes and models of a server's graph lie.")
]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Settings, in TOML.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes, only results and errors.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show where an error came from.")]
