"""Words the result of a plan without any model: each answer with a claim that cites its whole derivation."""

from __future__ import annotations

from collections.abc import Sequence

from kgqa.generation.citations import without_marks
from kgqa.generation.draft import Draft
from kgqa.generation.evidence import EvidenceBook
from kgqa.generation.graph_evidence import GraphEvidence, Key, Statements
from kgqa.generation.wording import cite, enumerate_words, triple_sentence
from kgqa.graph.snapshot import Snapshot
from kgqa.reasoning.execute import Result, ResultKind, SupportTriple
from kgqa.reasoning.plan import Qualifier
from kgqa.reasoning.support import type_of_member
from kgqa.types import AnswerItem, AnswerKind, Claim, Literal, TripleEvidence

_NAMED = 10  # answers named in the text; all of them stand in ``answers``


class Verbaliser:
    """Turns results into drafts. ``symmetric``: ids of symmetric relations, worded as verbs."""

    def __init__(self, snapshot: Snapshot, evidence: GraphEvidence, *, symmetric: frozenset[str] = frozenset()) -> None:
        self._snapshot = snapshot
        self._evidence = evidence
        self._symmetric = symmetric

    def compose(
        self, result: Result, *, score: float, plan_text: str, max_answers: int = 1000, max_evidence: int = 50
    ) -> Draft:
        """The draft for a result that has an answer."""
        book = EvidenceBook(limit=max_evidence)
        plan_text = without_marks(plan_text)
        match result.kind:
            case ResultKind.NODES:
                text, answers, claims = self._nodes(result, book, score, max_answers)
            case ResultKind.VALUES:
                text, answers, claims = self._values(result, book, score, max_answers)
            case ResultKind.COUNT:
                text, answers, claims = self._count(result, book, score, plan_text)
            case _:
                text, answers, claims = self._boolean(result, book, score, plan_text)
        if result.missing:
            text += f" {result.missing} left out for want of a value."
        return Draft(
            text=text,
            answers=tuple(answers),
            claims=tuple(claims),
            evidence=book.items,
            answers_total=result.total if result.kind in (ResultKind.NODES, ResultKind.VALUES) else 1,
            evidence_total=book.total,
        )

    def items(self, result: Result, *, score: float, limit: int) -> tuple[AnswerItem, ...]:
        """The first answers of a result, without words or evidence."""
        match result.kind:
            case ResultKind.NODES:
                return tuple(self._item(node, score) for node in result.nodes[:limit].tolist())
            case ResultKind.VALUES:
                return tuple(self._value(item.value, score) for item in result.said[:limit])
            case ResultKind.COUNT:
                return (self._number(result, score),)
            case _:
                return (self._truth(result, score),)

    def _nodes(
        self, result: Result, book: EvidenceBook, score: float, limit: int
    ) -> tuple[str, list[AnswerItem], list[Claim]]:
        nodes = result.nodes[:limit].tolist()
        claims, named = [], []
        supports = self._supports(result, nodes, book.limit)
        read = self._evidence.read(triple for support in supports for triple in support)
        for position, node in enumerate(nodes):
            support = supports[position] if position < len(supports) else result.support(node)
            numbers = self._cite(support, book, read) if support else self._cite_type(result, [node], book)
            claim = self._claim(numbers, book)
            if claim is not None:
                claims.append(claim)
            if position < _NAMED:
                label = without_marks(self._snapshot.label(node))
                named.append(label + (cite(claim.citations) if claim else ""))
            elif claim is None:  # the book is as good as full: the rest stands in the answers without a claim
                break
        more = len(result.nodes) - len(named)
        text = enumerate_words(named) if not more else ", ".join(named) + f" and {more} more"
        return text + ".", [self._item(node, score) for node in nodes], claims

    def _values(
        self, result: Result, book: EvidenceBook, score: float, limit: int
    ) -> tuple[str, list[AnswerItem], list[Claim]]:
        """What statements say beside their tails: each value with the statement that carries it."""
        said = result.said[:limit]
        name = result.plan.name.replace("_", " ") if isinstance(result.plan, Qualifier) else ""
        items = [self._value(item.value, score) for item in said]
        read = self._evidence.read(triple for item in said for triple in item.support)
        claims, named = [], []
        for item, answer in zip(said, items, strict=True):
            numbers = self._cite(item.support, book, read)
            if numbers:
                text = f"{self._sentences(numbers, book)}; {name}: {without_marks(answer.label)}"
                claims.append(Claim(text, tuple(numbers), self._predicted(numbers, book)))
            named.append(without_marks(answer.label) + cite(numbers))
        more = result.total - min(len(named), _NAMED)
        text = enumerate_words(named) if not more else ", ".join(named[:_NAMED]) + f" and {more} more"
        return text + ".", items, claims

    def _count(
        self, result: Result, book: EvidenceBook, score: float, plan_text: str
    ) -> tuple[str, list[AnswerItem], list[Claim]]:
        item = self._number(result, score)
        value = item.value
        numbers = self._cite_examples(result, book)
        if not value:
            text = f"0: this graph holds none ({plan_text})"
            return f"{text}.", [item], [Claim(text, ())]
        text = f"{value}: {plan_text}"
        more = ", among others" if result.total > len(numbers) else ""
        return f"{value}{cite(numbers)}{more}.", [item], [Claim(text, tuple(numbers), self._predicted(numbers, book))]

    def _boolean(
        self, result: Result, book: EvidenceBook, score: float, plan_text: str
    ) -> tuple[str, list[AnswerItem], list[Claim]]:
        item = self._truth(result, score)
        numbers = self._cite_examples(result, book)
        said = self._sentences(numbers, book)
        if item.value:
            return f"Yes: {said}{cite(numbers)}.", [item], [Claim(said, tuple(numbers), self._predicted(numbers, book))]
        text = f"No: {said}" if said else f"No, not in this graph ({plan_text})"
        return f"{text}{cite(numbers)}.", [item], [Claim(said or text, tuple(numbers), self._predicted(numbers, book))]

    def _supports(self, result: Result, nodes: Sequence[int], most: int) -> list[tuple[SupportTriple, ...]]:
        """The support of the first nodes, until there are more triples than ``most``."""
        out: list[tuple[SupportTriple, ...]] = []
        seen: set[Key] = set()
        for node in nodes:
            if len(seen) > most or (len(out) > most and not seen):  # what is so by its type alone has none
                break
            out.append(result.support(node))
            seen.update(map(self._evidence.key, out[-1]))
        return out

    def _claim(self, numbers: Sequence[int], book: EvidenceBook) -> Claim | None:
        """What makes a node an answer, or None when no room for its evidence is left."""
        if not numbers:
            return None
        return Claim(self._sentences(numbers, book), tuple(numbers), self._predicted(numbers, book))

    def _cite_examples(self, result: Result, book: EvidenceBook) -> list[int]:
        """Numbers of the triples that show what a count or a yes or no rests on, as many as there is room for."""
        triples = result.support()
        if not triples:
            return self._cite_type(result, result.shown, book)
        return self._numbers(triples, book, self._evidence.read(triples))

    def _cite(self, triples: Sequence[SupportTriple], book: EvidenceBook, read: Statements) -> list[int]:
        """Numbers of a derivation's triples; all of them or none, so that no claim is cited by halves."""
        if book.total + len(triples) > book.limit:
            known = [book.number(self._evidence.key(triple)) for triple in triples]
            return [n for n in known if n] if all(known) else []
        return self._numbers(triples, book, read)

    def _numbers(self, triples: Sequence[SupportTriple], book: EvidenceBook, read: Statements) -> list[int]:
        numbers = (self._evidence.add(triple, book, read) for triple in triples)
        return list(dict.fromkeys(n for n in numbers if n is not None))

    def _cite_type(self, result: Result, nodes: Sequence[int], book: EvidenceBook) -> list[int]:
        """What is a member by nothing but its type cites the type."""
        kind = type_of_member(result.plan)
        if kind is None:
            return []
        numbers = (self._evidence.add_type(member, kind, book) for member in nodes)
        return [n for n in numbers if n is not None]

    def _sentences(self, numbers: Sequence[int], book: EvidenceBook) -> str:
        parts = []
        for number in numbers:
            item = book.get(number)
            if isinstance(item, TripleEvidence):
                parts.append(triple_sentence(item, symmetric=item.relation in self._symmetric))
        return "; ".join(parts)

    def _predicted(self, numbers: Sequence[int], book: EvidenceBook) -> bool:
        return any(getattr(book.get(number), "predicted", False) for number in numbers)

    def _number(self, result: Result, score: float) -> AnswerItem:
        value = int(result.value or 0)
        return AnswerItem(AnswerKind.COUNT, str(value), score, value=value)

    def _truth(self, result: Result, score: float) -> AnswerItem:
        yes = bool(result.value)
        return AnswerItem(AnswerKind.BOOLEAN, "yes" if yes else "no", score, value=yes)

    def _item(self, node: int, score: float) -> AnswerItem:
        literal = self._snapshot.literal(node)
        label = self._snapshot.label(node)
        if literal is None:
            return AnswerItem(AnswerKind.ENTITY, label, score, id=self._snapshot.id(node))
        return _literal_item(literal, label, score)

    def _value(self, value: Literal | str, score: float) -> AnswerItem:
        """A qualifier's value: a literal, or an entity by its id."""
        if isinstance(value, Literal):
            return _literal_item(value, value.label(), score)
        node = self._snapshot.node(value)
        return AnswerItem(AnswerKind.ENTITY, value if node is None else self._snapshot.label(node), score, id=value)


def _literal_item(literal: Literal, label: str, score: float) -> AnswerItem:
    return AnswerItem(
        AnswerKind.VALUE, label, score, value=literal.python_value(), type=str(literal.type), unit=literal.unit
    )
