"""Claims are judged by code against what they cite; a plan's steps by executing them again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgqa.graph.formats import record_from_dict
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.reasoning.plan import Count, Exists, Hop, Plan, Start, Step
from kgqa.types import PassageEvidence, TripleEvidence, VerdictLabel, VerdictStep
from kgqa.verification.facts import StoreFacts
from kgqa.verification.grounding import judge_claim, names_and_numbers
from kgqa.verification.steps import check_steps
from kgqa.verification.verdict import combine

TEXT = "Polonium was discovered by Marie Curie in 1898. It is not found in Denmark."
RECORDS = [
    {"entity": {"id": "po", "label": "Polonium"}},
    {"entity": {"id": "fr", "label": "France"}},
    {"relation": {"id": "discovered_in", "label": "discovered in", "functional": True}},
    {"triple": {"head": "po", "relation": "discovered_in", "tail": "fr", "qualifiers": {"at": "1898"}}},
    {"triple": {"head": "po", "relation": "atomic_number", "tail": {"value": 84, "type": "integer"}}},
    {"passage": {"id": "p", "text": TEXT}},
]
IN_FRANCE = TripleEvidence(1, "po", "discovered_in", "fr", "Polonium", "discovered in", "France")
NUMBER = TripleEvidence(2, "po", "atomic_number", "84", "Polonium", "atomic number", "84")
SPAN = PassageEvidence(3, "p", 0, 47, TEXT[:47])
SUPPORTED, UNSUPPORTED = VerdictLabel.SUPPORTED, VerdictLabel.UNSUPPORTED


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLiteStore]:
    with SQLiteStore.create(tmp_path_factory.mktemp("verdicts") / "s") as opened:
        opened.write((record_from_dict(record) for record in RECORDS), source="s")
        yield opened


@pytest.fixture(scope="module")
def facts(store: SQLiteStore) -> StoreFacts:
    return StoreFacts(store)


@pytest.fixture(scope="module")
def snapshot(store: SQLiteStore, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return open_snapshot(Path(tmp_path_factory.mktemp("snapshot")), store)


@pytest.mark.parametrize(
    ("text", "evidence", "label"),
    [
        ("Polonium discovered in France", IN_FRANCE, SUPPORTED),
        ("Polonium has atomic number 84", NUMBER, SUPPORTED),
        ("The element polonium was discovered by Marie Curie in 1898", SPAN, SUPPORTED),
        ("Polonium was discovered by Marie Curie in 1899", SPAN, UNSUPPORTED),
        ("Polonium was discovered by Pierre Curie", SPAN, UNSUPPORTED),
        ("Polonium was not discovered in France", IN_FRANCE, VerdictLabel.CONTRADICTED),
        ("Polonium was discovered in Germany", IN_FRANCE, VerdictLabel.CONTRADICTED),
        ("Polonium glows softly blue at night", IN_FRANCE, VerdictLabel.PARTLY_SUPPORTED),
    ],
)
def test_a_claim_may_say_no_more_than_its_evidence(
    text: str, evidence: TripleEvidence | PassageEvidence, label: VerdictLabel, facts: StoreFacts
) -> None:
    assert judge_claim(text, [evidence], facts) is label


@pytest.mark.parametrize(
    "forged",
    [
        TripleEvidence(1, "po", "discovered_in", "de", "Polonium", "discovered in", "Germany"),
        TripleEvidence(1, "po", "atomic_number", "85", "Polonium", "atomic number", "85"),
        TripleEvidence(1, "po", "discovered_in", "fr", "Polonium", "discovered in", "France", {"at": "1900"}),
        PassageEvidence(1, "p", 0, 8, "Plutoniu"),
        PassageEvidence(1, "p", 0, 4000, TEXT),
        PassageEvidence(1, "q", 0, 8, "Polonium"),
    ],
)
def test_evidence_that_is_not_in_the_graph_supports_nothing(
    forged: TripleEvidence | PassageEvidence, facts: StoreFacts
) -> None:
    text = forged.text if isinstance(forged, PassageEvidence) else f"{forged.head_label} {forged.tail_label}"
    assert judge_claim(text, [forged], facts) is UNSUPPORTED


def test_a_claim_that_cites_nothing_is_unsupported(facts: StoreFacts) -> None:
    assert judge_claim("Polonium discovered in France", [], facts) is UNSUPPORTED


def test_a_predicted_fact_never_passes_as_known(facts: StoreFacts) -> None:
    guess = TripleEvidence(1, "po", "mined_in", "fr", "Polonium", "mined in", "France", predicted=True, probability=0.8)
    assert judge_claim("Polonium mined in France", [guess], facts) is VerdictLabel.PREDICTED


def test_names_that_open_a_sentence_may_be_common_words() -> None:
    assert names_and_numbers("Gold melts at 1337.33 K near Paris") == {"1337.33", "k", "paris"}


PATH: Plan = Hop(Start(("po",)), Step("discovered_in"))


@pytest.mark.parametrize(
    ("plan", "answers", "holds"),
    [
        (PATH, ["fr"], [True, True]),
        (PATH, ["de"], [True, False]),
        (PATH, [], [True, False]),
        (Count(PATH), ["1"], [True, True, True]),
        (Count(PATH), ["2"], [True, True, False]),
        (Exists(PATH), ["yes"], [True, True, True]),
        (Exists(Hop(Start(("fr",)), Step("discovered_in"))), ["no"], [True, True, True]),
    ],
)
def test_the_last_step_must_give_the_answers_again(
    plan: Plan, answers: list[str], holds: list[bool], snapshot: Snapshot
) -> None:
    steps = check_steps(plan, snapshot, evidence=[IN_FRANCE], answers=answers)
    assert [step.holds for step in steps] == holds
    assert next(step for step in steps if step.op == "hop").citations in ((1,), ())


@pytest.mark.parametrize(
    ("claims", "holds", "label"),
    [
        (["supported", "supported"], True, "supported"),
        (["supported", "predicted"], True, "predicted"),
        (["supported", "unsupported"], True, "partly_supported"),
        (["supported", "contradicted"], True, "contradicted"),
        (["unsupported"], True, "unsupported"),
        (["partly_supported"], True, "partly_supported"),
        (["supported"], False, "unsupported"),
        ([], True, "unsupported"),
    ],
)
def test_the_worst_claim_decides_and_every_step_must_hold(claims: list[str], holds: bool, label: str) -> None:
    steps = [VerdictStep("start", (), ("po",), True), VerdictStep("hop", ("po",), ("fr",), holds)]
    assert combine([VerdictLabel(claim) for claim in claims], steps) == label
