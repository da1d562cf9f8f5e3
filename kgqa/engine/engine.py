"""The engine: one object that opens a graph, learns from it and answers questions about it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

from kgqa.config import Settings, load_settings, prepare_environment
from kgqa.engine.answering import Answering
from kgqa.engine.asking import AskOptions
from kgqa.engine.describing import describe
from kgqa.engine.exporting import export
from kgqa.engine.folders import Folders
from kgqa.engine.ingesting import IngestOptions, ingest
from kgqa.engine.judging import judge_answer
from kgqa.engine.location import locate, open_store
from kgqa.engine.reports import BatchError, IndexReport, IngestReport, SearchReport, TrainReport
from kgqa.engine.rooms import Rooms, open_encoder, open_rooms
from kgqa.errors import KgqaError, UsageError
from kgqa.generation.chat import ChatModel, langchain_model
from kgqa.graph.store import GraphStore, Problem, WriteReport
from kgqa.index.vector_refresh import Encoder
from kgqa.types import Answer, Mention, Progress, Question, Verdict

if TYPE_CHECKING:
    from kgqa.graph.validation import ShaclReport

_CHUNK = 64  # questions whose words are encoded together


class Engine:
    """Answers questions from one graph. A context manager; safe from many threads; usable again after fork.

    An open engine answers at one revision, the newest when it first answers; ``refresh`` moves it. Make one with
    ``Engine.create`` or ``Engine.open``.
    """

    def __init__(
        self,
        place: str | Path,
        *,
        settings: Settings,
        create: bool,
        language: str | None = None,
        chat_model: Any = None,
    ) -> None:
        prepare_environment(settings)
        self.settings = settings
        self.location = locate(place, settings)
        self._folders = Folders(self.location.folder)
        self._lock = threading.RLock()
        self._store: GraphStore | None = open_store(
            self.location, create=create, language=language or settings.language
        )
        self._rooms: Rooms | None = None
        self._encoder: Encoder | None = None
        self._chat: ChatModel | None = None if chat_model is None else langchain_model(chat_model)
        self._process = os.getpid()

    @classmethod
    def create(
        cls,
        place: str | Path,
        *,
        language: str | None = None,
        settings: Settings | None = None,
        chat_model: Any = None,
    ) -> Self:
        """Makes a new graph in a folder (or an empty server database). Raises UsageError when there is one already.

        ``chat_model``: any LangChain chat model, to word checked answers.
        """
        return cls(place, settings=settings or load_settings(), create=True, language=language, chat_model=chat_model)

    @classmethod
    def open(cls, place: str | Path, *, settings: Settings | None = None, chat_model: Any = None) -> Self:
        """Opens a graph; ``chat_model`` as for ``create``. Raises StoreNotFoundError when there is none."""
        return cls(place, settings=settings or load_settings(), create=False, chat_model=chat_model)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of files and connections. A closed engine cannot be used again."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = self._rooms = self._encoder = None

    # --- the graph

    @property
    def store(self) -> GraphStore:
        """The store itself, for reading."""
        with self._lock:
            if self._store is None:
                raise UsageError(f"the engine on {self.location} is closed")
            if os.getpid() != self._process:  # after fork: connections of the parent are not ours
                self._store = open_store(self.location)
                self._rooms = self._encoder = None  # a lock of theirs may have been held
                self._process = os.getpid()
            return self._store

    @property
    def revision(self) -> int:
        """The store's revision."""
        return self.store.revision

    def ingest(self, source: Any, *, progress: Progress | None = None, **options: Any) -> IngestReport:
        """Adds what a source says.

        A source is a path, records, a pandas DataFrame, a networkx or rdflib graph, a PyKEEN TriplesFactory or a list
        of LangChain documents.
        Options: ``source_name``, ``format``, ``replace``, ``on_error`` ("stop" or "skip"), ``skipped`` (a file for
        skipped lines), ``map``, ``header``, ``dry_run``; see ``IngestOptions``. Raises InputError for bad input:
        then nothing of the source is kept.
        """
        return ingest(self.store, source, IngestOptions(**options), progress=progress)

    def delete(self, *, source: str) -> WriteReport:
        """Removes everything that only this source says. Raises NotFoundError for an unknown source."""
        return self.store.delete(source=source)

    def export(self, target: str | Path | TextIO, *, format: str | None = None, source: str | None = None) -> int:
        """Writes everything (or one source), sorted: equal graphs give equal bytes. Returns the records written.

        ``format``: "jsonl" (the default, which loses nothing) or "nquads", "ntriples", "turtle", by which the file's
        suffix decides too. ``target`` is a file, which appears whole or not at all, or an open text stream.
        """
        return export(self.store, target, format=format, source=source)

    def verify_store(self) -> list[Problem]:
        """Checks the store and what lies beside it; an empty list means sound."""
        from kgqa.graph.snapshot import verify_snapshot

        return [*self.store.verify(), *verify_snapshot(self._folders.snapshot)]

    def validate(self, shapes: str | Path) -> ShaclReport:
        """Checks the graph against a Turtle file of SHACL shapes; the whole graph is held in memory meanwhile.

        Raises MissingDependencyError without pySHACL, InputError for shapes that cannot be read.
        """
        from kgqa.graph.validation import validate

        return validate(self.store.export(), shapes, language=self.store.language)

    def info(self) -> dict[str, Any]:
        """What the graph holds, its sources and models, and the settings; nothing secret."""
        return describe(self.store, self.location, self._folders, self.settings)

    # --- what is built from it

    def index(self, *, progress: Progress | None = None) -> IndexReport:
        """Brings snapshot, text and vectors up to the store's revision; only what changed is done again."""
        from kgqa.engine.indexing import bring_up_to_date

        report = bring_up_to_date(self.store, self._folders, self.settings, self._text_encoder(), progress=progress)
        self.refresh()
        return report

    def train(self, what: str, *, progress: Progress | None = None, **options: Any) -> TrainReport:
        """Trains "embeddings" (PyKEEN, for link prediction) or "planner" (on questions synthesised from the graph)."""
        from kgqa.engine.training import train

        report = train(what, self.store, self._folders, self.settings, progress=progress, options=options)
        self.refresh()
        return report

    def refresh(self) -> int:
        """Moves the engine to the newest revision and models. Returns the revision."""
        with self._lock:
            self._rooms = None
        return self.rooms().revision

    def rooms(self, *, progress: Progress | None = None) -> Rooms:
        """Everything that answers, opened on first use at the newest revision."""
        store = self.store
        with self._lock:
            if self._rooms is None:
                encoder = self._text_encoder()
                self._rooms = open_rooms(store, self._folders, self.settings, encoder, progress=progress)
            return self._rooms

    def _text_encoder(self) -> Encoder:
        """Opened once: what it knows does not depend on the graph."""
        with self._lock:
            if self._encoder is None:
                self._encoder = open_encoder(self.settings)
            return self._encoder

    # --- questions

    def ask(
        self,
        question: str,
        *,
        entities: Iterable[str] | None = None,
        complete: bool = False,
        timeout: float | None = None,
    ) -> Answer:
        """The answer to a question, or an abstention with its reason.

        ``entities``: ids that the question is about, so that none is searched for. ``complete``: missing edges may be
        predicted even where the graph has an answer. ``timeout``: seconds.
        Raises UsageError for an empty question, NotFoundError for an id that the graph lacks.
        """
        if not question.strip():
            raise UsageError("the question is empty")
        given = None if entities is None else tuple(entities)
        return self._answering().ask(question, AskOptions(given, complete, timeout))

    def batch(
        self, questions: Iterable[Question], *, progress: Progress | None = None
    ) -> Iterator[Answer | BatchError]:
        """An answer for each question, in order; a question that fails gives a BatchError and the rest goes on.

        Questions are read some at a time, and their words encoded together; ``stream`` reads one by one.
        """
        answering = self._answering()
        number = 0
        rest = iter(questions)
        while chunk := tuple(islice(rest, _CHUNK)):
            for question, prepared in zip(chunk, answering.prepare(chunk), strict=True):
                number += 1
                name = question.id or str(number)
                try:
                    if not question.question.strip():
                        raise UsageError("the question is empty")
                    answer = answering.ask(question.question, AskOptions(question.entities, prepared=prepared))
                    yield replace(answer, id=name)
                except KgqaError as error:
                    yield BatchError(name, number, error.code, str(error))
                if progress is not None:
                    progress("answering", number, None)

    def search(
        self, query: str, *, k: int = 10, kind: str | None = None, channels: Sequence[str] | None = None
    ) -> SearchReport:
        """Passages and triples for a query, ranked, without an answer: ``k`` of each kind, or of one ``kind``.

        ``channels``: only these ("bm25", "dense", "plan", "triples"). Raises UsageError for an empty query, an
        unknown kind or channel.
        """
        if not query.strip():
            raise UsageError("the query is empty")
        retriever = self.rooms().retriever
        return SearchReport(query, retriever.search(query, k=k, kind=kind, channels=channels), retriever.revision)

    def link(self, text: str) -> tuple[Mention, ...]:
        """What a text names: spans with their readings, best first."""
        return self.rooms().linker.link(text)

    def verify(self, answer: Answer | Mapping[str, Any]) -> Verdict:
        """Judges an answer of any system, in our format, against this graph as it stands."""
        return judge_answer(answer, self.rooms(), threshold=self.settings.predict_above)

    def stream(self, questions: Iterable[str]) -> Iterator[Answer]:
        """Answers one by one as the questions come."""
        for question in questions:
            yield self.ask(question)

    # --- asynchronous twins: the work is done in a thread, so that an event loop goes on

    async def aask(self, question: str, **options: Any) -> Answer:
        """``ask`` without blocking the event loop."""
        return await asyncio.to_thread(self.ask, question, **options)

    async def asearch(self, query: str, **options: Any) -> SearchReport:
        """``search`` without blocking the event loop."""
        return await asyncio.to_thread(self.search, query, **options)

    async def aingest(self, source: Any, **options: Any) -> IngestReport:
        """``ingest`` without blocking the event loop."""
        return await asyncio.to_thread(self.ingest, source, **options)

    async def astream(self, questions: AsyncIterable[str]) -> AsyncIterator[Answer]:
        """``stream`` over questions that come asynchronously."""
        async for question in questions:
            yield await self.aask(question)

    # --- LangChain

    def as_runnable(self) -> Any:
        """A LangChain ``Runnable`` from a question to an ``Answer``."""
        from kgqa.engine.langchain import runnable

        return runnable(self)

    def as_tool(self, *, name: str = "knowledge_graph", description: str | None = None) -> Any:
        """A LangChain tool that answers a question with citations."""
        from kgqa.engine.langchain import tool

        return tool(self, name=name, description=description)

    def as_retriever(self, *, k: int = 10) -> Any:
        """A LangChain ``BaseRetriever`` over the passages."""
        from kgqa.retrieval.langchain import as_retriever

        return as_retriever(self.rooms().retriever, k=k)

    def _answering(self) -> Answering:
        rooms = self.rooms()
        with self._lock:
            if self._chat is None and self.settings.chat_model is not None:
                from kgqa.generation.chat import local_model

                self._chat = local_model(self.settings.chat_model, online=self.settings.online)
            return Answering(rooms, self.settings, chat=self._chat)
