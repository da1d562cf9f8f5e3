"""How results look to people. Everything that comes from a graph is shown as text, never as markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kgqa.cli.output import plain

if TYPE_CHECKING:
    from kgqa.evaluation import Report

_COLOURS = {
    "supported": "green",
    "predicted": "yellow",
    "partly_supported": "yellow",
    "unsupported": "red",
    "contradicted": "red",
    "unanswerable": "cyan",
}
_SHOWN = 20


def texts(console: Console, lines: Sequence[str]) -> None:
    """Lines as they are."""
    for line in lines:
        console.print(Text(plain(line)))


def pairs(console: Console, data: Mapping[str, Any], *, indent: int = 0) -> None:
    """Names and values, one a line; what is nested goes deeper."""
    width = max((len(str(name)) for name, value in data.items() if not isinstance(value, Mapping)), default=0)
    for name, value in data.items():
        label = " " * indent + plain(name)
        if isinstance(value, Mapping):
            console.print(Text(label, style="bold"))
            pairs(console, value, indent=indent + 2)
        else:
            shown = f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else plain(value)
            console.print(Text.assemble((label.ljust(indent + width), "bold"), "  ", shown))


def rows(console: Console, items: Sequence[Mapping[str, Any]]) -> None:
    """Records of one form, as a table."""
    if not items:
        return
    names = list(items[0])
    _table(console, names, [[item.get(name, "") for name in names] for item in items])


def ingested(console: Console, data: Mapping[str, Any]) -> None:
    """What each source brought."""
    if data["sources"]:
        rows(console, data["sources"])
    for folder in data.get("folders", ()):
        _folder(console, folder)
    if data["dry_run"]:
        texts(console, ["nothing was written (--dry-run)"])


def _folder(console: Console, folder: Mapping[str, Any]) -> None:
    """A folder's files by what became of them, its size, and its near-duplicates."""
    by_status = Counter(file["status"] for file in folder["files"])
    counts = ", ".join(f"{count} {status}" for status, count in sorted(by_status.items()))
    size = f"{folder['passages']} passages, {folder['characters']} characters"
    took = "" if folder["encode_seconds"] is None else f"; to encode about {folder['encode_seconds']} s"
    texts(console, [f"{folder['folder']}: {counts}", f"{size}; about {folder['disk_mb']} MB on disk{took}"])
    texts(console, [file["error"] for file in folder["files"] if file["status"] in ("failed", "unknown")])
    told = [f"{d['id']} nearly repeats {d['of']} ({d['similarity']:.2f})" for d in folder["duplicates"][:_SHOWN]]
    if folder["duplicates_total"] > len(told):
        told.append(f"and {folder['duplicates_total'] - len(told)} more near-duplicates")
    texts(console, told)


def resolved(console: Console, data: Mapping[str, Any], limit: int) -> None:
    """Pairs that may be one thing, surest first, and where they were written."""
    shown = data["pairs"][:limit]
    rows(console, [{**pair, "why": ", ".join(pair["why"])} for pair in shown])
    said = [f"{len(data['pairs'])} pairs"] + (
        [f"and {len(data['pairs']) - limit} more"] if shown != data["pairs"] else []
    )
    if data["written"] and data["pairs"]:
        said.append(f"written as source {data['written']}; `kgqa delete --source {data['written']}` parts them again")
    texts(console, said)


def info(console: Console, data: Mapping[str, Any]) -> None:
    """What a graph holds; lists of records as tables."""
    for name, value in data.items():
        if isinstance(value, Mapping):
            console.print(Text(f"\n{plain(name)}", style="bold underline"))
            pairs(console, value)
        elif isinstance(value, Sequence) and not isinstance(value, str) and value and isinstance(value[0], Mapping):
            console.print(Text(f"\n{plain(name)}", style="bold underline"))
            rows(console, [{key: _cell(item) for key, item in row.items()} for row in value[:_SHOWN]])
            if len(value) > _SHOWN:
                texts(console, [f"and {len(value) - _SHOWN} more; --json lists all"])
        else:
            pairs(console, {name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value})


def answer(console: Console, data: Mapping[str, Any]) -> None:
    """An answer with its evidence, plan, verdict, confidence and time; an abstention with its reason."""
    console.print(Text(plain(data["text"]), style="bold"))
    if data["answers_total"] > _SHOWN or data["answers_total"] > len(data["answers"]):
        console.print(Text(f"{data['answers_total']} answers in all; --json lists {len(data['answers'])}", style="dim"))
    if data["evidence"]:
        console.print()
    for item in data["evidence"][:_SHOWN]:
        console.print(Text.assemble((f"[{item['n']}]".rjust(5), "cyan"), "  ", *_evidence(item)))
    if (hidden := data["evidence_total"] - min(len(data["evidence"]), _SHOWN)) > 0:
        console.print(Text(f"       and {hidden} more", style="dim"))
    console.print()
    lines: list[tuple[str, Text]] = []
    if data["reason"]:
        lines.append(("Reason", Text(plain(f"{data['reason']['code']}: {data['reason']['detail']}"))))
    if data["candidates"]:
        best = ", ".join(item["label"] for item in data["candidates"][:5])
        lines.append(("Best guess", Text(plain(best))))
    if data["plan"]:
        lines.append(("Plan", Text(plain(data["plan"].get("text") or data["plan"]))))
    label = data["verdict"]["label"]
    lines.append(("Verdict", Text(label.replace("_", " "), style=_COLOURS.get(label, ""))))
    if not data["abstained"]:
        lines.append(("Confidence", Text(f"{data['confidence']:.2f}")))
    if "total" in data["timing_ms"]:
        lines.append(("Time", Text(f"{data['timing_ms']['total']:.1f} ms")))
    for name, text in lines:
        console.print(Text.assemble((name.ljust(12), "dim"), text))


def found(console: Console, data: Mapping[str, Any]) -> None:
    """Search results, ranked within their kind."""
    if not data["results"]:
        texts(console, ["nothing found"])
    for rank, item in enumerate(data["results"], start=1):
        console.print(Text.assemble((f"{rank:>4}", "cyan"), (f"  {item['score']:8.4f}  ", "dim"), *_evidence(item)))


def report(console: Console, judged: Report) -> None:
    """Figures with their intervals, then what did not fit."""
    from kgqa.evaluation.report import MAIN, TITLES, show, show_difference

    _table(console, ("questions", "count"), list(judged.questions.items()))
    figures = [(TITLES[name], *show(name, item)) for name, item in judged.figures.items() if item.value is not None]
    _table(console, ("figure", "value", "95 % interval"), figures)
    if judged.by_type:
        kinds = [
            (kind, count, *(show(name, items[name])[0] for name in MAIN))
            for kind, (count, items) in judged.by_type.items()
        ]
        _table(console, ("type", "questions", *(TITLES[name] for name in MAIN)), kinds)
    for title, counts in (("verdict", judged.verdicts), ("found again", judged.verified), ("reason", judged.reasons)):
        if counts:
            _table(console, (title, "count"), list(counts.items()))
    if judged.comparison is not None:
        pair = judged.comparison
        differences = [(TITLES[name], *show_difference(name, item)) for name, item in pair.differences.items()]
        _table(console, ("figure", pair.first, pair.second, "difference", "95 % interval", "p"), differences)
    for name, ids in judged.problems.items():
        if ids:
            texts(
                console, [f"{name.replace('_', ' ')}: {len(ids)} ({', '.join(ids[:5])}{', …' if len(ids) > 5 else ''})"]
            )
    texts(console, judged.notes)


def _evidence(item: Mapping[str, Any]) -> list[str | tuple[str, str]]:
    """A triple or a passage in words."""
    sources = plain(", ".join(item.get("sources", ())))
    parts: list[str | tuple[str, str]]
    if item["kind"] == "passage":
        parts = [plain(" ".join(item["text"].split()))]
        if title := item.get("title"):
            parts.insert(0, (plain(title) + ": ", "italic"))
    else:
        parts = [plain(item["head_label"]), (f"  {plain(item['relation_label'])}  ", "blue"), plain(item["tail_label"])]
        if item.get("qualifiers"):
            held = ", ".join(f"{name}: {_value(value)}" for name, value in item["qualifiers"].items())
            parts.append((plain(f"  ({held})"), "dim"))
        if item.get("predicted"):
            probability = item.get("probability")
            said = "  predicted" if probability is None else f"  predicted, probability {probability:.2f}"
            parts.append((said, "yellow"))
    if sources:
        parts.append((f"  {sources}", "dim"))
    return parts


def _cell(value: Any) -> str:
    """A value of a record in a table: nothing for what is not known, the names of a list."""
    if value is None or value is False:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _value(value: Any) -> str:
    return str(value.get("value", value)) if isinstance(value, Mapping) else str(value)


def _table(console: Console, names: Sequence[str], items: Sequence[Sequence[Any]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(Text(plain(name)), overflow="fold")
    for cells in items:
        table.add_row(*(Text(plain(cell)) for cell in cells))
    console.print(table)
    console.print()
