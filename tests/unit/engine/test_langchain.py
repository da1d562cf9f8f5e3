"""The engine as LangChain knows things."""

import asyncio

from kgqa import Engine


def test_the_runnable_gives_answers_one_by_one_and_in_batches(films: Engine) -> None:
    runnable = films.as_runnable()
    assert runnable.invoke("Who directed Alien?").answers[0].id == "scott"
    assert [a.answers[0].id for a in runnable.batch(["Who directed Alien?", "Who directed Blade Runner?"])] == [
        "scott",
        "scott",
    ]
    assert asyncio.run(runnable.ainvoke("Who directed Alien?")).answers[0].id == "scott"


def test_the_tool_says_answer_and_evidence_and_keeps_the_answer(films: Engine) -> None:
    tool = films.as_tool(name="films")
    message = tool.invoke(
        {"name": "films", "args": {"question": "Who directed Alien?"}, "id": "1", "type": "tool_call"}
    )
    assert message.content.splitlines() == ["Ridley Scott [1].", "[1] Alien - directed by - Ridley Scott"]
    assert message.artifact.answers[0].id == "scott"


def test_the_retriever_gives_documents_with_their_place(films: Engine) -> None:
    documents = films.as_retriever(k=1).invoke("neon streets")
    assert [document.metadata["id"] for document in documents] == ["p1"]


def test_the_retriever_takes_channels_and_its_asynchronous_twin_finds_the_same(films: Engine) -> None:
    retriever = films.as_retriever(k=1, channels=["bm25"], fusion="rrf")
    documents = asyncio.run(retriever.ainvoke("neon streets"))
    assert documents == retriever.invoke("neon streets")
    assert documents[0].metadata["channels"] == {"bm25": 1}
    report = asyncio.run(films.asearch("neon streets", k=1, channels=["bm25"]))
    assert [item.to_dict() for item in films.search_all(["neon streets"], k=1, channels=["bm25"])] == [report.to_dict()]
