"""The retriever: asks the channels, fuses their rankings, and shows what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kgqa.errors import UsageError
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.graph.words import as_words
from kgqa.index.contract import PassageIndex, VectorSearch
from kgqa.index.vector_refresh import Encoder
from kgqa.retrieval.channels import Bm25Channel, Channel, DenseChannel, Hit, Key, PlanChannel, Query, recall_of
from kgqa.retrieval.filters import Filter, Selector
from kgqa.retrieval.fusion import Fused, Fusion, convex, rrf
from kgqa.retrieval.links.index import LinkIndex
from kgqa.retrieval.local_names import LocalNames
from kgqa.retrieval.results import PassageResult, ResultKind, SearchResult, TripleResult
from kgqa.retrieval.sentences import best_sentence
from kgqa.retrieval.triples import TripleChannel, TripleKey
from kgqa.retrieval.walking import BridgeChannel, Seeds, WalkChannel
from kgqa.types import Literal, Mention, Statement

Link = Callable[[str], tuple[Mention, ...]]
WEIGHTS: Mapping[str, float] = {"ppr": 1.0, "plan": 1.0, "facts": 1.0}
"""The default convex combination: words and meaning have their weight in where the walk starts."""
_DEPTH = 5
_LEAST_DEPTH = 50
_SPARE = 5  # shown for passages that are gone from the store by now


class Retriever:
    """Searches one revision of a graph and its documents. Safe to use from many threads, as its parts are.

    ``link`` finds the entities of a query (a Linker's ``link``); without it triples are found only for mentions that
    are given. With ``vectors`` and ``encoder`` passages are found by meaning too, and triples are ranked by it; with
    ``links`` by walks over the passage graph. ``written`` is the channel of queries that a chat model writes
    (``WrittenChannel``), where somebody asked for it.
    """

    def __init__(
        self,
        store: GraphStore,
        snapshot: Snapshot,
        text: PassageIndex,
        *,
        vectors: VectorSearch | None = None,
        encoder: Encoder | None = None,
        link: Link | None = None,
        written: Channel[TripleKey] | None = None,
        links: LinkIndex | None = None,
    ) -> None:
        self._store, self._snapshot, self._link = store, snapshot, link
        self._encoder = encoder
        self._selector = Selector(store, snapshot, links)
        self._passages: dict[str, Channel[str]] = {Bm25Channel.name: Bm25Channel(text)}
        if vectors is not None and encoder is not None:
            self._passages[DenseChannel.name] = DenseChannel(vectors, encoder)
        seeds = tuple(self._passages.values())
        self._passages[PlanChannel.name] = PlanChannel(text, store, snapshot)
        if links is not None:
            self._passages[WalkChannel.name] = WalkChannel(links, Seeds(links, seeds))
            self._passages[BridgeChannel.name] = BridgeChannel(links, Seeds(links, seeds))
        self._triples: dict[str, Channel[TripleKey]] = {
            TripleChannel.name: TripleChannel(snapshot, LocalNames(store, snapshot), encoder=encoder)
        }
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
    ) -> tuple[SearchResult, ...]:
        """The ``k`` best passages and the ``k`` best triples, or one ``kind`` of them; passages first.

        ``channels`` uses only these; ``fusion`` makes one ranking of theirs. ``mentions`` are links that need not be
        searched for; ``answers`` are the nodes that a plan came to: passages that mention them are found, and triples
        around them. ``where``: only what meets it is ranked. Ties are settled by id. Raises UsageError for a ``k``
        below 1, an unknown kind, channel or fusion, NotFoundError for what the filter names and the graph lacks.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, not {k}")
        wanted = ResultKind.from_str(kind) if kind is not None else None
        way = Fusion.from_str(fusion)
        chosen = self._chosen(channels)
        if where:
            self._selector.check(where)
        if not query.strip():
            return ()
        asked = self._asked(query, self._mentions(query, mentions, chosen, wanted), tuple(answers), wanted, where)
        depth = max(_DEPTH * k, _LEAST_DEPTH)
        results: list[SearchResult] = []
        if wanted is not ResultKind.TRIPLE:
            used = {name: channel for name, channel in self._passages.items() if name in chosen}
            found = {name: recall_of(channel, asked, depth) for name, channel in used.items()}
            results += self._show_passages(query, _fuse(used, found, way)[: k + _SPARE], found, k)
        if wanted is not ResultKind.PASSAGE:
            about = {name: channel for name, channel in self._triples.items() if name in chosen}
            facts = {name: channel.rank(asked, depth) for name, channel in about.items()}
            results += [self._show_triple(item, facts, where) for item in _fuse(about, facts, way)[:k]]
        return tuple(results)

    def prepare(self, queries: Sequence[str]) -> None:
        """Encodes many queries in one batch, so that searching them one by one needs no more encoding."""
        if self._encoder is not None and DenseChannel.name in self._passages:
            self._encoder.encode(list(queries))

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
            return typed and self._statement(key, where) is not None

        return Query(query, mentions, answers, among, keeps)

    def _chosen(self, channels: Sequence[str] | None) -> frozenset[str]:
        unknown = sorted(set(channels or ()) - set(self.channels))
        if unknown:
            raise UsageError(f"no channel {unknown[0]!r}; there are: {', '.join(self.channels)}")
        return frozenset(self.channels if channels is None else channels)

    def _mentions(
        self, query: str, given: tuple[Mention, ...] | None, chosen: frozenset[str], kind: ResultKind | None
    ) -> tuple[Mention, ...]:
        if given is not None:
            return given
        for_facts = kind is not ResultKind.PASSAGE and TripleChannel.name in chosen
        for_walks = kind is not ResultKind.TRIPLE and WalkChannel.name in chosen
        return self._link(query) if (for_facts or for_walks) and self._link is not None else ()

    def _show_passages(
        self, query: str, fused: Sequence[Fused[str]], found: Mapping[str, Sequence[Hit[str]]], k: int
    ) -> list[PassageResult]:
        passages = {passage.id: passage for passage in self._store.passages(ids=[item.key for item in fused])}
        shown = []
        for item in [item for item in fused if item.key in passages][:k]:
            passage = passages[item.key]
            span = best_sentence(query, passage.text, title=passage.title)
            if span is not None and span.score == 0 and set(item.ranks) == {DenseChannel.name}:
                # No word in common: what meaning alone found is shown by meaning, which costs an encoding.
                span = best_sentence(query, passage.text, title=passage.title, encoder=self._encoder)
            start, end = (span.start, span.end) if span is not None else (0, len(passage.text))
            sources = self._store.passage_sources(passage.id)
            scores = _scores(item, found)
            shown.append(PassageResult(passage, start, end, item.score, item.ranks, sources, scores))
        return shown

    def _statement(self, key: TripleKey, where: Filter | None) -> Statement | None:
        """The first statement of a triple, or the first that meets the filter."""
        head, number, tail = key
        info = self._snapshot.relations[number]
        said_head, said_tail = self._snapshot.as_said(head, number, tail)
        ends = self._ref(said_head), info.id if info is not None else "", self._ref(said_tail)
        if where:
            return self._selector.statement(*ends, where)
        return next(self._store.statements(head=ends[0], relation=ends[1], tail=ends[2], limit=1), None)

    def _show_triple(
        self, item: Fused[TripleKey], found: Mapping[str, Sequence[Hit[TripleKey]]], where: Filter | None
    ) -> TripleResult:
        head, number, tail = item.key
        info = self._snapshot.relations[number]
        relation = info.id if info is not None else ""
        said_head, said_tail = self._snapshot.as_said(head, number, tail)
        statement = self._statement(item.key, where)
        qualifiers = statement.qualifiers if statement is not None else {}
        return TripleResult(
            head=self._name(said_head),
            relation=relation,
            tail=self._name(said_tail),
            head_label=self._snapshot.label(said_head),
            relation_label=(info.label if info is not None else None) or as_words(relation),
            tail_label=self._snapshot.label(said_tail),
            qualifiers={key: value if isinstance(value, str) else value.to_dict() for key, value in qualifiers.items()},
            sources=statement.sources if statement is not None else (),
            score=item.score,
            channels=item.ranks,
            scores=_scores(item, found),
        )

    def _ref(self, node: int) -> str | Literal:
        literal = self._snapshot.literal(node)
        return literal if literal is not None else self._name(node)

    def _name(self, node: int) -> str:
        literal = self._snapshot.literal(node)
        return literal.value if literal is not None else self._snapshot.id(node) or self._snapshot.label(node)


def _fuse(
    channels: Mapping[str, Channel[Key]], found: Mapping[str, Sequence[Hit[Key]]], fusion: Fusion
) -> list[Fused[Key]]:
    if fusion is Fusion.RRF:
        return rrf({name: [hit.key for hit in hits] for name, hits in found.items()})
    shares = {
        name: [(hit.key, share) for hit, share in zip(hits, channels[name].chances(hits), strict=True)]
        for name, hits in found.items()
    }
    return convex(shares, WEIGHTS)


def _scores(item: Fused[Key], found: Mapping[str, Sequence[Hit[Key]]]) -> dict[str, float]:
    """What each channel that found the item scored it."""
    return {name: found[name][rank - 1].score for name, rank in item.ranks.items()}
