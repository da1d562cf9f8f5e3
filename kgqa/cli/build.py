"""The commands that build on the graph: index, train."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kgqa.cli.opening import open_engine
from kgqa.cli.options import Config, Debug, Json, Quiet, Store, Work
from kgqa.cli.output import session

train = typer.Typer(no_args_is_help=True, help="Train a model on a graph.")


def index(
    vectors: Annotated[
        Path | None,
        typer.Option(metavar="PARQUET", help="Passages encoded elsewhere: what `kgqa encode` wrote, or its like."),
    ] = None,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Bring snapshot, text and vectors up to date; only what changed is done again."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        with open_engine(store, work, config) as engine, output.progress() as progress:
            data = engine.index(vectors=vectors, progress=progress).to_dict()
        output.result(data, lambda console: render.pairs(console, data))


def encode(
    corpus: Annotated[Path, typer.Argument(metavar="PARQUET", help="Passages: id, text, perhaps title.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new Parquet file; with --ray a folder.")],
    ray: Annotated[bool, typer.Option("--ray", help="Over many machines or processes, with Ray Data.")] = False,
    processes: Annotated[int, typer.Option(min=1, help="Of Ray that encode.")] = 1,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Encode passages apart from the store's index, for `kgqa index --vectors`."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        with open_engine(store, work, config) as engine, output.progress() as progress:
            done = engine.encode(corpus, out, ray=ray, processes=processes, progress=progress)
        data = {"out": str(out), "passages": done}
        output.result(data, lambda console: render.pairs(console, data))


def extract(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A JSONL file of triples, for `kgqa ingest`.")],
    source: Annotated[str, typer.Option(metavar="NAME", help="The source that the triples are of.")] = "extracted",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with OUT where a run ended.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write OUT anew.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Ask about so many passages at most.")] = None,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Have the chat model (setting chat_model) read triples off the passages, to look at and ingest."""
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        with open_engine(store, work, config) as engine, output.progress() as progress:
            report = engine.extract(
                out, source=source, resume=resume, overwrite=overwrite, limit=limit, progress=progress
            )
        data = report.to_dict()
        refused = ", ".join(f"{count} {reason}" for reason, count in report.refused.items())
        output.result(data, lambda console: render.pairs(console, {**data, "refused": refused or "none"}))


@train.command()
def embeddings(
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Any PyKEEN model. Default: ComplEx.")] = None,
    dim: Annotated[int | None, typer.Option(min=1, help="Dimensions.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs at most; training stops early.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.0, help="Of training, those before a kill counted.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Statements a batch.")] = None,
    learning_rate: Annotated[float | None, typer.Option(min=0.0, help="Of the optimiser.")] = None,
    loop: Annotated[
        str | None, typer.Option(metavar="NAME", help="softmax, or of PyKEEN: lcwa, symmetriclcwa, slcwa.")
    ] = None,
    loss: Annotated[str | None, typer.Option(metavar="NAME", help="Any PyKEEN loss.")] = None,
    sampler: Annotated[str | None, typer.Option(metavar="NAME", help="Any PyKEEN negative sampler.")] = None,
    regularizer: Annotated[str | None, typer.Option(metavar="NAME", help="Any PyKEEN regulariser.")] = None,
    n3: Annotated[float | None, typer.Option(min=0.0, help="Weight of the nuclear 3-norm.")] = None,
    relation_weight: Annotated[
        float | None, typer.Option(min=0.0, help="Weight of the auxiliary loss of predicting the relation.")
    ] = None,
    candidates: Annotated[
        int | None, typer.Option(min=0, help="Entities that each step compares with, drawn at random; 0: all.")
    ] = None,
    members: Annotated[
        int | None,
        typer.Option(min=1, help="Models learnt beside each other and kept as one, of --dim each."),
    ] = None,
    precision: Annotated[str | None, typer.Option(metavar="NAME", help="float32 or bfloat16.")] = None,
    accumulate: Annotated[int | None, typer.Option(min=1, help="Parts that each batch is split into.")] = None,
    hpo: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="First search settings in N trainings (Optuna).")
    ] = None,
    warm: Annotated[bool, typer.Option("--warm", help="Start from the embeddings that are there.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Names and descriptions take part, where that helps.")] = False,
    devices: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes that share each batch, a GPU for each (torchrun).")
    ] = None,
    valid_source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Source whose statements stop and calibrate; not learnt.")
    ] = None,
    test_source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Source whose statements judge; not learnt.")
    ] = None,
    tracker: Annotated[
        str | None, typer.Option(metavar="NAME", help="A PyKEEN result tracker: csv, json, mlflow and others.")
    ] = None,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Train knowledge-graph embeddings, for link prediction.

    What is not given comes from a preset for the size of the graph. After a kill the same command goes on from the
    last checkpoint, to the same result.
    """
    given = {
        "model": model,
        "dim": dim,
        "epochs": epochs,
        "minutes": minutes,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "loop": loop,
        "loss": loss,
        "sampler": sampler,
        "regularizer": regularizer,
        "n3": n3,
        "relation_weight": relation_weight,
        "candidates": candidates,
        "members": members,
        "precision": precision,
        "accumulate": accumulate,
        "hpo": hpo,
        "warm": warm or None,
        "text": text or None,
        "devices": devices,
        "valid_source": valid_source,
        "test_source": test_source,
        "tracker": tracker,
    }
    options = {name: value for name, value in given.items() if value is not None}
    _train("embeddings", options, store, work, config, as_json, quiet, debug)


@train.command()
def planner(
    questions: Annotated[int | None, typer.Option(min=1, help="Questions to synthesise.")] = None,
    steps: Annotated[int | None, typer.Option(min=0, help="Steps of training the reader of questions.")] = None,
    labelled: Annotated[
        Path | None, typer.Option(help="Questions with their answers (JSONL: question, answers) to learn from too.")
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(help="Questions that people asked, without answers (JSONL: question), to learn from too."),
    ] = None,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Train the ranking of plans, on questions synthesised from the graph."""
    given = {"questions": questions, "steps": steps, "labelled": labelled, "log": log}
    options = {name: value for name, value in given.items() if value is not None}
    _train("planner", options, store, work, config, as_json, quiet, debug)


@train.command()
def retriever(
    task: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="passage, entity, plan, similar, related; repeatable. Default: all."),
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Examples not to learn from: questions, names, cloze, values, links, mentions."
        ),
    ] = None,
    questions: Annotated[int | None, typer.Option(min=1, help="Questions to synthesise.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Steps at most; training stops early.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Examples of each task a step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(min=0.0, help="Of the encoder's layers.")] = None,
    layers: Annotated[
        int | None, typer.Option(min=0, help="Highest layers of the encoder that learn. Default: 2 on CUDA, else 0.")
    ] = None,
    negatives: Annotated[int | None, typer.Option(min=0, help="Hard negatives mined for each example.")] = None,
    teacher: Annotated[
        str | None, typer.Option(metavar="late|FOLDER", help="Late interaction or a cross-encoder to learn from too.")
    ] = None,
    dim: Annotated[
        list[int] | None, typer.Option(min=1, help="Prefix of the vectors that shall serve alone; repeatable.")
    ] = None,
    chunk: Annotated[
        int | None, typer.Option(min=1, help="Texts encoded at once, for batches larger than memory (GradCache).")
    ] = None,
    accumulate: Annotated[int | None, typer.Option(min=1, help="Batches a step.")] = None,
    precision: Annotated[str | None, typer.Option(metavar="NAME", help="float32 or bfloat16.")] = None,
    tracker: Annotated[
        str | None, typer.Option(metavar="NAME", help="A PyKEEN result tracker: csv, json, mlflow and others.")
    ] = None,
    prepare: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Only write what would be learnt from, for `torchrun -m kgqa.training retriever`."
        ),
    ] = None,
    store: Store = None,
    work: Work = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Train the two towers: passages and entities by questions, entities alike and entities that go together.

    After a kill the same command goes on from the last checkpoint, to the same result. `kgqa index` makes the vectors
    of passages anew with what was trained.
    """
    given = {
        "tasks": task,
        "leave_out": leave_out,
        "questions": questions,
        "steps": steps,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "layers": layers,
        "negatives": negatives,
        "teacher": teacher,
        "dims": dim,
        "chunk": chunk,
        "accumulate": accumulate,
        "precision": precision,
        "tracker": tracker,
        "prepare": prepare,
    }
    options = {name: value for name, value in given.items() if value is not None and value != []}
    _train("retriever", options, store, work, config, as_json, quiet, debug)


def _train(
    what: str,
    options: dict[str, Any],
    store: str | None,
    work: Path | None,
    config: Path | None,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> None:
    with session(as_json=as_json, quiet=quiet, debug=debug) as output:
        from kgqa.cli import render

        with open_engine(store, work, config) as engine, output.progress() as progress:
            data = engine.train(what, progress=progress, **options).to_dict()
        metrics = {name: value for name, value in data["metrics"].items() if name != "history"}
        output.result(data, lambda console: render.pairs(console, {**data, "metrics": metrics}))
