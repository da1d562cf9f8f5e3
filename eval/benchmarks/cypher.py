"""Three hops on MetaQA executed on a Neo4j server, beside hand-written Cypher through the bare driver.

    python eval/benchmarks/cypher.py $KGQA_DATASETS/metaqa [--questions 500]

Starts a server of its own (Java 17, Maven), writes the graph into it, and follows the gold paths of dev questions, ids
in and ids out. All contenders give the same ids (checked; a plan whose only answer is the entity asked about gives
that). The hand-written query is the best that we know: distinct nodes after each hop, parameters, one session a
question. They take turns, question by question, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from common import Figures, each_microseconds, finish, options, percentile
from hop import Path3, Question, read_questions, turns_back

from kgqa.config import load_settings
from kgqa.graph.neo4j import Neo4jStore
from kgqa.graph.neo4j.local import LocalServer
from kgqa.graph.neo4j.names import escape
from kgqa.graph.neo4j.traversal import ServerGraph
from kgqa.graph.snapshot import open_snapshot
from kgqa.reasoning.cypher import execute_on_server
from kgqa.reasoning.execute import execute
from kgqa.reasoning.plan import Plan, Step, path_plan
from kgqa.types import Triple

Contender = Callable[[Question], set[str]]


def plan_of(question: Question) -> Plan:
    return path_plan(question[0], tuple(Step(relation, inverse) for relation, inverse in question[1]))


def by_hand(path: Path3) -> str:
    """The query as somebody who knows the graph would write it."""
    query = "MATCH (start:Entity {id: $id}) WITH start, start AS n"
    for i, (relation, inverse) in enumerate(path):
        left, right = ("<-", "-") if inverse else ("-", "->")
        back = " WHERE m <> start" if turns_back(path, i) or i == len(path) - 1 else ""
        query += f" MATCH (n){left}[:{escape(relation)}]{right}(m){back} WITH DISTINCT start, m AS n"
    return f"{query} RETURN n.id"


def measure(contenders: dict[str, Contender], questions: list[Question]) -> dict[str, list[float]]:
    """Microseconds of each contender on each question, in the order of the questions."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for number, question in enumerate(questions):
        names = list(contenders)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            times[name] += each_microseconds(contenders[name], [question])
    return times


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=500)
    arguments = parser.parse_args()
    questions = read_questions(arguments.folder, arguments.seed)[: arguments.questions]
    with (arguments.folder / "kb.txt").open(encoding="utf-8") as lines:
        triples = [Triple(*line.rstrip("\n").split("|")) for line in lines]
    with (
        tempfile.TemporaryDirectory() as name,
        LocalServer(Path(name) / "server", cache=load_settings().cache).running(heap="2g") as server,
    ):
        os.environ["NEO4J_PASSWORD"] = server.password
        os.environ.pop("NEO4J_USERNAME", None)
        with Neo4jStore.connect(server.uri, create=True) as store:
            store.write(triples, source="kb.txt")
            figures = compare(store, server.uri, server.password, Path(name), questions)
    finish(arguments, "3-hop MetaQA plans on a Neo4j server, ids in, ids out", figures, questions=len(questions))


def compare(store: Neo4jStore, uri: str, password: str, folder: Path, questions: list[Question]) -> Figures:
    from neo4j import GraphDatabase

    graph, snapshot = ServerGraph(store, store.server), open_snapshot(folder / "snapshot", store)

    def planned(question: Question) -> set[str]:
        result = execute_on_server(plan_of(question), graph)
        return set(graph.refs(result.nodes))

    def local(question: Question) -> set[str]:
        return set(snapshot.refs(execute(plan_of(question), snapshot).nodes))

    with GraphDatabase.driver(
        uri.rpartition("/")[0], auth=("neo4j", password), notifications_min_severity="OFF"
    ) as driver:

        def handmade(question: Question) -> set[str]:
            with driver.session(database="neo4j", default_access_mode="READ") as session:
                return {row[0] for row in session.run(by_hand(question[1]), id=question[0])}

        contenders = {"plan on the server": planned, "by hand, bare driver": handmade, "plan on the snapshot": local}
        for question in questions:
            expected, *others = (contender(question) - {question[0]} for contender in contenders.values())
            if any(other != expected for other in others):
                raise SystemExit(f"the contenders differ on {question}")
        times = measure(contenders, questions)
    ratios = sorted(
        ours / theirs for ours, theirs in zip(times["plan on the server"], times["by hand, bare driver"], strict=True)
    )
    figures: Figures = {
        name: {"median ms": percentile(sorted(each), 0.5) / 1000, "p95 ms": percentile(sorted(each), 0.95) / 1000}
        for name, each in times.items()
    }
    whole = {name: sum(each) for name, each in times.items()}
    figures["server / by hand"] = {
        "median of ratios": percentile(ratios, 0.5),
        "ratio of sums": whole["plan on the server"] / whole["by hand, bare driver"],
    }
    return figures


if __name__ == "__main__":
    main()
