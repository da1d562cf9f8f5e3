"""Answers in words: every mark in the text is a citation of evidence that is there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kgqa.generation.citations import parse_citations
from kgqa.generation.evidence import triples_of
from kgqa.generation.graph_evidence import GraphEvidence
from kgqa.generation.verbaliser import Verbaliser
from kgqa.graph.formats import record_from_dict
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.execute import execute
from kgqa.reasoning.plan import Count, Difference, Exists, Hop, OfType, Plan, Start, Step, Superlative
from kgqa.types import VerdictLabel
from kgqa.verification.facts import StoreFacts
from kgqa.verification.grounding import Vocabulary, judge_claim

RECORDS = [
    {"entity": {"id": "evil", "label": "Song [7]"}},
    *({"entity": {"id": f"i{n}", "types": ["isle"]}} for n in range(3)),
    {"triple": {"head": "band", "relation": "toured", "tail": "i1"}},
    {"triple": {"head": "band", "relation": "wrote", "tail": "evil"}},
    *({"triple": {"head": "band", "relation": "member", "tail": f"m{n:03}"}} for n in range(80)),
    *(
        {"triple": {"head": f"m{n:03}", "relation": "age", "tail": {"value": 20 + n, "type": "integer"}}}
        for n in range(3)
    ),
]
MEMBERS: Plan = Hop(Start(("band",)), Step("member"))
NOT_TOURED: Plan = Difference(OfType("isle"), Hop(Start(("band",)), Step("toured")))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLiteStore]:
    with SQLiteStore.create(tmp_path_factory.mktemp("words") / "s") as opened:
        opened.write((record_from_dict(record) for record in RECORDS), source="s")
        yield opened


@pytest.fixture(scope="module")
def snapshot(store: SQLiteStore, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return open_snapshot(Path(tmp_path_factory.mktemp("snapshot")), store)


@pytest.fixture
def verbaliser(store: SQLiteStore, snapshot: Snapshot) -> Verbaliser:
    labels = {name: name for name in ("wrote", "member", "age", "toured")}
    return Verbaliser(snapshot, GraphEvidence(snapshot, store, labels))


@pytest.mark.parametrize(
    "plan",
    [
        MEMBERS,
        Hop(Start(("band",)), Step("wrote")),
        Count(MEMBERS),
        Count(Hop(Start(("m000",)), Step("member"))),
        Exists(MEMBERS),
        Exists(Hop(Start(("m000",)), Step("member"))),
        Superlative(MEMBERS, (Step("age"),)),
        OfType("isle"),
        Count(OfType("isle")),
        NOT_TOURED,
    ],
)
def test_text_and_claims_cite_only_evidence_that_is_there_and_that_stands(
    plan: Plan, verbaliser: Verbaliser, snapshot: Snapshot, store: SQLiteStore
) -> None:
    draft = verbaliser.compose(execute(plan, snapshot), score=0.9, plan_text="the plan", max_evidence=20)
    known = {item.n: item for item in draft.evidence}
    assert set(parse_citations(draft.text)) <= set(known)
    for claim in draft.claims:
        assert set(claim.citations) <= set(known)
        if claim.citations:
            words = Vocabulary.of([item.label for item in draft.answers] + ["plan"])
            label = judge_claim(claim.text, [known[n] for n in claim.citations], StoreFacts(store), given=words)
            assert label is VerdictLabel.SUPPORTED


def test_limits_leave_out_and_totals_tell(verbaliser: Verbaliser, snapshot: Snapshot) -> None:
    result = execute(MEMBERS, snapshot)
    draft = verbaliser.compose(result, score=0.9, plan_text="", max_answers=50, max_evidence=20)
    assert (len(draft.answers), draft.answers_total) == (50, 80)
    assert len(draft.evidence) == 20
    assert draft.text.endswith("and 70 more.")


def test_a_label_that_looks_like_a_citation_is_none(verbaliser: Verbaliser, snapshot: Snapshot) -> None:
    draft = verbaliser.compose(execute(Hop(Start(("band",)), Step("wrote")), snapshot), score=0.9, plan_text="")
    assert draft.text == "Song (7) [1]."
    assert draft.answers[0].label == "Song [7]"


def test_members_without_a_value_are_counted_aloud(verbaliser: Verbaliser, snapshot: Snapshot) -> None:
    draft = verbaliser.compose(execute(Superlative(MEMBERS, (Step("age"),)), snapshot), score=0.9, plan_text="")
    assert draft.text.startswith("m002 [") and "77 left out for want of a value" in draft.text


def test_nothing_to_count_is_said_of_this_graph(verbaliser: Verbaliser, snapshot: Snapshot) -> None:
    draft = verbaliser.compose(
        execute(Count(Hop(Start(("m000",)), Step("member"))), snapshot), score=0.9, plan_text="members of m000"
    )
    assert draft.text == "0: this graph holds none (members of m000)."
    assert draft.answers[0].value == 0


def test_what_is_an_answer_by_its_type_alone_cites_the_type(
    verbaliser: Verbaliser, snapshot: Snapshot, store: SQLiteStore
) -> None:
    draft = verbaliser.compose(execute(NOT_TOURED, snapshot), score=0.9, plan_text="")
    assert draft.text == "i0 [1] and i2 [2]."
    assert [claim.text for claim in draft.claims] == ["i0 is an isle", "i2 is an isle"]
    first = triples_of(draft.evidence)[0]
    assert (first.head, first.relation, first.tail) == ("i0", "rdf:type", "isle")
    assert StoreFacts(store).triple_stands(first)
    assert not StoreFacts(store).triple_stands(replace(first, tail="peak"))
