"""What is ranked as people see it: the sentence nearest to the query, a triple with its labels and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.graph.words import as_words
from kgqa.index.vector_refresh import Encoder
from kgqa.retrieval.channels import DenseChannel, Hit, Key
from kgqa.retrieval.filters import Filter, Selector
from kgqa.retrieval.fusion import Fused
from kgqa.retrieval.results import PassageResult, TripleResult
from kgqa.retrieval.sentences import best_sentence
from kgqa.retrieval.triples import TripleKey
from kgqa.types import Literal, Statement


class Shown:
    """Results of one revision. Safe to use from many threads."""

    def __init__(self, store: GraphStore, snapshot: Snapshot, selector: Selector, encoder: Encoder | None) -> None:
        self._store, self._snapshot, self._selector, self._encoder = store, snapshot, selector, encoder

    def passages(
        self, query: str, fused: Sequence[Fused[str]], found: Mapping[str, Sequence[Hit[str]]], k: int
    ) -> list[PassageResult]:
        passages = {passage.id: passage for passage in self._store.passages(ids=[item.key for item in fused])}
        present = [item for item in fused if item.key in passages][:k]
        sources = self._store.sources_of_passages([item.key for item in present])
        shown = []
        for item in present:
            passage = passages[item.key]
            span = best_sentence(query, passage.text, title=passage.title)
            if span is not None and span.score == 0 and set(item.ranks) == {DenseChannel.name}:
                # No word in common: what meaning alone found is shown by meaning, which costs an encoding.
                span = best_sentence(query, passage.text, title=passage.title, encoder=self._encoder)
            start, end = (span.start, span.end) if span is not None else (0, len(passage.text))
            held = sources.get(item.key, ())
            scores = _scores(item, found)
            shown.append(PassageResult(passage, start, end, item.score, item.ranks, held, scores))
        return shown

    def statement(self, key: TripleKey, where: Filter | None) -> Statement | None:
        """The first statement of a triple, or the first that meets the filter."""
        head, number, tail = key
        info = self._snapshot.relations[number]
        said_head, said_tail = self._snapshot.as_said(head, number, tail)
        ends = self._ref(said_head), info.id if info is not None else "", self._ref(said_tail)
        if where:
            return self._selector.statement(*ends, where)
        return next(self._store.statements(head=ends[0], relation=ends[1], tail=ends[2], limit=1), None)

    def triple(
        self, item: Fused[TripleKey], found: Mapping[str, Sequence[Hit[TripleKey]]], where: Filter | None
    ) -> TripleResult:
        head, number, tail = item.key
        info = self._snapshot.relations[number]
        relation = info.id if info is not None else ""
        said_head, said_tail = self._snapshot.as_said(head, number, tail)
        statement = self.statement(item.key, where)
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


def _scores(item: Fused[Key], found: Mapping[str, Sequence[Hit[Key]]]) -> dict[str, float]:
    """What each channel that found the item scored it."""
    return {name: found[name][rank - 1].score for name, rank in item.ranks.items()}
