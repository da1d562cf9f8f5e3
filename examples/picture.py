"""Draws the answer that the README shows: ``python examples/picture.py demo/elements.kgqa docs/answer.svg``."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from kgqa import Engine
from kgqa.cli import render

QUESTION = "Which countries border the country where polonium was discovered?"


def main(store: str, picture: str) -> None:
    with Engine.open(store) as engine:
        answer = engine.ask(QUESTION).to_dict()
    console = Console(record=True, width=96, file=io.StringIO())
    console.print(f'$ kgqa ask "{QUESTION}"\n', style="bold", markup=False, highlight=False)
    render.answer(console, answer)
    # Without the web fonts that Rich names: looking at a picture asks nothing of the network.
    svg = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="kgqa"), flags=re.DOTALL)
    Path(picture).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
