"""Which entities are proposed as one thing, on a graph in which some were written twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa import Engine
from kgqa.errors import UsageError
from kgqa.types import Entity, Literal, Record, Relation, Triple

TWICE = {f"p{n}" for n in range(0, 120, 12)}
FIRST = ("Ada", "Boris", "Clara", "Dmitri", "Elena", "Farid", "Greta", "Hugo")
LAST = ("Abel", "Brandt", "Cruz", "Dahl", "Egger", "Faber", "Gruber", "Holm", "Iversen")


def graph() -> Iterator[Record]:
    chosen = random.Random(3)
    yield Relation("born", functional=True)
    for n in range(120):
        name = f"{FIRST[n % 8]} {LAST[n % 9]}{'son' if n % 2 else ''}"
        yield Entity(f"p{n}", label=name, types=("person",))
        facts = [("born", Literal(str(1900 + n % 23))), ("lives_in", Literal(f"city {n % 7}"))]
        facts += [("wrote", Literal(f"book {n} {k}")) for k in range(4)]
        for relation, tail in facts:
            ids = [f"p{n}"]
            if f"p{n}" in TWICE:
                ids = [ids[0]] if chosen.random() < 0.3 else [ids[0], f"p{n}-again"]
            for id in ids:
                yield Triple(id, relation, tail)
        if f"p{n}" in TWICE:
            written = (name, name.replace("e", "a"), f"{name[0]}. {name.split()[1]}")[n // 12 % 3]
            yield Entity(f"p{n}-again", label=written, types=("person",))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.create(tmp_path_factory.mktemp("twice") / "g") as opened:
        opened.ingest(list(graph()))
        yield opened


def test_what_was_written_twice_is_found_and_little_else(engine: Engine) -> None:
    pairs = engine.resolve(above=0.5)
    found = {(pair.a, pair.b) for pair in pairs}
    planted = {(id, f"{id}-again") for id in TWICE}
    assert len(found & planted) >= 5
    assert len(found - planted) <= 1
    assert [pair.probability for pair in pairs] == sorted((pair.probability for pair in pairs), reverse=True)
    assert all(0.5 <= pair.probability <= 1 and pair.why for pair in pairs)


def test_the_same_seed_gives_the_same_proposals(engine: Engine) -> None:
    assert engine.resolve(above=0.1) == engine.resolve(above=0.1)


def test_what_is_written_is_answered_from_as_one_and_parted_again(engine: Engine) -> None:
    pairs = engine.resolve(above=0.5, write="resolved")
    first = pairs[0]
    assert first.b in engine.rooms().same_ids(first.a)
    assert not engine.resolve(above=0.5, write="resolved") or len(list(engine.store.same_pairs())) >= len(pairs)
    engine.delete(source="resolved")
    engine.refresh()
    assert first.b not in engine.rooms().same_ids(first.a)


def test_a_source_that_says_more_and_a_wrong_probability_are_refused(engine: Engine) -> None:
    source = next(iter(engine.store.sources())).name
    with pytest.raises(UsageError, match="says more than what is the same"):
        engine.resolve(write=source)
    with pytest.raises(UsageError, match="a probability lies"):
        engine.resolve(above=0)


def test_a_graph_too_small_to_learn_from_proposes_nothing(tmp_path: Path) -> None:
    with Engine.create(tmp_path / "g") as small:
        small.ingest([Triple("a", "knows", "b"), Entity("a", label="Ann"), Entity("b", label="Ann")])
        assert small.resolve() == []
