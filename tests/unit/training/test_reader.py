"""The reader of questions: what it is shown, what it learns, and what it is kept from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from kgqa.embeddings.encoder import Encoder
from kgqa.errors import ModelError
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.search import Planner, load_ranker
from kgqa.reasoning.search.question.analysis import analyse
from kgqa.reasoning.search.ranking.outline import MAX_NAMES, OPERATORS, Layout, layout, masked, names_of
from kgqa.reasoning.search.ranking.reader import column_vectors
from kgqa.reasoning.search.ranking.reader_files import READER, bert_of, general_reader, open_reader, save_general
from kgqa.reasoning.search.ranking.reading import PlanReader
from kgqa.reasoning.search.vocabulary.schema import build_schema
from kgqa.training import network
from kgqa.training.lexis import Plain
from kgqa.training.planner import synthetic_examples, train_planner
from kgqa.training.reading import MARGIN, Asked, Lesson, favouring_hops, margins, read, train_reader, tunable
from kgqa.types import Relation
from tests.planner_graph import LetterEncoder, Names, capital_records
from tests.tiny_bert import tiny_encoder

RELATIONS = [record for record in capital_records() if isinstance(record, Relation)]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("graph")
    store = SQLiteStore.create(folder / "store")
    store.write(capital_records(), source="test")
    return open_snapshot(folder / "snapshot", store)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return tiny_encoder(tmp_path_factory.mktemp("encoder") / "model")


@pytest.fixture(scope="module")
def trained(graph: Snapshot, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planner") / "a"
    train_planner(graph, RELATIONS, encoder, folder, questions=120, steps=20, seed=5)
    return folder


def test_names_are_masked_and_the_rest_is_kept(graph: Snapshot) -> None:
    planner = Planner(graph, RELATIONS, LetterEncoder())
    question = "Which city is the capital of France?"
    scene = planner.scene(analyse(question, Names(graph)(question)))
    candidates, _ = planner.candidates(scene)
    chain = next(item for item in candidates if item.parts and len(item.anchors) == 1)
    assert masked(scene.analysis, names_of(chain), "[MASK]") == "which city is the capital of [MASK]"
    assert masked(scene.analysis, (), "[MASK]") == "which city is the capital of france"


def test_plans_that_differ_in_order_or_length_have_different_layouts(graph: Snapshot) -> None:
    planner = Planner(graph, RELATIONS, LetterEncoder())
    question = "Which city is the capital of France?"
    scene = planner.scene(analyse(question, Names(graph)(question)))
    chains = [item for item in planner.candidates(scene)[0] if not item.operators and not item.empty]
    seen = {(tuple(map(tuple, layout([item], planner.schema).elements.tolist()))) for item in chains}
    assert len(seen) == len({item.parts for item in chains})


def test_the_reader_learns_to_tell_the_right_plan(graph: Snapshot, encoder: Encoder) -> None:
    planner = Planner(graph, RELATIONS, encoder)
    examples = synthetic_examples(planner, encoder, questions=60, seed=1, near=Plain())
    examples = [example for example in examples if len(example.right)]
    bert = bert_of(encoder)
    assert bert is not None
    learn = [Asked(example.readings, example.right) for example in examples]

    def right(steps: int) -> float:
        weights = train_reader(
            tunable(encoder), [Lesson((column_vectors(planner.schema),), learn)], steps=steps, seed=0
        )
        scores = read(PlanReader(weights, bert, planner.schema), examples)
        return float(np.mean([int(np.argmax(s)) in e.right for s, e in zip(scores, examples)]))

    assert right(200) > max(0.5, right(1) + 0.15)


def test_the_same_seed_trains_the_same_reader(graph: Snapshot, tmp_path: Path) -> None:
    readers = []
    for name in ("one", "other"):
        encoder = tiny_encoder(tmp_path / name / "model")  # a new one, which remembers no vectors
        train_planner(graph, RELATIONS, encoder, tmp_path / name / "planner", questions=120, steps=5, seed=5)
        readers.append(open_reader(tmp_path / name / "planner", encoder, build_schema(graph, RELATIONS, encoder)))
    one, other = readers
    assert one is not None and other is not None
    assert one.weights.keys() == other.weights.keys()
    assert all(bool((one.weights[name] == other.weights[name]).all()) for name in one.weights)


def test_a_planner_uses_the_reader_and_answers_one_question_always_alike(
    graph: Snapshot, encoder: Encoder, trained: Path
) -> None:
    schema = build_schema(graph, RELATIONS, encoder)
    reader, bert = open_reader(trained, encoder, schema), bert_of(encoder)
    assert reader is not None and bert is not None
    reader = PlanReader(reader.weights | {"head.share": np.ones(1, dtype=np.float32)}, bert, schema)
    question = "what is the capital of France"
    mentions = Names(graph)(question)
    plain = Planner(graph, RELATIONS, encoder, ranker=load_ranker(trained), schema=schema).search(question, mentions)
    planner = Planner(graph, RELATIONS, encoder, ranker=load_ranker(trained), schema=schema, reader=reader)
    first, again = planner.search(question, mentions), planner.search(question, mentions)
    assert [plan.score for plan in first.plans] == [plan.score for plan in again.plans]
    assert {plan.score for plan in first.plans} != {plan.score for plan in plain.plans}


def test_a_reader_for_another_encoder_is_refused(
    graph: Snapshot, encoder: Encoder, trained: Path, tmp_path: Path
) -> None:
    schema = build_schema(graph, RELATIONS, encoder)
    other = tiny_encoder(tmp_path / "other", seed=1)
    with pytest.raises(ModelError, match="another text encoder"):
        open_reader(trained, other, schema)
    with pytest.raises(ModelError, match="another text encoder"):
        open_reader(trained, LetterEncoder(), schema)


def test_a_damaged_reader_is_refused(graph: Snapshot, encoder: Encoder, tmp_path: Path) -> None:
    train_planner(graph, RELATIONS, encoder, tmp_path / "c", questions=120, steps=2, seed=5)
    file = next((tmp_path / "c").glob(f"*/{READER}"))
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(ModelError, match="kgqa train planner"):
        open_reader(tmp_path / "c", encoder, build_schema(graph, RELATIONS, encoder))


def test_a_relation_that_is_new_to_the_reader_starts_without_weights_of_its_own(
    graph: Snapshot, encoder: Encoder, trained: Path
) -> None:
    schema = build_schema(graph, RELATIONS, encoder)
    steps = (replace(schema.steps[0], relation="new"), *schema.steps[1:])
    reader = open_reader(trained, encoder, replace(schema, steps=steps))
    known = open_reader(trained, encoder, schema)
    assert reader is not None and known is not None
    assert not reader.weights["head.own"][0].any() and known.weights["head.own"][0].any()
    assert bool((reader.weights["head.own"][1:] == known.weights["head.own"][1:]).all())


def test_an_encoder_whose_layers_cannot_be_tuned_trains_no_reader(graph: Snapshot, tmp_path: Path) -> None:
    train_planner(graph, RELATIONS, LetterEncoder(), tmp_path / "d", questions=120, seed=5)
    assert open_reader(tmp_path / "d", LetterEncoder(), build_schema(graph, RELATIONS, LetterEncoder())) is None


def test_operators_that_were_never_right_are_left_to_the_other_ranker(
    graph: Snapshot, encoder: Encoder, trained: Path
) -> None:
    schema = build_schema(graph, RELATIONS, encoder)
    reader = open_reader(trained, encoder, schema)
    assert reader is not None
    planner = Planner(graph, RELATIONS, encoder, schema=schema)
    text = "What is the capital of France?"
    proposal = planner.propose(text, Names(graph)(text))
    strange = [replace(item, operators=("union",)) for item in proposal.candidates[:1]]
    blank = np.zeros(len(proposal.candidates) + 1)
    scores = reader.scores(proposal.scene.analysis, [*proposal.candidates, *strange], blank)
    assert scores[-1] == scores[:-1].max()


def test_a_reader_counts_as_much_as_its_share_says(graph: Snapshot, encoder: Encoder) -> None:
    planner = Planner(graph, RELATIONS, encoder)
    examples = synthetic_examples(planner, encoder, questions=30, seed=1, near=Plain())
    bert = bert_of(encoder)
    assert bert is not None
    learn = [Asked(example.readings, example.right) for example in examples if len(example.right)]
    weights = train_reader(tunable(encoder), [Lesson((column_vectors(planner.schema),), learn)], steps=3, seed=0)
    whole = read(PlanReader(weights, bert, planner.schema), examples)
    halved = weights | {"head.share": weights["head.share"] / 2}
    half = read(PlanReader(halved, bert, planner.schema), examples)
    assert all(np.allclose(one, 2 * other) for one, other in zip(whole, half))


def test_a_reader_scores_plans_as_it_did_in_training(graph: Snapshot, encoder: Encoder) -> None:
    planner, states, bert = Planner(graph, RELATIONS, encoder), tunable(encoder), bert_of(encoder)
    assert bert is not None
    columns = column_vectors(planner.schema)
    weights = network.fresh(states.dim, len(columns), 3) | states.upper(2)
    for name in ("head.near", "head.slot_out", "head.own", "head.operator_bias"):
        weights[name] = torch.randn(weights[name].shape, generator=torch.Generator().manual_seed(1))
    arrays = {name: tensor.numpy() for name, tensor in weights.items()}
    shares = {"head.share": np.ones(1, dtype=np.float32), "head.seen": np.ones(len(OPERATORS), dtype=np.float32)}
    reader = PlanReader(arrays | shares, bert, planner.schema)
    texts = ["what is the capital of [MASK]", "is [MASK] north of [MASK] or of the city by the sea", "all of them"]
    ids, mask = network.padded(states.tokenize(texts))
    hidden = states.higher(states.lower(ids, mask, skip=2), mask, weights, count=2)
    near = network.distances(ids, states.mask_id, MAX_NAMES)
    known = network.meanings(torch.from_numpy(columns), weights)
    fit, operators = network.fits(hidden, mask, near, known, weights)
    found = reader.prepare(texts)
    for row, text in enumerate(texts):
        assert np.allclose(found[text][0], fit[row].numpy(), atol=2e-4)
        assert np.allclose(found[text][1], operators[row].numpy(), atol=2e-4)


def test_a_reader_of_several_graphs_reads_a_schema_that_it_never_saw(
    graph: Snapshot, encoder: Encoder, tmp_path: Path
) -> None:
    planner = Planner(graph, RELATIONS, encoder)
    examples = synthetic_examples(planner, encoder, questions=30, seed=1, near=Plain())
    lesson = Lesson(
        (column_vectors(planner.schema),), [Asked(one.readings, one.right) for one in examples if len(one.right)]
    )
    weights = train_reader(tunable(encoder), [lesson, lesson], steps=3, seed=0)
    assert not weights["head.own"].any()
    save_general(tmp_path / "reader.safetensors", weights, encoder)
    other = build_schema(graph, RELATIONS[:2], encoder)
    reader = general_reader(tmp_path / "reader.safetensors", encoder, other)
    assert reader is not None and not reader.trained
    planner = Planner(graph, RELATIONS[:2], encoder, schema=other, reader=reader)
    text = "What is the capital of France?"
    proposal = planner.propose(text, Names(graph)(text))
    scores = reader.scores(proposal.scene.analysis, proposal.candidates, np.zeros(len(proposal.candidates)))
    assert len(set(scores.tolist())) > 1


def test_without_a_file_there_is_no_reader_and_a_wrong_file_is_refused(
    graph: Snapshot, encoder: Encoder, tmp_path: Path
) -> None:
    schema = build_schema(graph, RELATIONS, encoder)
    assert general_reader(None, encoder, schema) is None
    with pytest.raises(ModelError, match="setting reader"):
        general_reader(tmp_path / "none.safetensors", encoder, schema)
    with pytest.raises(ModelError, match="setting reader"):
        general_reader(tmp_path / "none.safetensors", LetterEncoder(), schema)


def test_in_training_a_plan_with_fewer_hops_is_given_a_margin_for_each() -> None:
    walks = [(0,), (0, 1), (0, 1, 2)]
    elements = [(number, 1, depth, column) for number, walk in enumerate(walks) for depth, column in enumerate(walk)]
    layouts = [Layout(3, np.asarray(elements), np.empty((0, 2), dtype=np.int64))] * 3
    question = np.repeat([0, 1, 2], 3)
    right = np.asarray([False, False, True, True, False, False, False, False, False])
    assert margins(layouts, question, right).tolist() == [2 * MARGIN, MARGIN, 0, 0, 0, 0, 0, 0, 0]


def test_each_hop_may_be_favoured() -> None:
    bias = np.zeros(len(OPERATORS), dtype=np.float32)
    told = favouring_hops({"head.operator_bias": bias}, 0.5)["head.operator_bias"]
    assert [told[OPERATORS.index(f"length {hops}")] for hops in range(4)] == [0, 0.5, 1.0, 1.5]
    assert not bias.any()
    assert told.sum() == 5.0  # nothing else
