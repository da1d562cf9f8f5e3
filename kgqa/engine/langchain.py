"""The engine as LangChain knows things: a runnable and a tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgqa.types import Answer, TripleEvidence

if TYPE_CHECKING:
    from kgqa.engine.engine import Engine

_DESCRIPTION = (
    "Answers a question from the knowledge graph and its documents, with numbered evidence. "
    "Says so when it does not know."
)


def runnable(engine: Engine) -> Any:
    """A Runnable: question in, Answer out; ``ainvoke`` does not block the event loop."""
    from langchain_core.runnables import RunnableLambda

    return RunnableLambda(engine.ask, afunc=engine.aask, name="kgqa")


def tool(engine: Engine, *, name: str, description: str | None) -> Any:
    """A StructuredTool: question in, text with its evidence out; the Answer itself is the artifact."""
    from langchain_core.tools import StructuredTool

    def answer(question: str) -> tuple[str, Answer]:
        found = engine.ask(question)
        return as_text(found), found

    async def aanswer(question: str) -> tuple[str, Answer]:
        found = await engine.aask(question)
        return as_text(found), found

    return StructuredTool.from_function(
        func=answer,
        coroutine=aanswer,
        name=name,
        description=description or _DESCRIPTION,
        response_format="content_and_artifact",
    )


def as_text(answer: Answer) -> str:
    """The answer with its numbered evidence, as a model reads it."""
    lines = [answer.text]
    for item in answer.evidence:
        if isinstance(item, TripleEvidence):
            mark = " (predicted)" if item.predicted else ""
            lines.append(f"[{item.n}] {item.head_label} - {item.relation_label} - {item.tail_label}{mark}")
        else:
            lines.append(f"[{item.n}] {item.text}")
    return "\n".join(lines)
