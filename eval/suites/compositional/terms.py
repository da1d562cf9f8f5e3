"""Who led a country from when to when: dated facts, of which the sample graph has none, as records of their own.

The dates are public knowledge (ISO 8601, closed intervals). Each half asks about two of the four countries.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCE = "terms-of-office"
LED_BY = {
    "id": "led_by",
    "label": "led by",
    "aliases": {"en": ["political leader", "governed by", "ruled by"]},
    "inverse_label": "leader of",
    "domain": "country",
    "range": "politician",
}
TERMS = {
    "DEU": """
        Konrad Adenauer 1949-09-15 1963-10-16
        Ludwig Erhard 1963-10-16 1966-12-01
        Kurt Georg Kiesinger 1966-12-01 1969-10-21
        Willy Brandt 1969-10-21 1974-05-07
        Helmut Schmidt 1974-05-16 1982-10-01
        Helmut Kohl 1982-10-01 1998-10-27
        Gerhard Schröder 1998-10-27 2005-11-22
        Angela Merkel 2005-11-22 2021-12-08""",
    "USA": """
        John F. Kennedy 1961-01-20 1963-11-22
        Lyndon B. Johnson 1963-11-22 1969-01-20
        Richard Nixon 1969-01-20 1974-08-09
        Gerald Ford 1974-08-09 1977-01-20
        Jimmy Carter 1977-01-20 1981-01-20
        Ronald Reagan 1981-01-20 1989-01-20
        George H. W. Bush 1989-01-20 1993-01-20
        Bill Clinton 1993-01-20 2001-01-20
        George W. Bush 2001-01-20 2009-01-20
        Barack Obama 2009-01-20 2017-01-20""",
    "GBR": """
        Margaret Thatcher 1979-05-04 1990-11-28
        John Major 1990-11-28 1997-05-02
        Tony Blair 1997-05-02 2007-06-27
        Gordon Brown 2007-06-27 2010-05-11
        David Cameron 2010-05-11 2016-07-13
        Theresa May 2016-07-13 2019-07-24
        Boris Johnson 2019-07-24 2022-09-06""",
    "FRA": """
        Charles de Gaulle 1959-01-08 1969-04-28
        Georges Pompidou 1969-06-20 1974-04-02
        Valéry Giscard d'Estaing 1974-05-27 1981-05-21
        François Mitterrand 1981-05-21 1995-05-17
        Jacques Chirac 1995-05-17 2007-05-16
        Nicolas Sarkozy 2007-05-16 2012-05-15
        François Hollande 2012-05-15 2017-05-14""",
}
LINE = re.compile(r"\s*(?P<name>.+) (?P<start>\S+) (?P<end>\S+)")


def records() -> Iterator[dict[str, Any]]:
    """The relation, the politicians and their terms, in the format of facts."""
    yield {"relation": LED_BY, "source": SOURCE}
    for code, lines in TERMS.items():
        for line in lines.strip().splitlines():
            name, start, end = LINE.fullmatch(line).groups()  # type: ignore[union-attr]  # all lines are above
            plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if c.isascii())
            ref = f"politician/{re.sub(r'[^a-z]+', '-', plain)}"
            yield {"entity": {"id": ref, "label": name, "types": ["politician"]}, "source": SOURCE}
            qualifiers = {"valid_from": start, "valid_to": end}
            triple = {"head": f"country/{code}", "relation": "led_by", "tail": ref, "qualifiers": qualifiers}
            yield {"triple": triple, "source": SOURCE}


def append(facts: Path) -> None:
    """Adds the records to a file of facts."""
    with facts.open("a", encoding="utf-8", newline="\n") as out:
        out.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records())


if __name__ == "__main__":
    append(Path(sys.argv[1]))
