"""When an answer to a question of this suite is right; README.md says it in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

EXACT_UP_TO = 10
F1_ABOVE = 0.9


def right(answer: Mapping[str, Any], gold: Mapping[str, Any]) -> bool:
    """Whether an answer, in the JSON form of ANSWERS.jsonl, is the gold answer."""
    if gold["kind"] == "none":
        return bool(answer["abstained"]) and answer["reason"]["code"] in gold["abstain"]
    if answer["abstained"]:
        return False
    if gold["type"] == "predicted" and not marked_predicted(answer):
        return False
    match gold["kind"]:
        case "entity":
            return _same_set({item.get("id") or item["label"] for item in answer["answers"]}, set(gold["answers"]))
        case "text":
            return _says(answer, gold["answers"]) and bool(cited_passages(answer) & set(gold["passages"]))
        case _:
            found = [_plain(item) for item in answer["answers"]]
            return len(found) == len(gold["answers"]) and all(
                any(_equal(value, other) for other in found) for value in gold["answers"]
            )


def marked_predicted(answer: Mapping[str, Any]) -> bool:
    """Whether the answer says that it rests on a predicted fact, and how probable that is."""
    facts = [item for item in answer["evidence"] if item["kind"] == "triple" and item["predicted"]]
    return (
        answer["verdict"]["label"] == "predicted"
        and bool(facts)
        and all(item["probability"] is not None and 0 < item["probability"] <= 1 for item in facts)
    )


def cited_passages(answer: Mapping[str, Any]) -> set[str]:
    return {item["id"] for item in answer["evidence"] if item["kind"] == "passage"}


def _says(answer: Mapping[str, Any], phrases: list[str]) -> bool:
    said = " ".join([answer["text"], *(item["label"] for item in answer["answers"])]).casefold()
    return any(phrase.casefold() in said for phrase in phrases)


def _same_set(found: set[str], gold: set[str]) -> bool:
    if len(gold) <= EXACT_UP_TO:
        return found == gold
    common = len(found & gold)
    return 2 * common / (len(found) + len(gold)) >= F1_ABOVE


def _plain(item: Mapping[str, Any]) -> str:
    value = item.get("value")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(item["label"] if value is None else value)


def _equal(a: str, b: str) -> bool:
    try:
        return math.isclose(float(a), float(b), rel_tol=1e-6)
    except ValueError:
        return a.casefold() == b.casefold()
