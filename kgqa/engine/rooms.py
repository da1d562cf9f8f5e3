"""Everything that answers at one revision, opened once and shared by all threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kgqa.config import Settings
from kgqa.engine.folders import Folders
from kgqa.errors import ModelError, UsageError
from kgqa.generation.chat import ChatModel
from kgqa.generation.graph_evidence import GraphEvidence
from kgqa.generation.prompts import load_prompt
from kgqa.generation.quoting import Quoter
from kgqa.generation.verbaliser import Verbaliser
from kgqa.graph.publish import read_pointer
from kgqa.graph.snapshot import Snapshot, open_snapshot
from kgqa.graph.store import GraphStore
from kgqa.graph.words import as_words
from kgqa.index.contract import NameIndex, VectorSearch
from kgqa.index.normalise import is_unspaced
from kgqa.index.text import TextIndex
from kgqa.index.vector_refresh import Encoder
from kgqa.index.vectors import VectorIndex
from kgqa.linking.linker import Linker
from kgqa.reasoning.explain import explain
from kgqa.reasoning.names import SnapshotNames
from kgqa.reasoning.plan import Plan
from kgqa.reasoning.search.planner import Planner
from kgqa.reasoning.search.ranking.ranker import Ranker, load_ranker
from kgqa.reasoning.search.ranking.reader_files import general_reader, open_reader
from kgqa.reasoning.search.ranking.reading import PlanReader
from kgqa.reasoning.search.vocabulary.schema import Schema, build_schema
from kgqa.retrieval.links.linked import NameReader
from kgqa.retrieval.links.refresh import refresh_links
from kgqa.retrieval.retriever import Retriever
from kgqa.types import FactSource, Progress, Relation

if TYPE_CHECKING:
    from kgqa.embeddings.on_server import ServerEmbeddings
    from kgqa.embeddings.predictor import LinkPredictor
    from kgqa.embeddings.towers.towers import Towers
    from kgqa.graph.neo4j import Neo4jStore
    from kgqa.retrieval.written import WrittenChannel

_STATEMENT_BYTES, _ENTITY_BYTES = 24, 64
"""What a snapshot takes for each, about; measured on graphs of a million statements."""


@dataclass(frozen=True)
class Rooms:
    """What one revision is answered from. ``notes`` say which models are stale or not used, and why."""

    store: GraphStore
    snapshot: Snapshot
    encoder: Encoder
    linker: Linker
    planner: Planner
    retriever: Retriever
    quoter: Quoter
    facts: FactSource | None
    embeddings: ServerEmbeddings | None
    towers: Towers | None
    verbaliser: Verbaliser
    names: SnapshotNames
    notes: tuple[str, ...] = ()

    @property
    def revision(self) -> int:
        return self.snapshot.revision

    def explain(self, plan: Plan) -> str:
        """The plan in English."""
        return explain(plan, self.names)

    def same_ids(self, id: str) -> Iterable[str]:
        """All ids of the thing with this id, itself included."""
        node = self.snapshot.node(id)
        if node is None:
            return (id,)
        return [
            id,
            *(other for member in self.snapshot.same_as(node) if (other := self.snapshot.id(member)) not in (None, id)),
        ]


def open_encoder(settings: Settings) -> Encoder:
    """The text encoder that the settings name."""
    from kgqa.embeddings.encoder import load_encoder

    return load_encoder(
        settings.encoder, cache=settings.cache, device=settings.device, threads=settings.threads, online=settings.online
    )


def open_rooms(
    store: GraphStore,
    folders: Folders,
    settings: Settings,
    encoder: Encoder,
    *,
    chat: ChatModel | None = None,
    progress: Progress | None = None,
) -> Rooms:
    """Brings snapshot and text index up to the store's revision; opens what answers, with whatever models there are.

    ``chat`` writes Cypher for the channel of that name. Raises UsageError where it has no server to write it for.
    """
    snapshot = _open_graph(store, folders, settings, progress)
    text = TextIndex.open(folders.text)
    names, names_notes = _open_names(store, text, settings)
    text.refresh(store, names=names is text, progress=progress)
    relations = store.relations()
    types = type_names(store, snapshot)
    schema = build_schema(snapshot, relations, encoder, type_names=types)
    ranker, reader, planner_notes = _open_rankers(store, folders, encoder, schema, settings)
    facts, facts_notes = _open_predictor(store, snapshot, folders, encoder)
    labels = {relation.id: relation.label or as_words(relation.id) for relation in relations}
    symmetric = frozenset(relation.id for relation in relations if relation.symmetric)
    embeddings, embeddings_notes = _open_embeddings(store, snapshot, settings)
    linker = open_linker(store, snapshot, names)
    towers, towers_notes = open_retriever(store, snapshot, folders)
    vectors, dense, vectors_notes = _open_vectors(store, encoder, dense_encoder(towers, settings), folders, settings)
    passage_names = name_reader(store, snapshot, text, names, linker)
    links = refresh_links(folders.links, store, passage_names, progress=progress)
    written = None if chat is None else _written_channel(store, snapshot, settings, chat)
    retriever = Retriever(
        store,
        snapshot,
        text,
        vectors=vectors,
        encoder=encoder,
        dense=dense,
        link=linker.link if passage_names.entities else None,
        links=links,
        written=written,
        edges=facts,
    )
    return Rooms(
        store=store,
        snapshot=snapshot,
        encoder=encoder,
        linker=linker,
        planner=Planner(
            snapshot,
            relations,
            encoder,
            ranker=ranker,
            schema=schema,
            reader=reader,
            max_hops=settings.max_hops,
            beam=settings.beam,
        ),
        retriever=retriever,
        quoter=Quoter(retriever, linker, snapshot, encoder),
        facts=facts,
        embeddings=embeddings,
        towers=towers,
        verbaliser=Verbaliser(snapshot, GraphEvidence(snapshot, store, labels), symmetric=symmetric),
        names=SnapshotNames(snapshot),
        notes=(*planner_notes, *facts_notes, *embeddings_notes, *towers_notes, *vectors_notes, *names_notes),
    )


def _open_graph(store: GraphStore, folders: Folders, settings: Settings, progress: Progress | None) -> Snapshot:
    """The snapshot, or the graph on its server where the snapshot would be larger than it may be."""
    if settings.snapshot_mb is not None:
        from kgqa.graph.neo4j import Neo4jStore
        from kgqa.graph.neo4j.serving import ServedGraph

        sources = store.sources()
        size = sum(source.statements * _STATEMENT_BYTES + source.entities * _ENTITY_BYTES for source in sources)
        if isinstance(store, Neo4jStore) and size > settings.snapshot_mb * 1_000_000:
            # It has every public method of Snapshot, which a test checks, and shares none of its memory.
            graph = ServedGraph(store, store.server, timeout=settings.query_timeout)
            return cast(Snapshot, graph)
    return open_snapshot(folders.snapshot, store, progress=progress)


def _written_channel(store: GraphStore, snapshot: Snapshot, settings: Settings, chat: ChatModel) -> WrittenChannel:
    from kgqa.graph.neo4j import Neo4jStore
    from kgqa.retrieval.written import WrittenChannel

    if not isinstance(store, Neo4jStore):
        raise UsageError("cypher_channel is set, but this graph is on no Neo4j server of its own")

    def write(question: str, labels: str, relationships: str) -> str:
        prompt = load_prompt("write_cypher")
        return chat(prompt.render(question=question, labels=labels, relationships=relationships))

    return WrittenChannel(store, snapshot, write, timeout=min(settings.query_timeout, 5.0))


def open_linker(store: GraphStore, snapshot: Snapshot, names: NameIndex) -> Linker:
    """The linker of questions and passages."""
    words = schema_words(store.relations(), snapshot, type_names(store, snapshot))
    return Linker(snapshot, names, relation_words=words, language=store.language)


def name_reader(store: GraphStore, snapshot: Snapshot, text: TextIndex, names: NameIndex, linker: Linker) -> NameReader:
    """What reads names off passages for the passage graph."""
    return NameReader(snapshot, text, names, linker, entities=store.counts().entities > 0)


def type_names(store: GraphStore, snapshot: Snapshot) -> dict[str, list[tuple[str, str]]]:
    """What the types that are entities themselves are called beside their labels, as (language, name)."""
    ids = {node: type_id for type_id in snapshot.type_ids if (node := snapshot.node(type_id)) is not None}
    out: dict[str, list[tuple[str, str]]] = {}
    for row in store.name_rows(numbers=sorted(ids)) if ids else ():
        out.setdefault(ids[row.node], []).append((row.language or store.language, row.name))
    return out


def schema_words(
    relations: Iterable[Relation], snapshot: Snapshot, types: Mapping[str, Iterable[tuple[str, str]]]
) -> frozenset[str]:
    """What relations and types are called, in any language: a name made only of such words is doubted.

    Names in scripts without spaces are left out: single characters say little.
    """
    words = {as_words(type) for type in snapshot.type_ids} | {name for named in types.values() for _, name in named}
    for relation in relations:
        words.add(relation.label or as_words(relation.id))
        if relation.inverse_label:
            words.add(relation.inverse_label)
        words.update(alias for aliases in relation.aliases.values() for alias in aliases)
        words.update(relation.labels.values())
    return frozenset(word for word in words if not any(map(is_unspaced, word)))


def _open_rankers(
    store: GraphStore, folders: Folders, encoder: Encoder, schema: Schema, settings: Settings
) -> tuple[Ranker, PlanReader | None, tuple[str, ...]]:
    """What was trained to rank plans on this graph where there is such and it may be used, else what is packaged."""
    general = general_reader(settings.reader, encoder, schema)
    pointer = read_pointer(folders.planner)
    if pointer is None:
        return load_ranker(), general, ()
    again = "train again: `kgqa train planner`"
    gone = sorted(set(pointer.get("sources", ())) - {source.name for source in store.sources()})
    if gone:
        note = f"the planner learnt from source {gone[0]!r}, which was deleted; {again}"
        return load_ranker(), general, (note,)
    try:
        ranker, reader = load_ranker(folders.planner), open_reader(folders.planner, encoder, schema)
    except ModelError as error:
        return load_ranker(), general, (str(error),)
    learnt, now = pointer.get("revision"), store.revision
    stale = f"the planner learnt from revision {learnt}, the graph is at {now}; {again}"
    return ranker, reader or general, () if learnt == now else (stale,)


def open_retriever(store: GraphStore, snapshot: Snapshot, folders: Folders) -> tuple[Towers | None, tuple[str, ...]]:
    """The trained towers where there are such and they may be used, and what is to be said about them."""
    if read_pointer(folders.retriever) is None:
        return None, ()
    from kgqa.embeddings.towers.towers import load_towers

    try:
        towers = load_towers(folders.retriever, store, snapshot)
    except ModelError as error:
        return None, (str(error),)
    if towers.unusable is not None:
        return None, (towers.unusable,)
    return towers, () if towers.stale is None else (towers.stale,)


def dense_encoder(towers: Towers | None, settings: Settings) -> Encoder | None:
    """What vectors of passages are to be made with, where that is not the encoder that the settings name."""
    from kgqa.embeddings.towers.tasks import Task

    if towers is None or not towers.kept(Task.PASSAGE):
        return None
    return towers.text_encoder(cache=settings.cache, device=settings.device, threads=settings.threads)


def _open_vectors(
    store: GraphStore, encoder: Encoder, dense: Encoder | None, folders: Folders, settings: Settings
) -> tuple[VectorSearch | None, Encoder | None, tuple[str, ...]]:
    """The vectors where they are of this store and of an encoder that there is; that one; what is to be said."""
    vectors: VectorSearch
    if settings.server_vectors:
        from kgqa.index.server_vectors import ServerVectors

        vectors = ServerVectors(server_store(store, "server_vectors").server)
        if vectors.fingerprint is None:
            return None, None, ("the server has no vectors of this graph yet; `kgqa index` puts them there",)
    else:
        vectors = local = VectorIndex.open(folders.vectors)
        if local.outdated:
            return None, None, ("the vectors have an older format and are not used; `kgqa index` makes them again",)
        if local.store is not None and local.store != store.identity:
            other = "the vectors were made from another store and are not used; `kgqa index` makes them again"
            return None, None, (other,)
        if local.fingerprint is None:
            return None, None, ()
    if dense is not None and vectors.fingerprint == dense.fingerprint:
        return vectors, dense, ()
    if vectors.fingerprint == encoder.fingerprint:
        older = "the vectors are older than the retriever and do without it; `kgqa index` makes them again"
        return vectors, encoder, () if dense is None else (older,)
    return None, None, ("the vectors were made by an encoder that is not used now; `kgqa index` makes them again",)


def server_store(store: GraphStore, setting: str) -> Neo4jStore:
    """The store, where it is a graph of ours on a server. Raises UsageError, by the setting that wants one."""
    from kgqa.graph.neo4j import Neo4jStore

    if not isinstance(store, Neo4jStore):
        raise UsageError(f"{setting} is set, but this graph is on no Neo4j server of its own")
    return store


def _open_names(store: GraphStore, text: TextIndex, settings: Settings) -> tuple[NameIndex, tuple[str, ...]]:
    """The names on the server where they are wanted and up to date, else the text index's; what is to be said."""
    if not settings.server_names:
        return text, ()
    from kgqa.index.server_names import ServerNames

    names = ServerNames(server_store(store, "server_names").server)
    if names.revision == store.revision:
        return names, ()
    older = "are not there yet" if names.revision is None else f"show revision {names.revision}"
    return text, (f"the names on the server {older} and are not used; `kgqa index` brings them up to date",)


def _open_embeddings(
    store: GraphStore, snapshot: Snapshot, settings: Settings
) -> tuple[ServerEmbeddings | None, tuple[str, ...]]:
    """The embeddings on the server where they are wanted and may be used, and what is to be said about them."""
    if not settings.server_vectors:
        return None, ()
    from kgqa.embeddings.on_server import ServerEmbeddings

    found = ServerEmbeddings(server_store(store, "server_vectors"), snapshot)
    if found.unusable is not None:
        return None, (found.unusable,)
    return None if found.fingerprint is None else found, () if found.stale is None else (found.stale,)


def _open_predictor(
    store: GraphStore, snapshot: Snapshot, folders: Folders, encoder: Encoder
) -> tuple[LinkPredictor | None, tuple[str, ...]]:
    """The link predictor where one is trained and may be used, and what is to be said about it."""
    if read_pointer(folders.embeddings) is None:
        return None, ()
    from kgqa.embeddings.predictor import load_predictor

    try:
        predictor = load_predictor(folders.embeddings, store, snapshot, encoder=lambda: encoder)
    except ModelError as error:
        return None, (str(error),)
    if predictor.unusable is not None:
        return None, (predictor.unusable,)
    return predictor, (predictor.stale,) if predictor.stale is not None else ()
