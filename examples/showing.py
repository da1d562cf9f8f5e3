"""Prints answers and progress for people: coloured on a terminal, plain lines in a pipe."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kgqa.types import Answer, PassageEvidence, TripleEvidence
from kgqa.types import Progress as Report

EVIDENCE_SHOWN = 6
PIPE_EVERY = 5.0  # seconds between lines of progress where there is no terminal


def console() -> Console:
    """Writes to stdout, long lines unbroken."""
    return Console(highlight=False, soft_wrap=True)


@contextmanager
def step(out: Console, title: str) -> Iterator[Report]:
    """Shows a step of work while it runs; gives the function that reports its progress."""
    start = time.perf_counter()
    if out.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=out, transient=True) as bar:
            task = bar.add_task(escape(title), total=None)
            yield lambda what, done, total: bar.update(
                task, description=escape(f"{title}: {what}"), completed=done, total=total
            )
    else:
        out.print(f"{title} ...")
        yield _lines(out)
    out.print(f"[green]✓[/] {escape(title)} [dim]({time.perf_counter() - start:.1f} s)[/]")


def reused(out: Console, title: str) -> None:
    """Says that a step is not needed again."""
    out.print(f"[green]✓[/] {escape(title)} [dim](done before)[/]")


def _lines(out: Console) -> Report:
    told = [time.perf_counter()]

    def report(what: str, done: int, total: int | None) -> None:
        if time.perf_counter() - told[0] >= PIPE_EVERY:
            told[0] = time.perf_counter()
            out.print(f"  {what}: {done}" + (f" of {total}" if total else ""), markup=False)

    return report


def show(out: Console, number: int, shape: str, answer: Answer, seconds: float, *, note: str | None = None) -> None:
    """One question with its answer, evidence, plan, verdict and time. ``note`` stands below them."""
    out.print(f"\n[bold]{number:2}. {escape(answer.question)}[/]  [dim]{shape}[/]")
    if answer.reason is not None:
        out.print(f"    [yellow]No answer[/] ({answer.reason.code}): {escape(answer.reason.detail)}")
        for guess in answer.candidates[:1]:
            out.print(f"    best guess, not believed: {escape(guess.label)}", style="dim")
    else:
        out.print(f"    {escape(answer.text)}", style="cyan")
    for item in answer.evidence[:EVIDENCE_SHOWN]:
        out.print(f"      \\[{item.n}] {escape(_evidence(item))}")
    if (more := max(answer.evidence_total, len(answer.evidence)) - EVIDENCE_SHOWN) > 0:
        out.print(f"      ... and {more} more", style="dim")
    out.print(f"    [dim]plan[/]     {escape(_plan(answer))}")
    verdict = f"{answer.verdict.label} · confidence {answer.confidence:.2f} · {seconds * 1000:.0f} ms"
    out.print(f"    [dim]verdict[/]  {verdict}")
    if note:
        out.print(f"    [magenta]{escape(note)}[/]")


def _plan(answer: Answer) -> str:
    if answer.plan_text:
        return answer.plan_text
    if answer.abstained:
        return "none"
    return "none over the graph: the sentence that supports it best is quoted"


def _evidence(item: TripleEvidence | PassageEvidence) -> str:
    sources = f"  ({', '.join(item.sources)})" if item.sources else ""
    if isinstance(item, PassageEvidence):
        return f"“{item.text}”{sources}"
    triple = f"{item.head_label} · {item.relation_label} · {item.tail_label}"
    if not item.predicted:
        return triple + sources
    return f"{triple}  (predicted" + (f", probability {item.probability:.2f})" if item.probability is not None else ")")
