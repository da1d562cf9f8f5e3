"""The sample graph as a whole."""

import json
from collections import Counter
from pathlib import Path

import pytest

from examples.elements import recipe


def triples(sample: recipe.Sample) -> list[dict[str, str]]:
    return [record["triple"] for record in sample.facts if "triple" in record]


def test_the_same_packages_give_the_same_bytes(sample_folder: Path, tmp_path: Path) -> None:
    recipe.write(tmp_path)
    for name in ("facts.jsonl", "withheld.jsonl"):
        assert (tmp_path / name).read_bytes() == (sample_folder / name).read_bytes()


def test_every_thing_named_in_a_triple_is_described(sample: recipe.Sample) -> None:
    described = {record["entity"]["id"] for record in sample.facts if "entity" in record}
    told = {record["relation"]["id"] for record in sample.facts if "relation" in record}
    named = {end for triple in triples(sample) for end in (triple["head"], triple["tail"])}
    assert named <= described
    assert {triple["relation"] for triple in triples(sample)} <= told


def test_every_attribute_is_a_described_relation(sample: recipe.Sample) -> None:
    told = {record["relation"]["id"] for record in sample.facts if "relation" in record}
    used = {name for r in sample.facts if "entity" in r for name in r["entity"].get("attributes", {})}
    assert used <= told


def test_the_graph_has_the_size_of_its_packages(sample: recipe.Sample) -> None:
    kinds = Counter(kind for record in sample.facts if "entity" in record for kind in record["entity"].get("types", ()))
    assert kinds["element"] == 118
    assert 240 <= kinds["country"] <= 256
    assert kinds["person"] > 80
    assert 1000 <= sum("entity" in record for record in sample.facts) <= 2000


def test_functional_relations_have_one_value(sample: recipe.Sample) -> None:
    functional = {r["relation"]["id"] for r in sample.facts if "relation" in r and r["relation"].get("functional")}
    seen = Counter((t["head"], t["relation"]) for t in triples(sample) if t["relation"] in functional)
    assert seen
    assert max(seen.values()) == 1
    for record in sample.facts:
        for name, value in record.get("entity", {}).get("attributes", {}).items():
            assert not (name in functional and isinstance(value, list)), (record, name)


def test_mentions_lie_on_the_names_they_stand_for(sample: recipe.Sample) -> None:
    names = {
        r["entity"]["id"]: {
            name.casefold()
            for name in [r["entity"]["label"], *(n for group in r["entity"].get("aliases", {}).values() for n in group)]
        }
        for r in sample.facts
        if "entity" in r
    }
    passages = [record["passage"] for record in sample.facts if "passage" in record]
    exact = 0
    for passage in passages:
        assert passage["mentions"], passage["id"]
        for mention in passage["mentions"]:
            written = passage["text"][mention["start"] : mention["end"]]
            exact += written.casefold() in names[mention["entity"]]
    assert exact > 0.98 * sum(len(passage["mentions"]) for passage in passages)  # the rest lack an accent


def test_withheld_facts_are_regular_and_nowhere_in_the_graph(sample: recipe.Sample) -> None:
    withheld = [record["triple"] for record in sample.withheld]
    assert len(withheld) == 10
    assert len({fact["relation"] for fact in withheld}) == 4
    told = triples(sample)
    for fact in withheld:
        assert not [t for t in told if t["head"] == fact["head"] and t["relation"] == fact["relation"]]
        assert [t for t in told if t["tail"] == fact["tail"] and t["relation"] == fact["relation"]]


def test_a_sublimation_point_is_no_boiling_point(sample: recipe.Sample) -> None:
    attributes = {r["entity"]["id"]: r["entity"].get("attributes", {}) for r in sample.facts if "entity" in r}
    assert "boiling_point" not in attributes["element/carbon"]
    assert attributes["element/tin"]["melting_point"]["value"] == pytest.approx(505.078)


def test_the_command_refuses_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert recipe.main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_the_command_writes_both_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert recipe.main([str(tmp_path)]) == 0
    assert "left out" in capsys.readouterr().err
    assert all(json.loads(line) for line in (tmp_path / "facts.jsonl").read_text(encoding="utf-8").splitlines())
