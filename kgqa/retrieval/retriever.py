"""The retriever: asks the channels, fuses their rankings, and shows what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kgqa.errors import UsageError
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.contract import PassageIndex, VectorSearch
from kgqa.index.vector_refresh import Encoder
from kgqa.retrieval.channels import Bm25Channel, Channel, DenseChannel, Hit, Key, PlanChannel, Query, recall_of
from kgqa.retrieval.edges import EdgeChannel, EdgeScorer
from kgqa.retrieval.filters import Filter, Selector
from kgqa.retrieval.fusion import Fused, Fusion, convex, rrf
from kgqa.retrieval.links.index import LinkIndex
from kgqa.retrieval.local_names import LocalNames
from kgqa.retrieval.reranking import RERANKED, Reranker, open_reranker, rerank_first
from kgqa.retrieval.results import ResultKind, SearchResult
from kgqa.retrieval.showing import Shown
from kgqa.retrieval.triples import TripleChannel, TripleKey
from kgqa.retrieval.walking import BridgeChannel, Seeds, WalkChannel
from kgqa.types import Mention

Link = Callable[[str], tuple[Mention, ...]]
WEIGHTS: Mapping[str, float] = {"ppr": 1.0, "plan": 1.0, "facts": 1.0, "edges": 1.0}
"""The default convex combination: words and meaning have their weight in where the walk starts."""
_NEEDED = {
    EdgeChannel.name: " without embeddings (`kgqa train embeddings`)",
    DenseChannel.name: " without vectors (`kgqa index`)",
}
_DEPTH = 5
_LEAST_DEPTH = 50
_SPARE = 5  # shown for passages that are gone from the store by now


class Retriever:
    """Searches one revision of a graph and its documents. Safe to use from many threads, as its parts are.

    ``link`` finds the entities of a query (a Linker's ``link``); without it triples are found only for mentions that
    are given. With ``vectors`` and ``encoder`` passages are found by meaning too, and triples are ranked by it;
    ``dense`` is the encoder that made the vectors, where that is another. With ``links`` passages are found by walks
    over the passage graph. ``written`` is the channel of queries that a chat model writes (``WrittenChannel``), where
    somebody asked for it; ``edges`` are graph embeddings, by which triples are ranked too.
    """

    def __init__(
        self,
        store: GraphStore,
        snapshot: Snapshot,
        text: PassageIndex,
        *,
        vectors: VectorSearch | None = None,
        encoder: Encoder | None = None,
        dense: Encoder | None = None,
        link: Link | None = None,
        written: Channel[TripleKey] | None = None,
        links: LinkIndex | None = None,
        edges: EdgeScorer | None = None,
    ) -> None:
        self._store, self._snapshot, self._link = store, snapshot, link
        self._encoder = encoder
        self._selector = Selector(store, snapshot, links)
        self._dense = dense or encoder
        self._shown = Shown(store, snapshot, self._selector, encoder)
        self._rerankers: dict[str, Reranker] = {}
        self._passages: dict[str, Channel[str]] = {Bm25Channel.name: Bm25Channel(text)}
        if vectors is not None and self._dense is not None:
            self._passages[DenseChannel.name] = DenseChannel(vectors, self._dense)
        seeds = tuple(self._passages.values())
        self._passages[PlanChannel.name] = PlanChannel(text, store, snapshot)
        if links is not None:
            self._passages[WalkChannel.name] = WalkChannel(links, Seeds(links, seeds))
            self._passages[BridgeChannel.name] = BridgeChannel(links, Seeds(links, seeds))
        names = LocalNames(store, snapshot)
        self._triples: dict[str, Channel[TripleKey]] = {
            TripleChannel.name: TripleChannel(snapshot, names, encoder=encoder)
        }
        if edges is not None and encoder is not None:
            self._triples[EdgeChannel.name] = EdgeChannel(snapshot, names, encoder, edges)
        if written is not None:
            self._triples["cypher"] = written

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels that there are."""
        return (*self._passages, *self._triples)

    @property
    def revision(self) -> int:
        return self._snapshot.revision

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        kind: ResultKind | str | None = None,
        channels: Sequence[str] | None = None,
        fusion: Fusion | str = Fusion.CONVEX,
        mentions: tuple[Mention, ...] | None = None,
        answers: Sequence[int] = (),
        where: Filter | None = None,
        rerank: str | None = None,
    ) -> tuple[SearchResult, ...]:
        """The ``k`` best passages and the ``k`` best triples, or one ``kind`` of them; passages first.

        ``channels`` uses only these; ``fusion`` makes one ranking of theirs. ``mentions`` are links that need not be
        searched for; ``answers`` are the nodes that a plan came to: passages that mention them are found, and triples
        around them. ``where``: only what meets it is ranked. ``rerank``: the first 20 passages are ranked again by
        "late" interaction or by the cross-encoder in this folder. Ties are settled by id. Raises UsageError for a ``k``
        below 1, an unknown kind, channel, fusion or reranker, NotFoundError for what the filter names and the graph
        lacks.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, not {k}")
        wanted = ResultKind.from_str(kind) if kind is not None else None
        way = Fusion.from_str(fusion)
        chosen = self._chosen(channels)
        if where:
            self._selector.check(where)
        reranker = None if rerank is None else self._reranker(rerank)
        if not query.strip():
            return ()
        asked = self._asked(query, self._mentions(query, mentions, chosen, wanted), tuple(answers), wanted, where)
        depth = max(_DEPTH * k, _LEAST_DEPTH)
        results: list[SearchResult] = []
        if wanted is not ResultKind.TRIPLE:
            used = {name: channel for name, channel in self._passages.items() if name in chosen}
            found = {name: recall_of(channel, asked, depth) for name, channel in used.items()}
            fused = _fuse(used, found, way, None if reranker is not None else k + _SPARE)
            if reranker is not None:
                fused, found["rerank"] = self._rerank(query, fused, reranker)
            results += self._shown.passages(query, fused[: k + _SPARE], found, k)
        if wanted is not ResultKind.PASSAGE:
            about = {name: channel for name, channel in self._triples.items() if name in chosen}
            facts = {name: channel.rank(asked, depth) for name, channel in about.items()}
            results += [self._shown.triple(item, facts, where) for item in _fuse(about, facts, way, k)]
        return tuple(results)

    def _reranker(self, name: str) -> Reranker:
        """Opened once."""
        if name not in self._rerankers:
            self._rerankers[name] = open_reranker(name, self._encoder)
        return self._rerankers[name]

    def _rerank(
        self, query: str, fused: Sequence[Fused[str]], reranker: Reranker
    ) -> tuple[list[Fused[str]], Sequence[Hit[str]]]:
        passages = {
            passage.id: passage for passage in self._store.passages(ids=[item.key for item in fused[:RERANKED]])
        }
        present = [item for item in fused if item.key in passages] + list(fused[RERANKED:])
        first = [passages[item.key] for item in present[: len(passages)]]
        texts = [f"{passage.title}\n{passage.text}" if passage.title else passage.text for passage in first]
        return rerank_first(present, texts, query, reranker)

    def prepare(self, queries: Sequence[str]) -> None:
        """Encodes many queries in one batch, so that searching them one by one needs no more encoding."""
        if self._dense is not None and DenseChannel.name in self._passages:
            self._dense.encode(list(queries))

    def _asked(
        self,
        query: str,
        mentions: tuple[Mention, ...],
        answers: tuple[int, ...],
        kind: ResultKind | None,
        where: Filter | None,
    ) -> Query:
        if not where:
            return Query(query, mentions, answers)
        among = None if kind is ResultKind.TRIPLE else self._selector.passages(where)

        def keeps(key: TripleKey) -> bool:
            typed = any(self._selector.of_types(node, where) for node in (key[0], key[2]))
            return typed and self._shown.statement(key, where) is not None

        return Query(query, mentions, answers, among, keeps)

    def _chosen(self, channels: Sequence[str] | None) -> frozenset[str]:
        unknown = sorted(set(channels or ()) - set(self.channels))
        if unknown:
            needed = _NEEDED.get(unknown[0], "")
            raise UsageError(f"no channel {unknown[0]!r}{needed}; there are: {', '.join(self.channels)}")
        return frozenset(self.channels if channels is None else channels)

    def _mentions(
        self, query: str, given: tuple[Mention, ...] | None, chosen: frozenset[str], kind: ResultKind | None
    ) -> tuple[Mention, ...]:
        if given is not None:
            return given
        for_facts = kind is not ResultKind.PASSAGE and bool(chosen & {TripleChannel.name, EdgeChannel.name})
        for_walks = kind is not ResultKind.TRIPLE and WalkChannel.name in chosen
        return self._link(query) if (for_facts or for_walks) and self._link is not None else ()


def _fuse(
    channels: Mapping[str, Channel[Key]], found: Mapping[str, Sequence[Hit[Key]]], fusion: Fusion, limit: int | None
) -> list[Fused[Key]]:
    if fusion is Fusion.RRF:
        return rrf({name: [hit.key for hit in hits] for name, hits in found.items()}, limit=limit)
    shares = {
        name: [(hit.key, share) for hit, share in zip(hits, channels[name].chances(hits), strict=True)]
        for name, hits in found.items()
    }
    return convex(shares, WEIGHTS, limit=limit)
