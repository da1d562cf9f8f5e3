"""Plain words to an FTS5 expression: every word quoted, so that nothing a user types is syntax."""

from __future__ import annotations

import json
import sqlite3
import unicodedata

from kgqa.index.normalise import is_unspaced

_MAX_WORDS = 64


def searchable(text: str) -> str:
    """Text as the passage index takes it: NFKC, no NUL, a space around each character of unspaced scripts."""
    if text.isascii():
        return text.replace("\0", " ")
    text = unicodedata.normalize("NFKC", text).replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return "".join(f" {character} " if is_unspaced(character) else character for character in text)


def passage_query(db: sqlite3.Connection, query: str) -> str | None:
    """Any of the query's words; None when it has none that any passage has.

    Words that more than half of the passages have are left out when others remain: BM25 gives them no weight, and
    reading their postings is what costs. Unspaced scripts are sought by pairs of neighbouring characters.
    """
    words = list(dict.fromkeys(_words(query)))[:_MAX_WORDS]
    total = db.execute("SELECT count(*) FROM passage").fetchone()[0]
    singles = {word: _term(word) for word in words if " " not in word}
    counts = dict(
        db.execute(
            "SELECT v.term, v.doc FROM json_each(?) AS k CROSS JOIN passage_vocab AS v ON v.term = k.value",
            (json.dumps(sorted(set(singles.values()))),),
        )
    )
    useful = [word for word in words if 2 * counts.get(singles.get(word, ""), 0) <= total]
    if not useful:
        useful = sorted(words, key=lambda word: (counts.get(singles.get(word, ""), 0), word))[:1]
    return " OR ".join(f'"{word}"' for word in useful) or None


def _words(query: str) -> list[str]:
    words: list[str] = []
    marked = "".join(
        character if character.isalnum() or unicodedata.category(character)[0] == "M" else " "
        for character in unicodedata.normalize("NFKC", query).encode("utf-8", "replace").decode("utf-8")
    )
    for chunk in marked.split():
        run: list[str] = []
        for character in chunk + " ":
            if character != " " and is_unspaced(character):
                if run and not is_unspaced(run[-1]):
                    words.append("".join(run))
                    run.clear()
                run.append(character)
                continue
            if run and is_unspaced(run[-1]):
                words += [f"{a} {b}" for a, b in zip(run, run[1:])] or run
                run.clear()
            if character != " ":
                run.append(character)
            elif run:
                words.append("".join(run))
    return words


def _term(word: str) -> str:
    """The word as the tokenizer stores it, near enough to ask how frequent it is."""
    parts = unicodedata.normalize("NFD", word.lower())
    return unicodedata.normalize("NFC", "".join(part for part in parts if unicodedata.category(part) != "Mn"))
