"""How facts are stored in a database."""

from __future__ import annotations

import json

import pytest

from kgqa.graph.neo4j.packing import pack, unpack
from kgqa.graph.said import Said


@pytest.mark.parametrize("text", ["plain", 'a "quoted"\\ text', "line\nend\x00\x1f", "Éntité 東京", ""])
def test_a_fact_is_stored_as_compact_json(text: str) -> None:
    fact = Said(1, "de", text, text, True)
    assert unpack(pack(fact)) == fact
    assert pack(fact) == json.dumps([1, "de", text, text, True], ensure_ascii=False, separators=(",", ":"))
