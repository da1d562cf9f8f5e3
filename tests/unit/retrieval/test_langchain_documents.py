"""LangChain: its document loaders are read, and its retriever finds what they gave, with filters and asynchronously."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from kgqa import Engine, Filter


class Notes(BaseLoader):
    """A loader as users write them."""

    def lazy_load(self) -> Iterator[Document]:
        yield Document("The Vistula flows through Warsaw.", id="vistula", metadata={"title": "Vistula"})
        yield Document("Die Weichsel fließt durch Warschau.", id="weichsel", metadata={"language": "de"})


def test_what_a_loader_gives_is_found_by_the_retriever_both_ways(tmp_path: Path) -> None:
    with Engine.create(tmp_path / "store") as engine:
        engine.ingest(Notes(), source_name="notes")
        found = engine.as_retriever(k=2, channels=["bm25"]).invoke("Vistula Weichsel")
        assert {document.id for document in found} == {"vistula", "weichsel"}
        assert {document.metadata["sources"][0] for document in found} == {"notes"}
        german = engine.as_retriever(k=2, channels=["bm25"], where=Filter(languages=("de",)))
        (only,) = asyncio.run(german.ainvoke("Vistula Weichsel"))
        assert only.page_content == "Die Weichsel fließt durch Warschau."
