"""What the retriever learns from: every task has examples, nothing held out is learnt, and it is kept whole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kgqa.embeddings.encoder import Encoder
from kgqa.embeddings.towers.features import neighbourhood
from kgqa.embeddings.towers.tasks import OF_ENTITIES, Task
from kgqa.errors import InputError, UsageError
from kgqa.training.retriever.batches import Batches
from kgqa.training.retriever.data import Part, RetrieverData, Source, load_data, part_of, save_data
from kgqa.training.retriever.likeness import alike
from kgqa.types import Passage
from tests.unit.training.retriever.towns import records, town_data


def test_a_graph_with_passages_teaches_every_task(data: RetrieverData) -> None:
    for task in Task:
        assert len(data.of(task, Part.TRAIN)) >= 8, task
        assert data.of(task, Part.TEST), task
    assert {example.source for example in data.examples} == set(Source) - {Source.MENTIONS}


def test_nothing_held_out_is_asked_with_or_right_in_training(data: RetrieverData) -> None:
    ids = data.features.ids
    for example in data.examples:
        if example.part is not Part.TRAIN or example.task in (Task.PASSAGE, Task.PLAN):
            continue
        assert all(part_of(ids[place]) is Part.TRAIN for place in example.right)
        if example.task in OF_ENTITIES:
            assert part_of(ids[example.entity]) is Part.TRAIN


def test_no_example_stands_twice(data: RetrieverData) -> None:
    keys = [(item.task, item.query, item.entity, item.text, item.part, item.source) for item in data.examples]
    assert len(keys) == len(set(keys))


def test_passages_that_nearly_repeat_others_are_left_out(encoder: Encoder, tmp_path: Path) -> None:
    first = next(record for record in records() if isinstance(record, Passage))
    copy = Passage("p99", first.text + " Indeed.", first.title, mentions=first.mentions)
    found = town_data(tmp_path, encoder, [*records(), copy])
    assert "p99" not in found.passage_ids and first.id in found.passage_ids
    assert found.info["near_duplicates"] == 1


def test_a_question_is_right_for_passages_about_what_it_names(data: RetrieverData) -> None:
    asked = [item for item in data.examples if item.task is Task.PASSAGE and item.source is Source.QUESTIONS]
    assert asked
    for example in asked:
        titles = [data.passages[place].partition("\n")[0].casefold() for place in example.right]
        assert any(title in example.query.casefold() for title in titles), example


def test_data_are_read_as_they_were_written(data: RetrieverData, tmp_path: Path) -> None:
    save_data(data, tmp_path / "data")
    again = load_data(tmp_path / "data")
    assert again.examples == data.examples
    assert (again.passages, again.plans, again.features.ids) == (data.passages, data.plans, data.features.ids)
    np.testing.assert_array_equal(again.features.statements, data.features.statements)
    assert again.info["sources"] == ["towns"]
    with pytest.raises(UsageError, match="there already"):
        save_data(data, tmp_path / "data")


def test_a_folder_without_data_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 99}), encoding="utf-8")
    with pytest.raises(InputError, match="its format is 99"):
        load_data(tmp_path)


def test_negatives_are_never_right_nor_held_out(data: RetrieverData) -> None:
    batches = Batches(data, list(Task), batch_size=8, negatives=3, seed=0)
    for number in range(6):
        for task in batches.step(number).tasks:
            negatives = task.keys[len(task.queries) :].reshape(len(task.queries), -1)
            for right, row in zip(task.right, negatives.tolist(), strict=True):
                assert right.isdisjoint(row)
            if task.task not in (Task.PASSAGE, Task.PLAN):
                assert all(part_of(data.features.ids[key]) is Part.TRAIN for key in task.keys.tolist())


def test_two_processes_draw_what_one_draws(data: RetrieverData) -> None:
    batches = Batches(data, list(Task), batch_size=8, negatives=2, seed=0)
    whole = batches.step(3)
    parts = [batches.step(3, rank=rank, world=2) for rank in range(2)]
    for n, task in enumerate(whole.tasks):
        asked = [[part.rows[row] for row in part.tasks[n].queries] for part in parts]
        assert [*asked[0], *asked[1]] == [whole.rows[row] for row in task.queries]


def test_what_a_source_teaches_can_be_left_out(data: RetrieverData) -> None:
    less = data.without(Source.NAMES)
    assert not any(item.source is Source.NAMES and item.part is Part.TRAIN for item in less.examples)
    assert less.of(Task.ENTITY, Part.TEST) == data.of(Task.ENTITY, Part.TEST)


def test_a_neighbourhood_leaves_out_what_links_with_one_entity(data: RetrieverData) -> None:
    features = data.features
    town, lord = features.ids.index("town1"), features.ids.index("lord1")
    whole, less = neighbourhood(features, [town, town], without=[-1, lord])
    places = range(int(features.offsets[town]), int(features.offsets[town + 1]))
    kept = features.statements[[features.said[place] for place in places if features.others[place] != lord]].mean(
        axis=0
    )
    np.testing.assert_allclose(less, kept / np.linalg.norm(kept), atol=1e-6)
    assert not np.allclose(whole, less)


def test_entities_with_rare_statements_in_common_are_alike(data: RetrieverData) -> None:
    features = data.features
    found = alike(features)
    for entity, others in enumerate(found):
        assert entity not in others
        assert all(not features.types[entity].isdisjoint(features.types[other]) for other in others)
    town = features.ids.index("town1")
    same_land = {features.ids.index(f"town{number}") for number in range(1, 36, 4)}
    assert set(found[town]) <= same_land
