"""From a question to a cited, checked answer, through the public interface."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kgqa import Engine
from kgqa.engine.reports import BatchError
from kgqa.errors import NotFoundError, UsageError
from kgqa.types import Answer, Entity, PassageEvidence, Question, ReasonCode, Triple, TripleEvidence, VerdictLabel


def test_an_answer_cites_the_triples_that_it_follows_from(films: Engine) -> None:
    answer = films.ask("Who directed Blade Runner?")
    assert [item.id for item in answer.answers] == ["scott"]
    assert answer.text == "Ridley Scott [1]."
    (evidence,) = answer.evidence
    assert isinstance(evidence, TripleEvidence)
    assert (evidence.head, evidence.relation, evidence.tail) == ("blade", "directed_by", "scott")
    assert evidence.sources == ("films",)
    assert answer.verdict.label is VerdictLabel.SUPPORTED
    assert answer.claims[0].citations == (1,)
    assert answer.plan_text and answer.confidence > 0.5


def test_two_hops_do_not_come_back_to_where_they_started(films: Engine) -> None:
    answer = films.ask("Which films were directed by the director of Alien?")
    assert [item.id for item in answer.answers] == ["blade"]
    assert len(answer.claims[0].citations) == 2


def test_a_count_is_cited_and_every_step_holds_again(films: Engine) -> None:
    answer = films.ask("How many films did Ridley Scott direct?")
    assert answer.answers[0].value == 2
    assert answer.verdict.label is VerdictLabel.SUPPORTED
    assert all(step.holds for step in answer.verdict.steps)


def test_a_value_keeps_its_type(films: Engine) -> None:
    (item,) = films.ask("What is the release year of Witness?").answers
    assert (item.value, item.type) == (1985, "integer")


def test_what_only_a_passage_says_is_quoted_exactly(films: Engine) -> None:
    answer = films.ask("In which city is Blade Runner set?")
    (evidence,) = answer.evidence
    assert isinstance(evidence, PassageEvidence)
    passage = films.store.passage("p1")
    assert passage is not None and passage.text[evidence.start : evidence.end] == evidence.text
    assert "Los Angeles" in answer.text
    assert answer.verdict.label is VerdictLabel.SUPPORTED


def test_a_sentence_about_something_else_that_names_the_asked_is_not_quoted(own: Engine) -> None:
    own.ingest(
        [
            {
                "passage": {
                    "id": "p2",
                    "title": "Witness: name",
                    "text": "Witness was named after Alien, the discovery of its writer.",
                    "mentions": [
                        {"start": 0, "end": 7, "entity": "witness"},
                        {"start": 24, "end": 29, "entity": "alien"},
                    ],
                }
            }
        ],
        source_name="names",
    )
    assert "named after" not in own.ask("What is the discovery of Alien?").text
    assert "named after Alien" in own.ask("After what was Witness named?").text


def test_a_name_that_the_graph_lacks_is_said_and_nothing_is_answered(films: Engine) -> None:
    answer = films.ask("Who directed Zorblax Rising?")
    assert answer.abstained and not answer.answers
    assert answer.reason is not None and answer.reason.code in (ReasonCode.NO_ENTITY, ReasonCode.NO_PLAN)
    assert answer.verdict.label is VerdictLabel.UNANSWERABLE


def test_given_entities_are_used_and_unknown_ones_refused(films: Engine) -> None:
    answer = films.ask("Who directed it?", entities=["alien"])
    assert [item.id for item in answer.answers] == ["scott"]
    with pytest.raises(NotFoundError, match="nowhere"):
        films.ask("Who directed it?", entities=["nowhere"])


def test_an_empty_question_is_a_mistake_of_the_caller(films: Engine) -> None:
    with pytest.raises(UsageError, match="empty"):
        films.ask("  ")


def test_time_that_runs_out_is_an_abstention_with_its_reason(films: Engine) -> None:
    answer = films.ask("Which films were directed by the director of Alien?", timeout=1e-9)
    assert answer.reason is not None and answer.reason.code is ReasonCode.TIMEOUT


def test_the_same_question_gives_the_same_answer_from_many_threads(films: Engine) -> None:
    def ask(_: int) -> str:
        data = films.ask("Which films were directed by the director of Alien?").to_dict()
        del data["timing_ms"]
        return json.dumps(data, sort_keys=True)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_a_batch_keeps_order_and_goes_on_after_an_error(films: Engine) -> None:
    questions = [
        Question("Who directed Alien?", "a"),
        Question("Who directed it?", "b", ("nowhere",)),
        Question("Who directed Blade Runner?"),
    ]
    lines = [item.to_dict() for item in films.batch(questions)]
    assert [line["id"] for line in lines] == ["a", "b", "3"]
    assert lines[1]["error"]["code"] == "not_found" and "nowhere" in lines[1]["error"]["detail"]
    assert lines[2]["answers"][0]["id"] == "scott"


def test_a_batch_gives_what_each_question_gives_alone(films: Engine) -> None:
    asked = ["Who directed Alien?", "Which films did Ridley Scott direct?", "When was Blade Runner released?"]
    turns = ["", "please, ", "kindly tell me ", "I wonder: "]
    questions = [f"{turns[i % 4]}{asked[i % 3]}" for i in range(130)]  # more than are prepared at once

    def timeless(answer: Answer | BatchError) -> dict[str, object]:
        return {name: value for name, value in answer.to_dict().items() if name not in ("id", "timing_ms")}

    alone = {question: timeless(films.ask(question)) for question in questions}
    together = list(films.batch(Question(question) for question in questions))
    assert [timeless(answer) for answer in together] == [alone[question] for question in questions]


def test_a_batch_reads_questions_as_it_goes(films: Engine) -> None:
    read: list[int] = []

    def endless() -> Iterator[Question]:
        while True:
            read.append(1)
            yield Question("Who directed Alien?")

    first = next(films.batch(endless()))
    assert not first.to_dict()["abstained"] and len(read) < 1000


def test_of_many_answers_the_first_are_claimed_and_all_are_given(own: Engine) -> None:
    films = [f"film {number:03}" for number in range(90)]
    records = [
        record for film in films for record in (Entity(film, types=("film",)), Triple(film, "directed_by", "scott"))
    ]
    own.ingest(records, source_name="more")
    own.refresh()
    answer = own.ask("Which films did Ridley Scott direct?")
    assert answer.answers_total == len(answer.answers) > 90
    assert len(answer.evidence) == len(answer.claims) == own.settings.max_evidence
    assert f"and {answer.answers_total - 10} more" in answer.text
    assert answer.verdict.label is VerdictLabel.SUPPORTED


def test_the_asynchronous_twin_answers_alike(films: Engine) -> None:
    assert asyncio.run(films.aask("Who directed Alien?")).text == films.ask("Who directed Alien?").text


def test_the_asynchronous_twins_that_write_take_turns_and_leave_the_loop_free(tmp_path: Path) -> None:
    async def write(engine: Engine) -> int:
        parts = [engine.aingest([Triple("a", "r", f"b{n}")], source_name=f"s{n}") for n in range(4)]
        reports = await asyncio.gather(*parts)
        assert sum(report.added for report in reports) == 4
        await engine.adelete(source="s0")
        assert (await engine.aindex()).revision == await engine.arefresh()
        return engine.store.counts().statements

    with Engine.create(tmp_path / "asynchronous") as engine:
        assert asyncio.run(write(engine)) == 3


def test_a_cancelled_ingest_ends_in_its_thread_leaving_nothing_and_the_loop_goes_on(tmp_path: Path) -> None:
    given = 0

    def endless() -> Iterator[Triple]:
        nonlocal given
        while True:
            given += 1
            yield Triple(f"a{given}", "r", "b")

    async def cancelled(engine: Engine) -> None:
        task = asyncio.create_task(engine.aingest(endless(), source_name="endless"))
        while given < 20_000:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with Engine.create(tmp_path / "cancelled") as engine:
        asyncio.run(cancelled(engine))
        ended = given
        assert engine.store.counts().statements == 0
        assert engine.ingest([Triple("a", "r", "b")], source_name="s").added == 1
        assert given == ended


def test_search_finds_passages_and_triples_without_an_answer(films: Engine) -> None:
    results = films.search("neon streets of Blade Runner", k=2).to_dict()["results"]
    assert {result["kind"] for result in results} == {"passage", "triple"}
    assert results[0]["id"] == "p1"
