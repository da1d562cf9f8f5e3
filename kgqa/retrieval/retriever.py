"""The retriever: asks the channels, fuses their rankings, and shows what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kgqa.errors import UsageError
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.graph.words import as_words
from kgqa.index.text import TextIndex
from kgqa.index.vector_refresh import Encoder
from kgqa.index.vectors import VectorIndex
from kgqa.retrieval.channels import Bm25Channel, Channel, DenseChannel, PlanChannel, Query
from kgqa.retrieval.fusion import Fused, rrf
from kgqa.retrieval.results import PassageResult, ResultKind, SearchResult, TripleResult
from kgqa.retrieval.sentences import best_sentence
from kgqa.retrieval.triples import TripleChannel, TripleKey
from kgqa.types import Literal, Mention

Link = Callable[[str], tuple[Mention, ...]]
_DEPTH = 5
_LEAST_DEPTH = 50


class Retriever:
    """Searches one revision of a graph and its documents. Safe to use from many threads, as its parts are.

    ``link`` finds the entities of a query (a Linker's ``link``); without it triples are found only for mentions that
    are given. With ``vectors`` and ``encoder`` passages are found by meaning too, and triples are ranked by it.
    ``written`` is the channel of queries that a chat model writes (``WrittenChannel``), where somebody asked for it.
    """

    def __init__(
        self,
        store: GraphStore,
        snapshot: Snapshot,
        text: TextIndex,
        *,
        vectors: VectorIndex | None = None,
        encoder: Encoder | None = None,
        link: Link | None = None,
        written: Channel[TripleKey] | None = None,
    ) -> None:
        self._store, self._snapshot, self._link = store, snapshot, link
        self._encoder = encoder
        self._passages: dict[str, Channel[str]] = {Bm25Channel.name: Bm25Channel(text)}
        if vectors is not None and encoder is not None:
            self._passages[DenseChannel.name] = DenseChannel(vectors, encoder)
        self._passages[PlanChannel.name] = PlanChannel(text, store, snapshot)
        self._triples: dict[str, Channel[TripleKey]] = {TripleChannel.name: TripleChannel(snapshot, encoder=encoder)}
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
        mentions: tuple[Mention, ...] | None = None,
        answers: Sequence[int] = (),
    ) -> tuple[SearchResult, ...]:
        """The ``k`` best passages and the ``k`` best triples, or one ``kind`` of them; passages first.

        ``channels`` uses only these. ``mentions`` are links that need not be searched for; ``answers`` are the nodes
        that a plan came to: passages that mention them are found, and triples around them. Ties are settled by id.
        Raises UsageError for a ``k`` below 1, an unknown kind or channel.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, not {k}")
        wanted = ResultKind.from_str(kind) if kind is not None else None
        chosen = self._chosen(channels)
        if not query.strip():
            return ()
        asked = Query(query, self._mentions(query, mentions, chosen, wanted), tuple(answers))
        depth = max(_DEPTH * k, _LEAST_DEPTH)
        results: list[SearchResult] = []
        if wanted is not ResultKind.TRIPLE:
            passages = {name: channel.rank(asked, depth) for name, channel in self._passages.items() if name in chosen}
            results += self._show_passages(query, rrf(passages), k)
        if wanted is not ResultKind.PASSAGE:
            triples = {name: channel.rank(asked, depth) for name, channel in self._triples.items() if name in chosen}
            results += [self._show_triple(item) for item in rrf(triples)[:k]]
        return tuple(results)

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
        needed = kind is not ResultKind.PASSAGE and TripleChannel.name in chosen
        return self._link(query) if needed and self._link is not None else ()

    def _show_passages(self, query: str, fused: Sequence[Fused[str]], k: int) -> list[PassageResult]:
        found = {passage.id: passage for passage in self._store.passages(ids=[item.key for item in fused])}
        shown = []
        for item in [item for item in fused if item.key in found][:k]:
            passage = found[item.key]
            span = best_sentence(query, passage.text, title=passage.title)
            if span is not None and span.score == 0:  # no word in common: by meaning, which costs an encoding
                span = best_sentence(query, passage.text, title=passage.title, encoder=self._encoder)
            start, end = (span.start, span.end) if span is not None else (0, len(passage.text))
            sources = self._store.passage_sources(passage.id)
            shown.append(PassageResult(passage, start, end, item.score, item.ranks, sources))
        return shown

    def _show_triple(self, item: Fused[TripleKey]) -> TripleResult:
        head, number, tail = item.key
        info = self._snapshot.relations[number]
        relation = info.id if info is not None else ""
        said_head, said_tail = self._snapshot.as_said(head, number, tail)
        statement = next(
            self._store.statements(head=self._ref(said_head), relation=relation, tail=self._ref(said_tail), limit=1),
            None,
        )
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
        )

    def _ref(self, node: int) -> str | Literal:
        literal = self._snapshot.literal(node)
        return literal if literal is not None else self._name(node)

    def _name(self, node: int) -> str:
        literal = self._snapshot.literal(node)
        return literal.value if literal is not None else self._snapshot.id(node) or self._snapshot.label(node)
