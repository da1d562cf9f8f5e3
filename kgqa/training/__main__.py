"""``torchrun --nproc-per-node N -m kgqa.training retriever DATA --out FOLDER``: training in several processes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import fields
from pathlib import Path

from kgqa.config import load_settings, prepare_environment
from kgqa.errors import KgqaError

_NUMBERS = {"steps": int, "batch_size": int, "negatives": int, "chunk": int, "accumulate": int, "check_every": int,
            "patience": int, "learning_rate": float, "head_rate": float, "temperature": float,
            "taught": float}  # fmt: skip


def main() -> int:
    """Trains as the arguments say. Gives the exit code: 0 done, 1 failed, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m kgqa.training", description=__doc__)
    kinds = parser.add_subparsers(dest="what", required=True)
    retriever = kinds.add_parser("retriever", help="the two towers")
    retriever.add_argument("data", type=Path, help="a folder that `kgqa train retriever --prepare` wrote")
    retriever.add_argument("--out", type=Path, required=True, help="where it is published: STORE/models/retriever")
    retriever.add_argument("--encoder", help="'packaged' or a folder; default: the one that the data were made with")
    layers = retriever.add_mutually_exclusive_group()
    layers.add_argument("--layers", type=int, help="highest layers that learn; default: 2 on CUDA, 0 on the CPU")
    layers.add_argument("--whole", action="store_true", help="the whole encoder learns")
    retriever.add_argument("--precision", help="float32 or bfloat16")
    retriever.add_argument("--tracker", help="a PyKEEN result tracker")
    retriever.add_argument("--teacher", help="'late' or the folder of a cross-encoder, to learn from too")
    retriever.add_argument("--fsdp", action="store_true", help="shard weights over the processes (FSDP2)")
    retriever.add_argument("--device", help="auto, cpu, cuda")
    retriever.add_argument("--seed", type=int)
    for name, kind in _NUMBERS.items():
        retriever.add_argument(f"--{name.replace('_', '-')}", type=kind)
    given = parser.parse_args()
    try:
        report = _train(given)
    except KgqaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    if report is not None:
        sys.stdout.write(json.dumps(report, indent=1) + "\n")
    return 0


def _train(given: argparse.Namespace) -> dict[str, object] | None:
    from kgqa.embeddings.encoder_files import local_folder
    from kgqa.training.retriever.data import load_data
    from kgqa.training.retriever.options import RetrieverOptions, usual_layers
    from kgqa.training.retriever.train import train_retriever

    settings = load_settings(seed=given.seed, device=given.device)
    prepare_environment(settings)
    data = load_data(given.data)
    names = {item.name for item in fields(RetrieverOptions)} - {"seed", "device", "layers"}
    chosen = {name: value for name, value in vars(given).items() if name in names and value is not None}
    wanted = usual_layers(settings.device) if given.layers is None else given.layers
    chosen["layers"] = None if given.whole else wanted
    options = RetrieverOptions(seed=settings.seed, device=settings.device, **chosen)
    base = local_folder(given.encoder or data.info["encoder"]["name"])
    report = train_retriever(data, base, given.out, options, progress=_told)
    return None if report.folder is None else {"folder": str(report.folder), **report.metrics()}


def _told(what: str, done: int, whole: int | None) -> None:
    """Progress on standard error, of the first process only; a line every tenth part."""
    if os.environ.get("RANK", "0") == "0" and whole and done % max(1, whole // 10) == 0:
        sys.stderr.write(f"{what} {done} of {whole}\n")


if __name__ == "__main__":
    sys.exit(main())
