"""The engine: one object that opens a graph, learns from it and answers questions about it."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

from kgqa.config import Settings, load_settings, prepare_environment
from kgqa.engine.answering import Answering
from kgqa.engine.asking import AskOptions
from kgqa.engine.asynchronous import in_thread
from kgqa.engine.describing import describe
from kgqa.engine.exporting import export
from kgqa.engine.folders import Folders
from kgqa.engine.ingesting import IngestOptions, ingest
from kgqa.engine.judging import judge_answer
from kgqa.engine.links import NeighbourReport, Prediction, SuspiciousReport, predict, related, similar, suspicious
from kgqa.engine.location import locate, open_store
from kgqa.engine.reports import BatchError, FolderReport, IndexReport, IngestReport, SearchReport, TrainReport
from kgqa.engine.rooms import Rooms, open_encoder, open_rooms
from kgqa.errors import KgqaError, UsageError
from kgqa.generation.chat import ChatModel, langchain_model
from kgqa.graph.store import GraphStore, Problem, WriteReport
from kgqa.index.vector_refresh import Encoder
from kgqa.types import Answer, Mention, Progress, Question, Verdict

if TYPE_CHECKING:
    from kgqa.engine.extracting import ExtractReport
    from kgqa.graph.validation import ShaclReport
    from kgqa.linking.resolving.resolve import SamePair
    from kgqa.retrieval.filters import Filter

_SAMPLE = 8  # passages encoded to estimate the time of all
_CHUNK = 128  # questions whose words are encoded together


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
            self.location,
            create=create,
            language=language or settings.language,
            server_wait=settings.server_wait,
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
                self._store = open_store(self.location, server_wait=self.settings.server_wait)
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
        skipped lines), ``map``, ``header``, ``dry_run``, ``overlap`` (words); see
        ``IngestOptions``. Raises InputError for bad input:
        then nothing of the source is kept.
        """
        return ingest(self.store, source, self._ingest_options(options), progress=progress)

    def ingest_folder(self, folder: str | Path, *, progress: Progress | None = None, **options: Any) -> FolderReport:
        """Adds every file of a folder, each as a source of its own; see ``kgqa.engine.documents.ingest_folder``.

        Files whose content is in the graph already are passed over; one that cannot be read is reported and the rest
        goes on. Options: ``replace`` (sources of files that are gone are deleted), ``on_error``, ``skipped``,
        ``dry_run`` (with an estimate of disk and of the time that encoding will take), ``overlap``.
        """
        from kgqa.engine.documents import ingest_folder

        given = self._ingest_options(options)
        report = ingest_folder(self.store, Path(folder), self._folders.files, given, progress=progress)
        if given.dry_run and report.passages:
            report = replace(report, encode_seconds=self._encoding_seconds(report))
        return report

    def _encoding_seconds(self, report: FolderReport) -> float:
        """How long ``index`` will encode that much text, from one passage of the usual length."""
        encoder = self._text_encoder()
        sample = ["word " * max(1, report.characters // report.passages // 5)] * _SAMPLE
        encoder.encode(sample[:1])  # what the first call loads does not count
        begin = time.perf_counter()
        encoder.encode([f"{n} {text}" for n, text in enumerate(sample)])
        return round((time.perf_counter() - begin) / _SAMPLE * report.passages, 1)

    def _ingest_options(self, options: dict[str, Any]) -> IngestOptions:
        return IngestOptions(**{"overlap": self.settings.overlap, **options})

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

    def index(self, *, vectors: str | Path | None = None, progress: Progress | None = None) -> IndexReport:
        """Brings snapshot, text and vectors up to the store's revision; only what changed is done again.

        ``vectors``: a Parquet table of passages encoded elsewhere (``encode``). Raises InputError for one that is none.
        """
        from kgqa.engine.indexing import bring_up_to_date

        place = None if vectors is None else Path(vectors)
        report = bring_up_to_date(
            self.store, self._folders, self.settings, self._text_encoder(), vectors_of=place, progress=progress
        )
        self.refresh()
        return report

    def encode(
        self,
        source: str | Path,
        target: str | Path,
        *,
        ray: bool = False,
        processes: int = 1,
        progress: Progress | None = None,
    ) -> int:
        """Encodes a Parquet corpus (id, text, perhaps title) as ``index`` would, into Parquet: a file, or with ``ray``
        a folder that Ray Data writes with so many ``processes``. Gives the number of passages. ``index`` takes it.
        """
        from kgqa.engine.encoding import encode_passages

        return encode_passages(
            self.rooms(), self.settings, Path(source), Path(target), ray=ray, processes=processes, progress=progress
        )

    def extract(
        self,
        out: str | Path,
        *,
        source: str = "extracted",
        resume: bool = False,
        overwrite: bool = False,
        limit: int | None = None,
        progress: Progress | None = None,
    ) -> ExtractReport:
        """Has the chat model read triples off the passages, into a file of records for ``ingest``.

        They are of the given ``source`` and name their passage in the qualifier "passage". Only triples are taken whose
        two names stand in the passage. ``resume`` goes on with a file where a run ended, ``limit`` passages more.

        Raises UsageError without a chat model, for a file that exists, and for one that cannot be gone on with.
        """
        from kgqa.engine.extracting import extract_into

        model = self._chat_model()
        if model is None:
            raise UsageError("there is no chat model to read triples off passages: set chat_model")
        return extract_into(
            self.store,
            self._folders,
            model,
            Path(out),
            source=source,
            resume=resume,
            overwrite=overwrite,
            limit=limit,
            progress=progress,
        )

    def train(self, what: str, *, progress: Progress | None = None, **options: Any) -> TrainReport:
        """Trains "embeddings" (PyKEEN, for link prediction), "planner" (on questions synthesised from the graph) or
        "retriever" (two towers, for passages and for entities beside entities).
        """
        from kgqa.engine.training import train

        report = train(what, self.store, self._folders, self.settings, progress=progress, options=options)
        self.refresh()
        return report

    def refresh(self) -> int:
        """Moves the engine to the newest revision and models. Returns the revision."""
        self.store.follow()
        with self._lock:
            self._rooms = None
        return self.rooms().revision

    def rooms(self, *, progress: Progress | None = None) -> Rooms:
        """Everything that answers, opened on first use at the newest revision."""
        store = self.store
        with self._lock:
            if self._rooms is None:
                encoder = self._text_encoder()
                chat = self._chat_model() if self.settings.cypher_channel else None
                if self.settings.cypher_channel and chat is None:
                    raise UsageError(
                        "cypher_channel is set, but there is no chat model to write Cypher: set chat_model"
                    )
                self._rooms = open_rooms(store, self._folders, self.settings, encoder, chat=chat, progress=progress)
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
        self,
        query: str,
        *,
        k: int = 10,
        kind: str | None = None,
        channels: Sequence[str] | None = None,
        fusion: str = "convex",
        where: Filter | None = None,
        rerank: str | None = None,
    ) -> SearchReport:
        """Passages and triples for a query, ranked, without an answer: ``k`` of each kind, or of one ``kind``.

        ``channels``: only these ("bm25", "dense", "plan", "ppr", "bridge", "facts", "edges"). ``fusion``:
        "convex" or "rrf". ``where``: only these sources, types, languages or times. ``rerank``: "late" interaction, or
        the folder of a cross-encoder, ranks the first 20 passages again. Raises UsageError for an empty query, an
        unknown kind, channel, fusion or reranker, NotFoundError for a source or type that the graph lacks.
        """
        if not query.strip():
            raise UsageError("the query is empty")
        retriever = self.rooms().retriever
        found = retriever.search(query, k=k, kind=kind, channels=channels, fusion=fusion, where=where, rerank=rerank)
        return SearchReport(query, found, retriever.revision)

    def search_all(self, queries: Iterable[str], **options: Any) -> Iterator[SearchReport]:
        """``search`` for many queries, in order; their words are encoded together, some at a time and ahead."""
        retriever = self.rooms().retriever
        rest = iter(queries)
        chunk = list(islice(rest, _CHUNK))
        with ThreadPoolExecutor(max_workers=1) as beside:
            encoded = beside.submit(retriever.prepare, chunk)
            while chunk:
                encoded.result()
                following = list(islice(rest, _CHUNK))
                encoded = beside.submit(retriever.prepare, following)
                for query in chunk:
                    yield self.search(query, **options)
                chunk = following

    def link(self, text: str) -> tuple[Mention, ...]:
        """What a text names: spans with their readings, best first."""
        return self.rooms().linker.link(text)

    def resolve(
        self, *, above: float = 0.5, write: str | None = None, progress: Progress | None = None
    ) -> list[SamePair]:
        """Entities that may be one thing, surest first, with a probability of at least ``above``.

        ``write``: the name of a source that shall say so, as its whole content (deleting it parts them again). Raises
        UsageError for a probability that is none, or for a source that says more than ``same``.
        """
        from kgqa.engine.resolving import resolve_entities

        pairs = resolve_entities(
            self.store, self._folders, above=above, write=write, seed=self.settings.seed, progress=progress
        )
        if write is not None:
            with self._lock:
                self._rooms = None
        return pairs

    def predict(
        self,
        *,
        relation: str,
        head: str | None = None,
        tail: str | None = None,
        k: int = 10,
        explain: bool = False,
        approximate: bool = False,
    ) -> list[Prediction]:
        """The ``k`` best facts that the graph lacks for one end, with the probability that they are true.

        Known facts, and what the relation does not take, are left out; ``explain`` adds known paths that speak for a
        fact. ``approximate`` finds them in a tenth of the time where a million things may be the answer, and may miss
        a few (extra ``ann``; see ``LinkPredictor.scan``). Raises ModelError when no embeddings may be used,
        NotFoundError for an id that they do not know, UsageError unless one end is given, or where the model cannot be
        asked approximately, MissingDependencyError without FAISS.
        """
        return predict(
            self.rooms(), relation=relation, head=head, tail=tail, k=k, explain=explain, approximate=approximate
        )

    def similar(self, entity: str, *, k: int = 10) -> NeighbourReport:
        """The ``k`` entities most like this one, by the trained retriever where there is one, else by embeddings.

        Raises ModelError without either, NotFoundError for an id that the graph lacks.
        """
        return similar(self.rooms(), entity, k=k)

    def related(self, entity: str, *, k: int = 10) -> NeighbourReport:
        """The ``k`` entities that go with this one, and by which relation; known or not. As ``similar``."""
        return related(self.rooms(), entity, k=k)

    def suspicious(self, *, k: int = 100, progress: Progress | None = None) -> SuspiciousReport:
        """The ``k`` least probable statements between entities: candidates for errors. Small models are trained.

        Raises ModelError for a graph with fewer than 100 statements between entities.
        """
        return suspicious(self.store, k=k, seed=self.settings.seed, device=self.settings.device, progress=progress)

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
        """``ingest`` without blocking the event loop; cancelled, it leaves what Ctrl-C would leave."""
        return await in_thread(self.ingest, source, **options)

    async def adelete(self, *, source: str) -> WriteReport:
        """``delete`` without blocking the event loop."""
        return await asyncio.to_thread(self.delete, source=source)

    async def aindex(self, **options: Any) -> IndexReport:
        """``index`` without blocking the event loop; cancelled, it leaves what Ctrl-C would leave."""
        return await in_thread(self.index, **options)

    async def arefresh(self) -> int:
        """``refresh`` without blocking the event loop."""
        return await asyncio.to_thread(self.refresh)

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

    def as_retriever(
        self,
        *,
        k: int = 10,
        kind: str | None = "passage",
        channels: Sequence[str] | None = None,
        fusion: str = "convex",
        where: Filter | None = None,
    ) -> Any:
        """A LangChain ``BaseRetriever`` over the passages, or over triples too (``kind`` None)."""
        from kgqa.retrieval.langchain import as_retriever

        return as_retriever(self.rooms().retriever, k=k, kind=kind, channels=channels, fusion=fusion, where=where)

    def _answering(self) -> Answering:
        rooms = self.rooms()
        return Answering(rooms, self.settings, chat=self._chat_model())

    def _chat_model(self) -> ChatModel | None:
        """The one given, or the one that the settings name, opened once."""
        with self._lock:
            if self._chat is None and self.settings.chat_model is not None:
                from kgqa.generation.chat import local_model

                self._chat = local_model(self.settings.chat_model, online=self.settings.online)
            return self._chat
