"""Two gloo processes, as copies (DDP) and as shards (FSDP2), against one process with the joint batch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kgqa.embeddings.processes import Processes
from kgqa.embeddings.towers.artefact import open_towers
from kgqa.training.retriever.data import RetrieverData, save_data
from tests.unit.training.retriever.two_processes import WAYS, step

ROOT = Path(__file__).resolve().parents[4]
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def started(*words: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    settings = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "KGQA_THREADS": "1"}
    done = subprocess.run(words, cwd=ROOT, env=settings, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return done


@pytest.fixture(scope="module")
def kept(data: RetrieverData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "data"
    save_data(data, folder)
    return folder


def test_two_processes_give_the_loss_and_gradients_of_one(
    kept: Path, data: RetrieverData, base: Path, tmp_path: Path
) -> None:
    import torch

    out = tmp_path / "two.pt"
    started(*TORCHRUN, str(Path(__file__).with_name("two_processes.py")), str(kept), str(base), str(out))
    both: dict[str, Any] = torch.load(out, weights_only=True)
    alone = step(data, base, Processes(0, 1, "cpu"))
    assert set(both) == set(WAYS)
    for way, found in both.items():
        assert float(found["loss"]) == pytest.approx(float(alone["loss"]), rel=1e-5), way
        assert set(alone) <= set(found)
        for name, gradient in alone.items():
            assert gradient.abs().sum() > 0, name
            np.testing.assert_allclose(found[name].numpy(), gradient.numpy(), atol=3e-5, err_msg=f"{way}: {name}")


@pytest.mark.parametrize("way", [(), ("--fsdp",)])
def test_torchrun_trains_and_the_first_process_publishes(
    kept: Path, base: Path, tmp_path: Path, way: tuple[str, ...]
) -> None:
    words = ("-m", "kgqa.training", "retriever", str(kept), "--out", str(tmp_path), "--encoder", str(base))
    sizes = (
        "--steps",
        "4",
        "--batch-size",
        "8",
        "--check-every",
        "2",
        "--device",
        "cpu",
        "--chunk",
        "16",
        "--layers",
        "2",
    )
    told = json.loads(started(*TORCHRUN, *words, *sizes, *way).stdout)
    assert told["steps"] == 4
    artefact = open_towers(tmp_path)
    assert artefact.manifest["processes"] == 2
    assert Path(told["folder"]) == artefact.folder
