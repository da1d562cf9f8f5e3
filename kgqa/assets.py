"""Finds what ships beside the code: the folders graph/, prompts/ and eval/, in a wheel or a checkout."""

from __future__ import annotations

from pathlib import Path

from kgqa.errors import KgqaError


def asset(relative: str) -> Path:
    """The path of a shipped file or folder, such as ``"eval/schemas/answer.json"``.

    In a wheel they lie in ``kgqa/_assets``; in a checkout or an editable install beside the package.
    """
    package = Path(__file__).resolve().parent
    for root in (package / "_assets", package.parent):
        path = root.joinpath(*relative.split("/"))
        if path.exists():
            return path
    raise KgqaError(f"the file {relative!r} is not part of this installation; install kgqa again")
