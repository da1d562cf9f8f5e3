"""Writes the table of README.md from the recorded results, so that no figure in it is typed.

    python eval/benchmarks/table.py [--check]

``--check`` changes nothing and fails when the table is not what the results say.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results"
README = HERE / "README.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A program, what it prints, its peers, the target, and how its recorded figures are told."""

    program: str
    prints: str
    peers: str
    target: str
    tell: Callable[[Figures], str] | None = None
    record: str | None = None


def of_ingest(f: Figures) -> str:
    ours, bare = f["ours"], f["bare"]
    return (
        f"{ours['triples_per_wall_second']:,.0f}/s ({ours['triples_per_cpu_second']:,.0f} a processor second), "
        f"{ours['peak_mb']:.0f} MB; peer {bare['triples_per_wall_second']:,.0f}/s"
    )


def of_snapshot(f: Figures) -> str:
    row = f["snapshot"]
    return (
        f"built {row['build s']:.1f} s, {row['disk MB']:.1f} MB, opened {row['open ms']:.1f} ms, "
        f"{row['memory MB']:.1f} MB; peer table built {f['sqlite3, 2 indexes']['build s']:.1f} s"
    )


def of_hop(f: Figures) -> str:
    peers = ", ".join(
        f"{name} {row['single µs']:.0f}" for name, row in f.items() if "single µs" in row and "/" not in name
    )
    return f"median µs: {peers}; batch {f['snapshot']['batch/s']:,.0f}/s"


def of_ask(f: Figures) -> str:
    wall, cpu = f["ask, wall ms"], f["ask, cpu ms"]
    return (
        f"median {wall['median']:.0f} ms, p95 {wall['p95']:.0f}, p99 {wall['p99']:.0f} "
        f"(processor: {cpu['median']:.0f}, {cpu['p95']:.0f}, {cpu['p99']:.0f}); {f['process']['peak MB']:,.0f} MB; "
        f"{100 * f['answers']['right']:.0f} % right; peer {f['sqlite3, gold plan given']['median']:.2f} ms"
    )


def of_change(f: Figures) -> str:
    small, large = (f["sizes"][size] for size in sorted(f["sizes"], key=int))
    acts = {"store and indexes": "{}_ms", "through the engine": "engine_{}_ms", "processor": "engine_{}_cpu_ms"}
    return "; ".join(
        f"{name}: "
        + ", ".join(f"{act} {large[key.format(act)] / small[key.format(act)]:.2f}" for act in ("add", "delete"))
        for name, key in acts.items()
    )


def of_retriever(f: Figures) -> str:
    told: dict[str, list[str]] = {}
    for name, row in f.items():
        task, _, system = name.partition(": ")
        if system and not system.startswith("without "):
            gap = f" ({row['over']:+.1f} [{row['over low']:.1f}, {row['over high']:.1f}])"
            first = system == "encoder as it came"
            told.setdefault(task, []).append(f"{system} {row['MRR']:.1f}{'' if first else gap}")
    return "; ".join(f"{task}: {', '.join(rows)}" for task, rows in told.items())


def of_sources(f: Figures) -> str:
    whole = {
        name.partition(": ")[0]: row["MRR"] for name, row in f.items() if name.endswith(": all tasks in one model")
    }
    told: dict[str, list[str]] = {}
    for name, row in f.items():
        task, _, system = name.partition(": without ")
        if system:
            told.setdefault(task, []).append(f"{system} {row['MRR'] - whole[task]:+.1f}")
    return "; ".join(f"{task} {whole[task]:.1f}, without {', '.join(rows)}" for task, rows in told.items())


def of_facts(f: Figures) -> str:
    rows = {name: row for name, row in f.items() if name != "embeddings over stated"}
    told = ", ".join(
        f"{name} {row['MRR']:.1f}"
        + ("" if name == "facts" else f" ({row['over']:+.1f} [{row['over low']:.1f}, {row['over high']:.1f}])")
        for name, row in rows.items()
    )
    own = f["embeddings over stated"]
    return f"{told}; embeddings over none: {own['over']:+.1f} [{own['over low']:.1f}, {own['over high']:.1f}]"


def of_metaqa(f: Figures) -> str:
    kinds = [kind for kind in f if "hits_at_1" in f[kind] and kind != "all"]
    shown = [name for name in ("hits_at_1", "guessed", "exact", "f1") if name in f[kinds[0]]]
    shares = "; ".join(f"{kind}: {' / '.join(f'{100 * f[kind][name]:.1f}' for name in shown)}" for kind in kinds)
    names = "Hits@1 / with best guesses / exact / F1" if "guessed" in shown else "Hits@1 / exact / F1"
    batch = f["batch"]
    speed = f"{f['all']['questions'] / batch['asking s']:.0f} questions/s, {batch['questions/s cpu']:.0f} with start-up"
    return f"{names} in %: {shares}; {speed}"


def of_languages(f: Figures) -> str:
    return "; ".join(f"{name} {row['linked']:.0f} / {row['fact']:.0f} / {row['right']:.0f}" for name, row in f.items())


def of_resolve(f: Figures) -> str:
    rows = {name: row for name, row in f.items() if "recall" in row}
    told = "; ".join(f"{name}: {row['precision']:.0f} / {row['recall']:.0f}" for name, row in rows.items())
    return f"precision / recall in %: {told}"


def of_pathquestion(f: Figures) -> str:
    shares = "; ".join(
        f"{kind}: {100 * row['hits_at_1']:.1f} / {100 * row['exact']:.1f}"
        for kind, row in f.items()
        if "hits_at_1" in row and not kind.endswith("all")
    )
    return f"Hits@1 / exact in %: {shares}"


def of_passages(f: Figures) -> str:
    sets = [name.split(":")[0] for name in f if name.endswith(": hybrid")]
    return "; ".join(
        f"{name}: bm25 {f[f'{name}: bm25']['recall@5']:.1f}, dense {f[f'{name}: dense']['recall@5']:.1f}, "
        f"hybrid {row['recall@5']:.1f} [{row['low']:.1f}, {row['high']:.1f}], "
        f"over dense [{row['gain low']:.1f}, {row['gain high']:.1f}]"
        for name in sets
        for row in (f[f"{name}: hybrid"],)
    )


def of_passage_scale(f: Figures) -> str:
    text, graph, both = f["text index"], f["passage graph"], f["both"]
    words, walk, opened = f["search: bm25"], f["search: words and walk"], f["opened"]
    peer = f.get("bm25s (peer)")
    beside = (
        ""
        if peer is None
        else f"; bm25s {peer['passages/cpu s']:,} a processor second and {peer['cpu median ms']:.1f} ms of it"
    )
    return (
        f"{both['passages']:,} passages: {both['passages/s']:,}/s, {both['passages/cpu s']:,} a processor second "
        f"(BM25 {text['passages/cpu s']:,}, graph {graph['passages/cpu s']:,}); median ms: "
        f"BM25 {words['median ms']:.1f}, with the walk {walk['median ms']:.1f} "
        f"(processor: {words['cpu median ms']:.1f}, {walk['cpu median ms']:.1f}); opened in {opened['ms']:.0f} ms, "
        f"{opened['own MB after']} MB{beside}"
    )


def of_encoding(f: Figures) -> str:
    ours, peer, ratio = f["ours"], f["sentence-transformers"], f["ours / sentence-transformers"]
    return (
        f"{ours['tokens/cpu s']:,} tokens a processor second, peer {peer['tokens/cpu s']:,}: "
        f"{ratio['times']:.2f} times; "
        f"vectors apart by {ratio['apart']:.0e} at most"
    )


def of_pagerank(f: Figures) -> str:
    return "; ".join(
        f"{name} {row['ms']:,.0f} ms, {row['times networkx']:.0f} times networkx" for name, row in f.items()
    )


def of_startup(f: Figures) -> str:
    return "; ".join(f"{name} {row['median s']:.2f} s" for name, row in f.items())


def of_embeddings(f: Figures) -> str:
    row = f["train"]
    speed = f" ranks {f['evaluator']['times faster']:.1f} times as fast as PyKEEN's;" if "evaluator" in f else ""
    hard = f["hard negatives"]["ece"] if "hard negatives" in f else None
    triples = "" if hard is None else f", of triples {row['triple_ece']:.3f}, against hard negatives {hard:.3f}"
    return (
        f"MRR {row['mrr']:.3f}, Hits@1 {row['hits_at_1']:.3f}, Hits@10 {row['hits_at_10']:.3f}; "
        f"trained in {row['training s']:.0f} s;{speed} calibration error {row['ece']:.3f}{triples}"
    )


def of_time_to_goal(f: Figures) -> str:
    ours, theirs = f["to goal"], f["to goal, PyKEEN's"]
    times = "" if theirs["times faster"] is None else f", {theirs['times faster']:.1f} times"
    return f"MRR {ours['goal']}: {_seconds(ours['s'])} against {_seconds(theirs['s'])}{times}"


def _seconds(value: float | None) -> str:
    return "not reached" if value is None else f"{value:.2f} s"


def of_missing(f: Figures) -> str:
    runs = ("completed", "guessed")
    return "; ".join(
        f"{name}: {row['without']:.1f}, "
        + ", ".join(f"{row[run]:.1f} (adds {row[f'{run} low']:.1f} to {row[f'{run} high']:.1f})" for run in runs)
        for name, row in f.items()
        if "without" in row
    )


def of_predict(f: Figures) -> str:
    told = []
    for name, row in f.items():
        extra = [f"least {row['least ms']:.1f}"] if row.get("least ms") is not None else []
        extra += [f"{row['GB/s']:.1f} GB/s"] if row.get("GB/s") is not None else []
        extra += [f"recall@10 {row['recall@10']:.2f}"] if row.get("recall@10") is not None else []
        told.append(
            f"{name} {row['ms']:.{1 if row['ms'] < 10 else 0}f} ms" + (f" ({', '.join(extra)})" if extra else "")
        )
    return "; ".join(told)


def of_suspicious(f: Figures) -> str:
    return "; ".join(
        f"{name}: {row['precision at 100']:.2f} (base rate {row['base rate']:.3f}, lift {row['lift']:.0f})"
        for name, row in f.items()
    )


def of_cypher(f: Figures) -> str:
    ours, by_hand = f["plan on the server"], f["by hand, bare driver"]
    return (
        f"median {ours['median ms']:.1f} ms, p95 {ours['p95 ms']:.0f}; by hand {by_hand['median ms']:.1f} and "
        f"{by_hand['p95 ms']:.0f}; ratio, median of questions {f['server / by hand']['median of ratios']:.2f}"
    )


ROWS = (
    Row(
        "ingest.py",
        "1,000,000 triples with names into the store and the text index",
        "bare SQLite table, two indexes",
        "≥ 120,000/s, ≤ 500 MB",
        of_ingest,
    ),
    Row(
        "snapshot.py",
        "the snapshot of 1,000,000 triples: built, on disk, opened",
        "dict of lists; SQLite table",
        "2 s, 25 MB, 5 ms, 2 MB",
        of_snapshot,
    ),
    Row(
        "hop.py",
        "3 hops on MetaQA, names in and names out",
        "dict of lists, networkx, sqlite3, pyoxigraph, duckdb",
        "median < 40 µs; batch ≥ 150,000/s",
        of_hop,
    ),
    Row(
        "ask.py",
        "`ask` on 1,000,000 triples with hubs, 200 questions of 1 to 3 hops, by stage",
        "sqlite3, handed the gold plan",
        "median < 50 ms on one core",
        of_ask,
    ),
    Row(
        "change.py",
        "adding and deleting 1,000 triples until the next right answer, at 100,000 and 10,000,000 triples",
        "the smaller graph",
        "ratio < 3",
        of_change,
    ),
    Row(
        "metaqa.py",
        "MetaQA dev through `ingest`, `batch`, `eval`; entity and number of hops not given",
        "none",
        "a clean run, ≥ 50 questions/s on one core",
        of_metaqa,
    ),
    Row(
        "metaqa.py --train",
        "the same after `kgqa train planner`, which reads the graph and no question",
        "none",
        "a clean run, ≥ 50 questions/s on one core",
        of_metaqa,
        "metaqa-trained.json",
    ),
    Row(
        "metaqa.py --train --log 1000",
        "the same with 1,000 other questions of each kind, without their answers",
        "none",
        "a clean run, ≥ 50 questions/s on one core",
        of_metaqa,
        "metaqa-log.json",
    ),
    Row(
        "pathquestion.py",
        "PathQuestion's test part through `ingest`, `batch`, `eval`; entity and number of hops not given",
        "none",
        "a clean run",
        of_pathquestion,
    ),
    Row(
        "startup.py",
        "processes that import, print help, ask",
        "the bare interpreter; `import torch`",
        "`import kgqa` < 0.3 s, `--help` < 0.6 s",
        of_startup,
    ),
    Row(
        "embeddings.py",
        "ComplEx on CoDEx-S, test part, filtered realistic ranks; other sets by --set",
        "PyKEEN's evaluator and LCWA loop; published .465, .473",
        "MRR ≥ 0.473; ranks ≥ 3 times PyKEEN's; calibration error ≤ 0.05, of triples ≤ 0.03",
        of_embeddings,
    ),
    Row(
        "embeddings.py --set umls",
        "the same on UMLS",
        "PyKEEN's evaluator",
        "MRR ≥ 0.96",
        of_embeddings,
        record="embeddings-umls.json",
    ),
    Row(
        "embeddings.py --what peer",
        "ComplEx on UMLS: processor seconds until 95 % of the target MRR, each at the best of five batch sizes",
        "PyKEEN's LCWA loop, same model, dimension, loss",
        "≥ 3 times faster",
        of_time_to_goal,
        record="time-to-goal.json",
    ),
    Row(
        "missing.py",
        "Hits@1 in % on graphs that lost half of their triples: without completion, with it, and guessing; paired",
        "the same without completion",
        "MetaQA 70 / 55 / 57, each ≥ 4 above without",
        of_missing,
    ),
    Row(
        "predict.py",
        "one query of link prediction among 1,000,000 entities of dimension 128, exact and approximate",
        "reading the matrix once; PyKEEN's `predict_t`",
        "< 60 ms on one core; approximate < 5 ms, recall ≥ 0.95",
        of_predict,
    ),
    Row(
        "suspicious.py",
        "precision among the 100 most suspicious statements, 5 % errors planted",
        "the base rate",
        "≥ 0.8",
        of_suspicious,
    ),
    Row(
        "suspicious.py --set codex-s",
        "the same on CoDEx-S",
        "the base rate",
        "≥ 0.8",
        of_suspicious,
        record="suspicious-codex-s.json",
    ),
    Row(
        "suspicious.py --hard",
        "the same, the errors being statements that people found false",
        "the base rate",
        "none",
        of_suspicious,
        record="suspicious-hard.json",
    ),
    Row(
        "neo4j_store.py",
        "1,000,000 triples with names, types and a source into a Neo4j server, again, and out to a snapshot",
        "plain batched UNWIND + MERGE",
        "≥ 15,000/s; again ≥ 40,000/s; out ≥ 150,000/s; refreshed < 1 s",
    ),
    Row(
        "cypher.py",
        "3-hop MetaQA plans executed on a Neo4j server, ids in and ids out",
        "the same Cypher by hand, bare driver",
        "median < 20 ms; at most 1.2 times by hand",
        of_cypher,
    ),
    Row(
        "passages.py",
        "passage recall@5 by channel and fused, on multi-hop corpora and the sample graph; speed of a search",
        "bm25, dense, their reciprocal-rank fusion",
        "MuSiQue 72, HotpotQA 94, 2Wiki 95; over dense > 0",
        of_passages,
    ),
    Row(
        "passage_scale.py",
        "synthetic passages in great number: indexed for BM25 and the graph, opened, searched",
        "bm25s",
        "≥ 2,000/s; a search < 50 ms, opened < 1 s at 1,000,000",
        of_passage_scale,
        record="passage_scale.json",
    ),
    Row(
        "encoding.py",
        "texts encoded by the packaged model on the CPU",
        "sentence-transformers' encode",
        "at least equal",
        of_encoding,
    ),
    Row(
        "pagerank.py",
        "personalised PageRank of one question at 1,000,000 edges",
        "networkx, igraph",
        "≥ 20 times networkx, no slower than igraph",
        of_pagerank,
    ),
    Row(
        "languages.py",
        "questions in other languages, test half: thing linked / fact found / answered right, in %",
        "none",
        "each finds its entities and facts",
        of_languages,
    ),
    Row(
        "resolve.py",
        "100 entities of the sample graph written as two records: pairs proposed as one thing",
        "pairs that share a name",
        "none",
        of_resolve,
    ),
    Row(
        "retriever.py",
        "the two towers on held-out entities and questions of the sample graph: MRR in %, and over the encoder",
        "each task alone; the encoder as it came",
        "better on each task, or where not",
        of_retriever,
    ),
    Row(
        "retriever.py --sets wordnet metaqa",
        "the same on a part of WordNet, with definitions, and of MetaQA",
        "each task alone; the encoder as it came",
        "better on each task, or where not",
        of_retriever,
        record="retriever-others.json",
    ),
    Row(
        "retriever.py --sources",
        "MRR in % of one model for all tasks on the sample graph, and the change without each source of examples",
        "all sources",
        "none",
        of_sources,
        record="retriever-sources.json",
    ),
    Row(
        "facts.py",
        "statements found for dev questions of the sample graph, by words and by embeddings: MRR in %, over words",
        "facts: words alone; edges that are merely stated",
        "better than words alone, or off",
        of_facts,
    ),
    Row("linking.py", "the topic entity found in MetaQA dev questions, and the time", "longest match", "none"),
    Row("planner_quality.py", "questions of the sample graph and MetaQA answered right, by shape", "none", "none"),
    Row("read_formats.py", "records read a second, by format", "csv, json, rdflib", "none"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    text = README.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    new = f"{head}{BEGIN}\n{table()}{END}{tail}"
    if check and new != text:
        sys.exit("the table in README.md is not what eval/results say: run eval/benchmarks/table.py")
    if not check:
        README.write_text(new, encoding="utf-8")


def table() -> str:
    lines = ["| program | measures | beside | target | last recorded |", "|---|---|---|---|---|"]
    for row in ROWS:
        told = "not recorded"
        file = RESULTS / (row.record or row.program.replace(".py", ".json"))
        if row.tell is not None and file.is_file():
            record = json.loads(file.read_text(encoding="utf-8"))
            told = f"{row.tell(record['figures'])} ({record['date']}, {record['commit']})"
        lines.append(f"| `{row.program}` | {row.prints} | {row.peers} | {row.target} | {told} |")
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
