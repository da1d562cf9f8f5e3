"""Examples of every task, made from a graph and its passages alone: no labels, no language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kgqa.embeddings.towers.features import EntityFeatures
from kgqa.embeddings.towers.tasks import Task
from kgqa.graph.snapshot import Snapshot
from kgqa.graph.store import GraphStore
from kgqa.index.minhash import NearDuplicates
from kgqa.index.normalise import name_key
from kgqa.reasoning.execute import ResultKind, execute
from kgqa.reasoning.explain import path_phrase
from kgqa.reasoning.names import SnapshotNames
from kgqa.reasoning.plan import Hop, Plan, Start, Step
from kgqa.retrieval.sentences import split_sentences
from kgqa.training.questions import SyntheticQuestion
from kgqa.training.retriever.data import Example, Part, RetrieverData, Source, joint_part, part_of
from kgqa.training.retriever.likeness import alike
from kgqa.types import MentionSpan, Passage

Linked = Callable[[Passage], Sequence[MentionSpan]]
MOST_RIGHT = 20
"""Answers of a question above which it is no example: it asks for a kind of thing, not for things."""
MOST_PAIRS = 32
"""Entities that go with one, at most."""
LEAST_WORDS = 5
CLOZE_PER_PASSAGE = 2


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all examples are made from. ``of_node``: positions of entities; ``about``: entities of each passage."""

    store: GraphStore
    snapshot: Snapshot
    features: EntityFeatures
    passages: tuple[Passage, ...]
    of_node: Mapping[int, int]
    about: tuple[tuple[int, ...], ...]

    def part(self, entity: int) -> Part:
        return part_of(self.features.ids[entity])

    def passage_part(self, number: int) -> Part:
        """That of the entity it mentions first; of its own id where it mentions none."""
        about = self.about[number]
        return self.part(about[0]) if about else part_of(self.passages[number].id)


def synthesise(
    store: GraphStore,
    snapshot: Snapshot,
    features: EntityFeatures,
    questions: Sequence[SyntheticQuestion],
    *,
    linked: Linked,
    info: Mapping[str, Any],
    most_passages: int = 20_000,
) -> RetrieverData:
    """Examples of every task that the graph gives any of, without duplicates.

    Queries of the same words are one, and a passage that nearly repeats one before it is left out (MinHash; Lee et al.,
    2022): else what is held out would be learnt from its copy. ``info`` then tells how many.

    Args:
        questions: from the synthesiser, names put in
        linked: finds the entities in a passage
        info: revision, sources and encoder, kept with the data
        most_passages: looked at, the first by id
    """
    of_node = {int(node): place for place, node in enumerate(features.nodes)}
    looked_at = [passage for passage, _ in zip(store.passages(), range(most_passages))]
    copies = NearDuplicates()
    passages = tuple(passage for passage in looked_at if copies.add(passage.id, passage.text) is None)
    about = tuple(_entities_in(passage, linked(passage), snapshot, of_node) for passage in passages)
    ground = _Ground(store, snapshot, features, passages, of_node, about)
    plans: dict[str, int] = {}
    similar = alike(features)
    made = [
        *_from_questions(ground, questions, plans),
        *_from_names(ground),
        *_from_passages(ground),
        *_similar(ground, similar),
        *_related(ground, similar),
    ]
    unique: dict[tuple[Any, ...], Example] = {}
    for item in made:
        words = name_key(item.query) or item.query
        key = item.task, item.source, item.part, words, item.entity, item.text
        first = unique.setdefault(key, item)
        unique[key] = replace(first, right=tuple(dict.fromkeys((*first.right, *item.right))))
    told = {**info, "near_duplicates": len(looked_at) - len(passages), "repeated_examples": len(made) - len(unique)}
    texts = tuple(f"{item.title}\n{item.text}" if item.title else item.text for item in passages)
    return RetrieverData(
        tuple(item.id for item in passages), texts, tuple(plans), features, tuple(unique.values()), told
    )


def _entities_in(
    passage: Passage, found: Sequence[MentionSpan], snapshot: Snapshot, of_node: Mapping[int, int]
) -> tuple[int, ...]:
    """The entities that a passage mentions, in order."""
    spans = sorted((*passage.mentions, *found), key=lambda span: (span.start, span.end))
    nodes = (snapshot.node(span.entity) for span in spans)
    places = (of_node.get(snapshot.representative(node)) for node in nodes if node is not None)
    return tuple(dict.fromkeys(place for place in places if place is not None))


def _from_questions(
    ground: _Ground, questions: Sequence[SyntheticQuestion], plans: dict[str, int]
) -> Iterator[Example]:
    """Question to entities, to the relation path, and to passages that mention what is asked about and an answer."""
    names = SnapshotNames(ground.snapshot)
    mentioning: dict[int, list[int]] = {}
    keys = [f" {name_key(passage.text)} " for passage in ground.passages]
    for number, entities in enumerate(ground.about):
        for entity in entities:
            mentioning.setdefault(entity, []).append(number)
    for question in questions:
        nodes = [mention.candidates[0].node for mention in question.mentions]
        asked = [place for node in nodes if (place := ground.of_node.get(node)) is not None]
        part = joint_part([ground.part(place) for place in asked])
        plan = question.plans[0]
        steps = path_of(plan)
        if steps:
            path = plans.setdefault(path_phrase(steps, names), len(plans))
            yield Example(Task.PLAN, Source.QUESTIONS, part, (path,), question.text)
        result = execute(plan, ground.snapshot)
        if question.shape == "absent" or result.kind is not ResultKind.NODES:
            continue
        answers = [int(node) for node in result.nodes.tolist()]
        if not answers or len(answers) > MOST_RIGHT:
            continue
        right = tuple(place for node in answers if (place := ground.of_node.get(node)) is not None)
        if right and (kept := _kept(ground, right, part)):
            yield Example(Task.ENTITY, Source.QUESTIONS, part, kept, question.text)
        said = [f" {name_key(ground.snapshot.label(node))} " for node in answers]
        near = sorted({number for place in asked for number in mentioning.get(place, ())})
        holding = tuple(n for n in near if any(len(key) > 2 and key in keys[n] for key in said))
        if part is Part.TRAIN:
            holding = tuple(n for n in holding if ground.passage_part(n) is Part.TRAIN)
        if holding:
            yield Example(Task.PASSAGE, Source.QUESTIONS, part, holding, question.text)


def path_of(plan: Plan) -> tuple[Step, ...]:
    """The steps of a plain walk from one thing; empty for any other plan."""
    steps: list[Step] = []
    while isinstance(plan, Hop):
        steps.append(plan.step)
        plan = plan.input
    return tuple(reversed(steps)) if isinstance(plan, Start) else ()


def _kept(ground: _Ground, right: Sequence[int], part: Part) -> tuple[int, ...]:
    """What may be learnt: nothing held out is ever a right answer in training."""
    return tuple(place for place in right if part is not Part.TRAIN or ground.part(place) is Part.TRAIN)


def _from_names(ground: _Ground) -> Iterator[Example]:
    """Aliases in the graph's language, to their entities."""
    holders: dict[str, list[int]] = {}
    language = ground.store.language
    for row in ground.store.name_rows():
        place = ground.of_node.get(ground.snapshot.representative(row.node))
        if place is not None and row.kind == "alias" and row.language in (None, language):
            holders.setdefault(row.name, []).append(place)
    for name, places in sorted(holders.items()):
        right = tuple(dict.fromkeys(places))
        yield Example(Task.ENTITY, Source.NAMES, joint_part([ground.part(place) for place in right]), right, name)


def _from_passages(ground: _Ground) -> Iterator[Example]:
    """A sentence, to the passage without it (the inverse cloze task)."""
    for number, passage in enumerate(ground.passages):
        spans = [passage.text[start:end].strip() for start, end in split_sentences(passage.text)]
        long = [span for span in spans if len(span.split()) >= LEAST_WORDS]
        if len(spans) < 2:
            continue
        for sentence in sorted(long, key=lambda span: (-len(span), span))[:CLOZE_PER_PASSAGE]:
            rest = " ".join(span for span in spans if span != sentence)
            text = f"{passage.title}\n{rest}" if passage.title else rest
            yield Example(Task.PASSAGE, Source.CLOZE, ground.passage_part(number), (number,), sentence, text=text)


def _similar(ground: _Ground, similar: Sequence[Sequence[int]]) -> Iterator[Example]:
    for entity, others in enumerate(similar):
        part = ground.part(entity)
        if others and (right := _kept(ground, others, part)):
            yield Example(Task.SIMILAR, Source.VALUES, part, right, entity=entity)


def _related(ground: _Ground, similar: Sequence[Sequence[int]]) -> Iterator[Example]:
    """Entities linked with one, or mentioned beside it in a passage, that are not alike."""
    features = ground.features
    together: dict[int, dict[int, None]] = {}
    for entities in ground.about:
        for a in entities:
            together.setdefault(a, {}).update((b, None) for b in entities if b != a)
    for entity in range(len(features)):
        part = ground.part(entity)
        linked = features.others[int(features.offsets[entity]) : int(features.offsets[entity + 1])].tolist()
        alike_to = {entity, *similar[entity]}
        both = {Source.LINKS: dict.fromkeys(linked), Source.MENTIONS: together.get(entity, {})}
        for source, others in both.items():
            kept = [other for other in others if other >= 0 and other not in alike_to]
            if right := _kept(ground, kept[:MOST_PAIRS], part):
                yield Example(Task.RELATED, source, part, right, entity=entity)


def only(data: RetrieverData, tasks: Sequence[Task]) -> RetrieverData:
    """The same with the examples of some tasks."""
    return replace(data, examples=tuple(item for item in data.examples if item.task in tasks))
