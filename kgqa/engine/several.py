"""Embeddings trained by several processes of this machine: torchrun starts them, and they share each batch.

``python -m kgqa.engine.several FOLDER URI MODELS SETTINGS OPTIONS`` is what each of them runs: the store as in
``Location``, where the embeddings are published, settings and options as JSON. The first writes a line of JSON for its
progress, then one for what came of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kgqa.config import Settings, prepare_environment
from kgqa.engine.location import Location, open_store
from kgqa.errors import KgqaError, ModelError, UsageError
from kgqa.types import Progress

if TYPE_CHECKING:
    from kgqa.embeddings.options import TrainingOptions
    from kgqa.embeddings.training import TrainingReport

_LAST_LINES = 2_000


def train_by_several(
    store: Location,
    folder: Path,
    options: TrainingOptions,
    settings: Settings,
    *,
    devices: int,
    progress: Progress | None = None,
) -> TrainingReport:
    """``train_embeddings`` by so many processes: on CUDA each has a GPU of its own, otherwise they share the processor.

    Raises UsageError for fewer processes than one or more than there are GPUs, what ``train_embeddings`` raises with
    its message, and ModelError when a process was ended.
    """
    from kgqa.embeddings.training import TrainingReport

    _check(devices, options.device)
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1"),
        *("--nproc-per-node", str(devices), "-m", "kgqa.engine.several"),
        *(str(store.folder), store.uri or "", str(folder)),
        *(settings.model_dump_json(), json.dumps(asdict(options))),
    ]
    roots = os.pathsep.join([str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")])
    environment = {"OMP_NUM_THREADS": "1", "TORCH_CPP_LOG_LEVEL": "ERROR", **os.environ, "PYTHONPATH": roots}
    if sys.platform == "linux":
        environment.setdefault("GLOO_SOCKET_IFNAME", "lo")  # nobody else is to reach them
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            told = _follow(process, progress)
        finally:
            process.terminate()  # torchrun ends what it started
    if "error" in told:
        kinds: dict[str, type[KgqaError]] = {kind.__name__: kind for kind in (UsageError, ModelError)}
        raise kinds.get(told["kind"], ModelError)(told["error"])
    return TrainingReport(**told | {"folder": Path(told["folder"]), "history": tuple(map(tuple, told["history"]))})


def _check(devices: int, device: str) -> None:
    import torch

    from kgqa.embeddings.models import resolve_device

    if devices < 1:
        raise UsageError(f"devices must be at least 1, not {devices}")
    if resolve_device(device) != "cpu" and devices > torch.cuda.device_count():
        raise UsageError(f"there are {torch.cuda.device_count()} GPUs, not {devices}; give as many, or device='cpu'")


def _follow(process: subprocess.Popen[str], progress: Progress | None) -> dict[str, Any]:
    """What the first process said at the end. Raises ModelError when it said nothing."""
    last: list[str] = []
    reader = threading.Thread(target=_keep, args=(process.stderr, last), daemon=True)
    reader.start()
    result = None
    for line in process.stdout or ():
        if not line.startswith("{"):
            continue  # something that a library says
        said = json.loads(line)
        if "progress" not in said:
            result = said
        elif progress is not None:
            progress(*said["progress"])
    process.wait()
    reader.join()
    if result is None:
        raise ModelError(f"a process of the training failed: {''.join(last)[-_LAST_LINES:].strip()}")
    return dict(result)


def _keep(stream: IO[str] | None, lines: list[str]) -> None:
    """Reads what is said of errors, so that nobody waits for a full pipe."""
    lines.extend(stream or ())


def main(arguments: list[str]) -> None:
    """One of the processes. The errors of ours are told as a line; any other ends it, and so all of them."""
    folder, uri, models, given, options = arguments
    settings = Settings.model_validate_json(given)
    prepare_environment(settings)
    from kgqa.embeddings.options import TrainingOptions
    from kgqa.embeddings.training import train_embeddings
    from kgqa.engine.rooms import open_encoder

    chosen = TrainingOptions(**json.loads(options))
    first = os.environ.get("RANK", "0") == "0"

    def tell(said: Mapping[str, Any]) -> None:
        if first:
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()

    with open_store(Location(Path(folder), uri or None)) as store:
        try:
            report = train_embeddings(
                store,
                Path(models),
                chosen,
                encoder=open_encoder(settings) if chosen.text else None,
                progress=lambda what, done, whole: tell({"progress": [what, done, whole]}),
            )
        except KgqaError as error:
            tell({"error": str(error), "kind": type(error).__name__})
            raise SystemExit(error.exit_code) from error
    tell({name: getattr(report, name) for name in report.__slots__} | {"folder": str(report.folder)})


if __name__ == "__main__":
    main(sys.argv[1:])
