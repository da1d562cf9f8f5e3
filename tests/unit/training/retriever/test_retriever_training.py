"""Training the towers: gradients in chunks, a kill, what is learnt, and the same vectors with and without torch."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kgqa.embeddings.encoder import load_encoder
from kgqa.embeddings.processes import Processes
from kgqa.embeddings.towers.artefact import open_towers
from kgqa.embeddings.towers.features import neighbourhood
from kgqa.embeddings.towers.fusion import Fusion
from kgqa.embeddings.towers.network import build_network, fusion_weights
from kgqa.embeddings.towers.tasks import HEADED, Task
from kgqa.errors import ModelError, UsageError
from kgqa.training.retriever.batches import Batches
from kgqa.training.retriever.data import RetrieverData, Source, save_data
from kgqa.training.retriever.gradients import backward
from kgqa.training.retriever.objective import Objective
from kgqa.training.retriever.options import RetrieverOptions
from kgqa.training.retriever.processes import Replica, gather_rows
from kgqa.training.retriever.rows import Row, Rows
from kgqa.training.retriever.train import train_retriever

QUICK: dict[str, Any] = {"steps": 12, "batch_size": 8, "check_every": 6, "device": "cpu", "checkpoint_seconds": None}


def gradients(data: RetrieverData, base: Path, *, chunk: int | None) -> tuple[float, dict[str, Any]]:
    import torch

    network = build_network(base, graph_width=0, layers=2, seed=1)
    with torch.no_grad():  # so that every part has a gradient
        for task in HEADED:
            network.heads[str(task)].normal_(0, 0.02, generator=torch.Generator().manual_seed(1))
        network.outer.weight.normal_(0, 0.02, generator=torch.Generator().manual_seed(2))
    batches = Batches(data, list(Task), batch_size=8, negatives=2, seed=0)
    spread = torch.zeros(len(Task), requires_grad=True)
    rows = Rows(base, data.features, max_tokens=64, device="cpu")
    loss, _ = backward(
        Replica(network, Processes(0, 1, "cpu"), fsdp=False),
        spread,
        batches.step(0),
        rows,
        Objective((32, 16), 0.05, gather_rows, True),
        rng=batches.rng(0),
        chunk=chunk,
        share=1.0,
        last=True,
        autocast=nullcontext,
    )
    found = {name: weight.grad for name, weight in network.named_parameters() if weight.grad is not None}
    return loss, {**found, "spread": spread.grad}


def test_chunks_give_the_gradients_of_the_whole_batch(data: RetrieverData, base: Path) -> None:
    loss, whole = gradients(data, base, chunk=None)
    in_chunks, parts = gradients(data, base, chunk=7)
    assert in_chunks == pytest.approx(loss, rel=1e-5)
    assert {"gate", "inner.weight", "outer.weight", "heads.related", "spread"} <= set(parts)
    for name in whole:
        np.testing.assert_allclose(parts[name].numpy(), whole[name].numpy(), atol=2e-5, err_msg=name)


def test_only_the_highest_layers_learn(data: RetrieverData, base: Path) -> None:
    _, found = gradients(data, base, chunk=None)
    assert not any(name.startswith(("text.embeddings", "text.encoder.layer.0")) for name in found)
    assert any(name.startswith("text.encoder.layer.2") for name in found)


def test_fresh_towers_are_the_encoder_itself(data: RetrieverData, base: Path) -> None:
    network = build_network(base, graph_width=0, layers=2, seed=1)
    fusion = Fusion(fusion_weights(network.state_dict()))
    vectors = load_encoder(str(base), cache=base / "cache", device="cpu").encode(data.features.texts[:5])
    hood = neighbourhood(data.features, range(5))
    np.testing.assert_allclose(fusion.entities(vectors, hood, data.features.graph[:5]), vectors, atol=1e-6)
    np.testing.assert_allclose(fusion.query(Task.SIMILAR, vectors), vectors, atol=1e-6)


def test_numpy_gives_the_vectors_of_torch(data: RetrieverData, base: Path) -> None:
    import torch

    network = build_network(base, graph_width=0, layers=None, seed=1)
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weight in (network.gate, network.inner.weight, network.outer.weight, *network.heads.values()):
            weight.normal_(0, 0.1, generator=generator)
    rows = Rows(base, data.features, max_tokens=64, device="cpu")
    asked = [Row(data.features.texts[place], place, task=Task.RELATED) for place in (3, 0, 12)]
    groups, order = rows.groups(asked, size=2)
    with torch.no_grad():
        theirs = network(groups).numpy()[order]
    fusion = Fusion(fusion_weights(network.state_dict()))
    text = load_encoder(str(base), cache=base / "cache", device="cpu").encode([row.text for row in asked])
    hood = neighbourhood(data.features, [row.entity for row in asked])
    ours = fusion.query(Task.RELATED, fusion.entities(text, hood, data.features.graph[[3, 0, 12]]))
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_training_raises_the_rank_of_what_is_right_for_held_out_entities(
    data: RetrieverData, base: Path, tmp_path: Path
) -> None:
    options = RetrieverOptions(**{**QUICK, "steps": 40, "check_every": 20, "layers": None, "learning_rate": 1e-3})
    report = train_retriever(data, base, tmp_path, options)
    before = np.mean([found.rr.mean() for found in report.before.values()])
    after = np.mean([found.rr.mean() for found in report.after.values()])
    assert after > before
    assert set(report.widths) == {16, 8}
    artefact = open_towers(tmp_path)
    assert artefact.manifest["revision"] == data.info["revision"]
    assert artefact.vectors.shape == (len(data.features), 32)
    again = load_encoder(str(artefact.text), cache=tmp_path / "cache", device="cpu")
    assert again.encode(["Bakaton"]).shape == (1, 32)


def test_an_unfinished_training_goes_on_to_the_same_weights(data: RetrieverData, base: Path, tmp_path: Path) -> None:
    import torch

    save_data(data, tmp_path / "data")
    whole = train_retriever(data, base, tmp_path / "whole", RetrieverOptions(**QUICK))
    program = (
        "import sys, os, signal, torch\nfrom pathlib import Path\n"
        f"torch.set_num_threads({torch.get_num_threads()})\n"  # the order of sums goes by it
        "from kgqa.training.retriever.data import load_data\n"
        "from kgqa.training.retriever.options import RetrieverOptions\n"
        "from kgqa.training.retriever.train import train_retriever\n"
        "def told(what, done, whole):\n"
        "    if done == 9: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"options = RetrieverOptions(**{QUICK | {'checkpoint_seconds': 1e-6}!r})\n"
        f"train_retriever(load_data(Path({str(tmp_path / 'data')!r})), Path({str(base)!r}), "
        f"Path({str(tmp_path / 'killed')!r}), options, progress=told)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (tmp_path / "killed" / "checkpoint.pt").is_file()
    steps: list[int] = []
    options = RetrieverOptions(**{**QUICK, "checkpoint_seconds": 3600.0})
    resumed = train_retriever(
        data, base, tmp_path / "killed", options, progress=lambda what, done, whole: steps.append(done)
    )
    assert steps[0] == 9  # the eight before were not done again
    first, second = (open_towers(tmp_path / name) for name in ("whole", "killed"))
    assert first.manifest["files"]["text/model.safetensors"] == second.manifest["files"]["text/model.safetensors"]
    for name, array in first.weights.items():
        np.testing.assert_array_equal(second.weights[name], array, err_msg=name)
    assert [row[2] for row in resumed.history] == [row[2] for row in whole.history]
    assert not (tmp_path / "killed" / "checkpoint.pt").exists()


def test_accumulated_batches_are_one_step(data: RetrieverData, base: Path, tmp_path: Path) -> None:
    options = RetrieverOptions(**{**QUICK, "steps": 3, "accumulate": 2, "chunk": 9, "leave_out": (Source.NAMES,)})
    assert train_retriever(data, base, tmp_path, options).steps == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"steps": 0}, "steps must be at least 1"),
        ({"tasks": ("passage", "poem")}, "'poem' is not one of"),
        ({"temperature": 0.0}, "temperature must be above 0"),
        ({"dims": (64,)}, "dims must be from 1 to 32"),
        ({"fsdp": True}, "start several with torchrun"),
        ({"tasks": ("passage",), "layers": 0}, "'passage' has no head"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    data: RetrieverData, base: Path, tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        train_retriever(data, base, tmp_path, RetrieverOptions(**{**QUICK, **options}))


def test_an_encoder_that_does_not_learn_is_left_as_it_came(data: RetrieverData, base: Path, tmp_path: Path) -> None:
    report = train_retriever(data, base, tmp_path, RetrieverOptions(**{**QUICK, "layers": 0}))
    assert Task.PASSAGE not in report.kept
    artefact = open_towers(tmp_path)
    assert "passage" not in artefact.manifest["tasks"]
    again = load_encoder(str(artefact.text), cache=tmp_path / "cache", device="cpu").encode(["the capital"])
    first = load_encoder(str(base), cache=tmp_path / "cache", device="cpu").encode(["the capital"])
    np.testing.assert_array_equal(again, first)


def test_an_artefact_whose_files_were_changed_is_refused(data: RetrieverData, base: Path, tmp_path: Path) -> None:
    report = train_retriever(data, base, tmp_path, RetrieverOptions(**{**QUICK, "steps": 1, "tasks": ("similar",)}))
    assert report.folder is not None
    file = report.folder / "manifest.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(told | {"revision": 99}), encoding="utf-8")
    with pytest.raises(ModelError, match="hash differs"):
        open_towers(tmp_path)
