"""The retriever for LangChain: a BaseRetriever that gives Documents."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kgqa.retrieval.results import PassageResult, SearchResult

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    from kgqa.retrieval.filters import Filter
    from kgqa.retrieval.retriever import Retriever


def to_document(result: SearchResult) -> Document:
    """A Document with a passage's whole text, or a triple in words.

    Metadata: kind, score, channels, sources; for a passage id, title and the span [start, end) nearest to the query;
    for a triple head, relation and tail.
    """
    from langchain_core.documents import Document

    data = result.to_dict()
    data.pop("text", None)
    if isinstance(result, PassageResult):
        return Document(page_content=result.passage.text, id=result.passage.id, metadata=data)
    return Document(page_content=result.text, metadata=data)


def as_retriever(
    retriever: Retriever,
    *,
    k: int = 10,
    kind: str | None = "passage",
    channels: Sequence[str] | None = None,
    fusion: str = "convex",
    where: Filter | None = None,
) -> BaseRetriever:
    """A LangChain retriever over ``retriever``; its async calls run in a thread.

    ``k`` Documents of each kind; ``kind`` None gives passages, then triples. ``channels``, ``fusion`` and ``where``
    as in ``Retriever.search``.
    """
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.retrievers import BaseRetriever

    class KgqaRetriever(BaseRetriever):
        """Passages and triples of a graph and its documents."""

        number: int = k

        def _found(self, query: str) -> list[Document]:
            found = retriever.search(query, k=self.number, kind=kind, channels=channels, fusion=fusion, where=where)
            return [to_document(result) for result in found]

        def _get_relevant_documents(
            self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **_: Any
        ) -> list[Document]:
            return self._found(query)

        async def _aget_relevant_documents(
            self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **_: Any
        ) -> list[Document]:
            return await asyncio.to_thread(self._found, query)

    return KgqaRetriever()
