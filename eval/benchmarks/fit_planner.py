"""Fits the packaged plan ranker on questions synthesised from graphs; no question of any data set is read.

    python eval/benchmarks/fit_planner.py WORK_FOLDER OUT.json GRAPH...

GRAPH: files that ``kgqa ingest`` reads. The packaged weights were fitted on the sample graph, MetaQA's kb.txt and
PathQuestion's two kb files. WORK_FOLDER keeps the stores between runs. Prints held-out accuracy by shape.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from kgqa.config import load_settings
from kgqa.embeddings.encoder import load_encoder
from kgqa.graph.formats import read
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.reasoning.search import Planner, Ranker, load_ranker
from kgqa.reasoning.search.ranking.features import NAMES
from kgqa.training.examples import Example
from kgqa.training.fitting import accuracy, fit_calibration, fit_weights, linear_scores
from kgqa.training.planner import paraphrases, synthetic_examples

QUESTIONS = 700
FREE = 0.0005


def main() -> None:
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    work, out, graphs = Path(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]]
    encoder = load_encoder(cache=load_settings().cache, threads=1)
    vocabulary = encoder.vocabulary()
    fitted: list[Example] = []
    held_out: list[Example] = []
    for number, graph in enumerate(graphs):
        folder = work / f"{number}-{graph.stem}"
        known = (folder / "store.db").exists()
        store = SQLiteStore.open(folder) if known else SQLiteStore.create(folder)
        if not known:
            store.write(read(graph), source=graph.name)
        snapshot = open_snapshot(folder / "snapshot", store)
        index = TextIndex.open(folder / "text")
        index.refresh(store)
        planner = Planner(snapshot, store.relations(), encoder)
        near = paraphrases(planner, encoder, vocabulary)
        linker = Linker(snapshot, index, relation_words=planner.schema.labels)
        examples = synthetic_examples(planner, encoder, questions=QUESTIONS, seed=number, near=near, link=linker.link)
        print(f"{graph.name}: {len(examples)} questions", flush=True)
        held_out += examples[::5]
        fitted += [example for place, example in enumerate(examples) if place % 5]
    before = linear_scores(held_out, load_ranker().weights)
    print("before", {shape: round(value, 3) for shape, value in accuracy(held_out, before).items()})
    weights = fit_weights(fitted, np.zeros(len(NAMES)), pull=FREE)
    scores = linear_scores(held_out, weights)
    print("after ", {shape: round(value, 3) for shape, value in accuracy(held_out, scores).items()})
    print({name: round(float(value), 2) for name, value in zip(NAMES, weights)})
    names = [graph.name for graph in graphs]
    Ranker(weights, fit_calibration(held_out, scores, weights)).save(out, fitted_on=names, questions=len(fitted))


if __name__ == "__main__":
    main()
