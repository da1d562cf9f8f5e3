"""Trains a reader of questions on several graphs and on people's questions, for graphs that it never saw.

    python eval/benchmarks/fit_reader.py WORK_FOLDER OUT.safetensors --people FOLDER GRAPH...

GRAPH: files that ``kgqa ingest`` reads; questions are synthesised from each. FOLDER: SimpleQuestions' valid and test
parts in its own and in Wikidata's relations (``annotated_fb_data_*.txt``, ``annotated_wd_data_*.txt``), with the names
masked (``*.replace_ne.withpool``, ``relation.2M.list``); see simple_questions.py. What is made is named by the setting
``reader`` (``KGQA_READER``). WORK_FOLDER keeps the stores between runs. Prints how often the right plan comes first
among questions kept back: synthesised ones in other wordings, and people's about relations that no lesson had.
"""

from __future__ import annotations

import argparse
import random
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.benchmarks.simple_questions import Asker, facts
from kgqa.config import load_settings
from kgqa.embeddings.encoder import Encoder, load_encoder
from kgqa.graph.formats import read as read_graph
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.index.text import TextIndex
from kgqa.linking.linker import Linker
from kgqa.reasoning.search import Planner, load_ranker
from kgqa.reasoning.search.ranking.outline import OPERATORS
from kgqa.reasoning.search.ranking.reader import column_vectors, plan_scores
from kgqa.reasoning.search.ranking.reader_files import bert_of, save_general
from kgqa.reasoning.search.ranking.reading import PlanReader
from kgqa.reasoning.search.vocabulary.schema import Schema
from kgqa.training.examples import Example
from kgqa.training.fitting import accuracy, fit_share, linear_scores
from kgqa.training.planner import paraphrases, synthetic_examples
from kgqa.training.reading import Asked, Lesson, read, train_reader, tunable

QUESTIONS = 3000
PEOPLE = 24_000
REPEATED = 2
"""How often synthesised questions come for each time of people's: there are fewer of them."""
TUNED = 3
NESTED = 0.45
"""The share of people's questions that are asked about what others of them ask for."""
CAUTION = 0.75
"""How much of the fitted share is taken: a graph that no lesson was about lies further off than questions kept back."""
HELD_OUT = 8
"""One in so many relations of SimpleQuestions is kept from all lessons."""


def told(schema: Schema) -> tuple[NDArray[np.float32], ...]:
    """What is known of relations and types: all, without what they reach, and by their first names alone."""
    whole = column_vectors(schema)
    dim = schema.vectors.shape[1]
    bare, short = whole.copy(), whole.copy()
    bare[:, 2 * dim : 3 * dim] = 0
    first = schema.vectors[schema.first]
    turned = np.asarray([phrasing.turned for phrasing in schema.phrasings], dtype=bool)[:, None]
    short[:, : 2 * dim] = np.concatenate([first * ~turned, first * turned], axis=1)
    return whole, bare, short


def open_graph(folder: Path, records: Sequence[Path], encoder: Encoder) -> tuple[Planner, SQLiteStore]:
    known = (folder / "store.db").exists()
    store = SQLiteStore.open(folder) if known else SQLiteStore.create(folder)
    for path in [] if known else records:
        store.write(read_graph(path), source=path.name)
    return Planner(
        open_snapshot(folder / "snapshot", store), store.relations(), encoder, max_hops=4, classes=False
    ), store


def synthesised(planner: Planner, store: SQLiteStore, folder: Path, encoder: Encoder, seed: int) -> list[Example]:
    index = TextIndex.open(folder / "text")
    index.refresh(store)
    near = paraphrases(planner, encoder, encoder.vocabulary())
    linker = Linker(planner.snapshot, index, relation_words=planner.schema.labels)
    return synthetic_examples(planner, encoder, questions=QUESTIONS, seed=seed, near=near, link=linker.link)


def right_first(reader: PlanReader, asked: Sequence[Asked]) -> float:
    """The share of questions whose best plan by the reader alone is right."""
    hits = []
    for (reading, *_), right in asked:
        fit, operators = reader.prepare([reading.text])[reading.text]
        hits.append(int(np.argmax(plan_scores(reading.plans, fit, operators))) in right)
    return float(np.mean(hits))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("graphs", type=Path, nargs="+")
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2800)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    encoder = load_encoder(cache=load_settings().cache, threads=1)
    states, bert = tunable(encoder), bert_of(encoder)
    if bert is None:
        raise SystemExit("the packaged encoder knows a word for something hidden; this one does not")
    rng = random.Random(options.seed)

    stated = facts(options.people)
    options.work.mkdir(parents=True, exist_ok=True)
    asked_of = options.work / "asked-of.tsv"
    asked_of.write_text("".join(f"{h}\t{r}\t{t}\n" for h, r, t in stated), encoding="utf-8")
    lessons: list[Lesson] = []
    judged: list[tuple[Planner, list[Example]]] = []
    for number, graph in enumerate([asked_of, *options.graphs]):
        folder = options.work / f"{number}-{graph.stem}"
        planner, store = open_graph(folder, [graph], encoder)
        examples = synthesised(planner, store, folder, encoder, options.seed + number)
        learnt = [Asked(one.readings, one.right) for one in examples if len(one.right) and not one.kept_back]
        judged.append((planner, [one for one in examples if one.kept_back]))
        lessons.append(Lesson(told(planner.schema), learnt))
        print(f"{graph.name}: {len(learnt)} questions to learn from, {len(judged[-1][1])} kept back", flush=True)
    schema = judged[0][0].schema
    asker = Asker(options.people, schema, stated, states.mask_word, rng)
    kept = [one for one in asker.asked if all(_kept_back(relation) for relation in one.right)]
    asked = [one for one in asker.asked if not any(_kept_back(relation) for relation in one.right)]
    lessons = [*REPEATED * lessons, Lesson(told(schema), asker.examples(asked, PEOPLE, nested=NESTED))]
    print(f"people's questions: {len(asked)}, and {len(kept)} about {HELD_OUT}th relations, kept back", flush=True)

    started = time.perf_counter()

    def progress(_: str, done: int, total: int) -> None:
        if done % 100 == 0:
            print(f"step {done} of {total}, {time.perf_counter() - started:.0f} s", flush=True)

    weights = train_reader(states, lessons, steps=options.steps, seed=options.seed, tuned=TUNED, progress=progress)
    share = []
    for planner, examples in judged:
        reader = PlanReader(weights, bert, planner.schema)
        said = read(reader, examples)
        own = linear_scores(examples, load_ranker().weights)
        share.append(fit_share(examples, own, said))
        both = [mine + CAUTION * share[-1] * more for mine, more in zip(own, said)]
        found = [accuracy(examples, scores)["all"] for scores in (own, said, both)]
        print("kept back: {:.3f} by the ranker, {:.3f} by the reader, {:.3f} by both".format(*found), share[-1])
    some = asker.pooled(rng.sample(kept, min(500, len(kept))))
    print(f"people's, relations kept back: {right_first(PlanReader(weights, bert, schema), some):.3f}")
    weights["head.share"] *= CAUTION * float(np.median(share))
    # Whether the graph has a fact is not for the question to tell, and people's lessons know it as wrong alone.
    for name in ("head.operators", "head.operator_bias"):
        weights[name][OPERATORS.index("empty")] = 0
    save_general(options.out, weights, encoder)


def _kept_back(relation: str) -> bool:
    return zlib.crc32(relation.encode()) % HELD_OUT == 0


if __name__ == "__main__":
    main()
