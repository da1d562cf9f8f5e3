"""Personalised PageRank for one question in a graph of 1,000,000 edges, beside networkx and igraph.

    python eval/benchmarks/pagerank.py [--edges N] [--questions N]

The graph: heads and tails drawn so that few nodes have most edges, ten edges a node, damping 0.85, three seeds. "power"
and "batch" (eight questions at once) run to an L1 error of 1e-6, which is what networkx is asked for; "push" to 1e-7
an edge, with its measured L1 error to the exact ranks. igraph runs its own solver (PRPACK), where it is installed: it
is no part of this project. Times are wall milliseconds a question; "times networkx" is networkx's time by ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
from common import Figures, finish, options
from numpy.typing import NDArray

from kgqa.retrieval.links.pagerank import pagerank, push
from kgqa.retrieval.links.rows import Edges, Transitions, arrays_of

DAMPING = 0.85
TOLERANCE = 1e-6
PUSHED = 1e-7
BATCH = 8
Ranks = NDArray[np.float64]


def random_edges(count: int, seed: int) -> tuple[NDArray[np.int64], int]:
    """Distinct directed edges of which popular nodes have most. shape: (edges, 2); and the number of nodes"""
    random = np.random.default_rng(seed)
    nodes = max(10, count // 10)
    drawn = (nodes * random.random((int(count * 1.3), 2)) ** 2).astype(np.int64)
    pairs = np.unique(drawn[drawn[:, 0] != drawn[:, 1]], axis=0)
    return random.permutation(pairs)[:count], nodes


def milliseconds(work: Callable[[int], Ranks], questions: int) -> tuple[float, list[Ranks]]:
    """The mean time of one question, and what was found."""
    begin = time.perf_counter()
    found = [work(number) for number in range(questions)]
    return 1000 * (time.perf_counter() - begin) / questions, found


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=5)
    arguments = parser.parse_args()
    edges, nodes = random_edges(arguments.edges, arguments.seed)
    rows = Edges(edges[:, 0], edges[:, 1], np.ones(len(edges)), np.zeros(len(edges), dtype=np.int64))
    begin = time.perf_counter()
    transitions = Transitions(arrays_of(rows, None, nodes), None, size=nodes)
    transitions.incoming()
    built = time.perf_counter() - begin
    asked = np.random.default_rng(arguments.seed + 1).choice(np.unique(edges[:, 0]), (arguments.questions, 3))

    def seeds(*numbers: int) -> Ranks:
        out = np.zeros((len(numbers), nodes))
        for row, number in enumerate(numbers):
            out[row, asked[number]] = 1.0
        return out

    def power(number: int) -> Ranks:
        return pagerank(transitions, seeds(number), damping=DAMPING, tolerance=TOLERANCE)[0]

    def pushed(number: int) -> Ranks:
        whole = np.zeros(nodes)
        start = np.unique(asked[number])
        found, ranks = push(transitions, start, np.ones(len(start)), damping=DAMPING, tolerance=PUSHED)
        whole[found] = ranks
        return whole

    exact = pagerank(transitions, seeds(*range(arguments.questions)), damping=DAMPING, tolerance=1e-12)
    graph = nx.DiGraph(edges.tolist())
    graph.add_nodes_from(range(nodes))

    def theirs(number: int) -> Ranks:
        personal = {int(node): 1.0 for node in asked[number]}
        ranks = nx.pagerank(
            graph, alpha=DAMPING, personalization=personal, dangling=personal, tol=TOLERANCE / nodes, max_iter=500
        )
        return np.array([ranks[node] for node in range(nodes)])

    systems: dict[str, Callable[[int], Ranks]] = {"power": power, "push": pushed, "networkx": theirs}
    if (engine := igraph_solver(edges, nodes, asked)) is not None:
        systems["igraph"] = engine
    times: dict[str, float] = {}
    errors: dict[str, float] = {}
    for name, work in systems.items():
        times[name], found = milliseconds(work, arguments.questions)
        errors[name] = max(float(np.abs(one - other).sum()) for one, other in zip(found, exact, strict=True))
    many = seeds(*(number % arguments.questions for number in range(BATCH)))
    begin = time.perf_counter()
    pagerank(transitions, many, damping=DAMPING, tolerance=TOLERANCE)
    times["batch"], errors["batch"] = 1000 * (time.perf_counter() - begin) / BATCH, errors["power"]
    figures: Figures = {
        name: {
            "ms": round(times[name], 2),
            "times networkx": round(times["networkx"] / times[name], 1),
            "times igraph": round(times["igraph"] / times[name], 2) if "igraph" in times else None,
            "L1 error": float(f"{errors[name]:.2g}"),
        }
        for name in ("power", "batch", "push", "networkx", "igraph")
        if name in times
    }
    finish(arguments, "pagerank", figures, edges=len(edges), nodes=nodes, rows_made_in_s=round(built, 2))


def igraph_solver(edges: NDArray[np.int64], nodes: int, asked: NDArray[np.int64]) -> Callable[[int], Ranks] | None:
    try:
        import igraph
    except ImportError:
        return None
    graph: Any = igraph.Graph(n=nodes, edges=edges, directed=True)

    def solve(number: int) -> Ranks:
        return np.array(
            graph.personalized_pagerank(damping=DAMPING, reset_vertices=asked[number].tolist(), implementation="prpack")
        )

    return solve


if __name__ == "__main__":
    main()
