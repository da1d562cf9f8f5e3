"""What a record asserts, field by field, and back: the meanings that every store shares.

A store keeps single assertions: one label, one type, one alias each with its source. Here records are taken apart into
them, put together again for export, and merged for showing: the first source by name shows first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kgqa.errors import InputError
from kgqa.graph.keys import checked_text, identifier
from kgqa.graph.said import (
    FLAGS,
    INFERABLE,
    SCALARS,
    EntityField,
    RelationField,
    Said,
    alias_facts,
    by_field,
    first_of_each,
    listed,
    nth_of_each,
    scalar,
    tagged,
    text_facts,
    turns,
)
from kgqa.types import Entity, Literal, Passage, Relation

__all__ = [
    "EntityField",
    "RelationField",
    "Said",
    "attributes",
    "check_passage",
    "entity_facts",
    "merge_entity",
    "merge_relation",
    "relation_facts",
    "shown_label",
    "split_entity",
    "split_relation",
]

# --- entities


def entity_facts(entity: Entity, language: str) -> list[Said]:
    """What an entity record says, its attributes aside. Empty names and descriptions are as not said."""
    where = f"of the entity {entity.id!r}"
    facts = [Said(EntityField.PRESENT, "", "")]
    facts += text_facts(EntityField.LABEL, entity.label, entity.labels, language, f"a label {where}")
    facts += alias_facts(EntityField.ALIAS, entity.aliases, language, f"an alias {where}")
    facts += [Said(EntityField.TYPE, "", identifier(type_, f"a type {where}")) for type_ in listed(entity.types, where)]
    described = f"a description {where}"
    facts += text_facts(EntityField.DESCRIPTION, entity.description, entity.descriptions, language, described)
    return facts


def attributes(entity: Entity) -> Iterator[tuple[str, Literal]]:
    """The statements that ``attributes`` stands for: relation and value. Raises InputError for a plain value."""
    for relation, values in entity.attributes.items():
        for value in values if isinstance(values, (tuple, list)) else (values,):
            if not isinstance(value, Literal):
                raise InputError(f"the attribute {relation!r} of the entity {entity.id!r} is no literal: {value!r}")
            yield relation, value


def merge_entity(
    id: str, facts: Iterable[Said], attributes: Mapping[str, Literal | tuple[Literal, ...]], language: str
) -> Entity:
    """What all sources say. A label that another source's label hides stands among the aliases."""
    texts = by_field(facts)
    labels, hidden = first_of_each(texts[EntityField.LABEL])
    descriptions, _ = first_of_each(texts[EntityField.DESCRIPTION])
    aliases = {tag: list(dict.fromkeys(values)) for tag, values in texts[EntityField.ALIAS].items()}
    for tag, values in hidden.items():
        aliases[tag] = list(dict.fromkeys([*aliases.get(tag, ()), *values]))
    return Entity(
        id=id,
        label=labels.pop("", None),
        labels=labels,
        aliases=tagged(aliases, language),
        types=tuple(sorted({value for values in texts[EntityField.TYPE].values() for value in values})),
        description=descriptions.pop("", None),
        descriptions=descriptions,
        attributes=attributes,
    )


def split_entity(id: str, source: str, facts: Iterable[Said], language: str) -> Iterator[Entity]:
    """Records that say exactly these facts of one source; more than one where it gives two labels in a language."""
    texts = by_field(facts)
    labels = {tag: sorted(values) for tag, values in texts[EntityField.LABEL].items()}
    descriptions = {tag: sorted(values) for tag, values in texts[EntityField.DESCRIPTION].items()}
    aliases = {tag: sorted(values) for tag, values in texts[EntityField.ALIAS].items()}
    types = tuple(sorted(texts[EntityField.TYPE].get("", ())))
    for turn in range(turns(labels, descriptions)):
        label, description = nth_of_each(labels, turn), nth_of_each(descriptions, turn)
        yield Entity(
            id=id,
            label=label.pop("", None),
            labels=label,
            aliases=tagged(aliases, language) if turn == 0 else {},
            types=types if turn == 0 else (),
            description=description.pop("", None),
            descriptions=description,
            source=source,
        )


def shown_label(id: str, facts: Iterable[Said]) -> str:
    """The label in the default language by the first source, else in the first other language, else the id."""
    labels = [fact for fact in facts if fact.field == EntityField.LABEL]
    if not labels:
        return id
    return min(labels, key=lambda fact: (fact.language, fact.source, fact.value)).value


# --- relations


def relation_facts(relation: Relation, language: str) -> list[Said]:
    """What a relation record says. Raises InputError when ``inferred`` names what cannot be inferred."""
    where = f"of the relation {relation.id!r}"
    if unknown := set(relation.inferred) - INFERABLE:
        raise InputError(f"inferred {sorted(unknown)[0]!r} {where} is unknown", hint=", ".join(sorted(INFERABLE)))
    facts = [Said(RelationField.PRESENT, "", "")]
    facts += text_facts(RelationField.LABEL, relation.label, relation.labels, language, f"a label {where}")
    facts += alias_facts(RelationField.ALIAS, relation.aliases, language, f"an alias {where}")
    described = f"a description {where}"
    facts += text_facts(RelationField.DESCRIPTION, relation.description, relation.descriptions, language, described)
    for field in SCALARS:
        value = getattr(relation, field.name.lower())
        if value is not None and field in FLAGS:
            facts.append(Said(field, "", "true" if value else "false"))
        elif value is not None:
            facts.append(Said(field, "", identifier(value, f"{field.name.lower()} {where}")))
    inferred = {RelationField[name.upper()] for name in relation.inferred}
    return [fact._replace(inferred=True) if fact.field in inferred and not fact.language else fact for fact in facts]


def merge_relation(id: str, facts: Iterable[Said], language: str) -> Relation:
    """What all sources say; what a source says comes before what was inferred."""
    records = list(facts)
    given = by_field(fact for fact in records if not fact.inferred)
    guessed = by_field(fact for fact in records if fact.inferred)
    inferred = []
    for field, guesses in guessed.items():
        if not given[field].get("") and guesses.get(""):
            given[field][""] = guesses[""]
            inferred.append(RelationField(field).name.lower())
    labels, hidden = first_of_each(given[RelationField.LABEL])
    descriptions, _ = first_of_each(given[RelationField.DESCRIPTION])
    aliases = {tag: list(dict.fromkeys(values)) for tag, values in given[RelationField.ALIAS].items()}
    for tag, values in hidden.items():
        aliases[tag] = list(dict.fromkeys([*aliases.get(tag, ()), *values]))
    return Relation(
        id=id,
        label=labels.pop("", None),
        labels=labels,
        aliases=tagged(aliases, language),
        description=descriptions.pop("", None),
        descriptions=descriptions,
        **{field.name.lower(): scalar(field, given[field].get("", [None])[0]) for field in SCALARS},
        inferred=tuple(sorted(inferred)),
    )


def split_relation(id: str, source: str, facts: Iterable[Said], language: str) -> Iterator[Relation]:
    """Records that say exactly these facts of one source."""
    records = sorted(set(facts))
    aliases = {tag: sorted(values) for tag, values in by_field(records)[RelationField.ALIAS].items()}
    columns: dict[tuple[int, str], list[Said]] = defaultdict(list)
    for fact in records:
        if fact.field not in (RelationField.PRESENT, RelationField.ALIAS):
            columns[fact.field, fact.language].append(fact)
    for turn in range(max(1, *(len(column) for column in columns.values())) if columns else 1):
        row = {key: column[turn] for key, column in sorted(columns.items()) if turn < len(column)}
        label = {tag: fact.value for (field, tag), fact in row.items() if field == RelationField.LABEL}
        description = {tag: fact.value for (field, tag), fact in row.items() if field == RelationField.DESCRIPTION}
        scalars = {field: row[field, ""].value for field in SCALARS if (field, "") in row}
        yield Relation(
            id=id,
            label=label.pop("", None),
            labels=label,
            aliases=tagged(aliases, language) if turn == 0 else {},
            description=description.pop("", None),
            descriptions=description,
            **{field.name.lower(): scalar(field, scalars.get(field)) for field in SCALARS},
            inferred=tuple(
                sorted(RelationField(field).name.lower() for (field, _), fact in row.items() if fact.inferred)
            ),
            source=source,
        )


# --- passages


def check_passage(passage: Passage) -> None:
    """Raises InputError when text is missing or a mention lies outside it."""
    where = f"the passage {passage.id!r}"
    text = checked_text(passage.text, f"the text of {where}")
    if passage.offset < 0:
        raise InputError(f"{where} starts at {passage.offset} of its document", hint="offsets count code points from 0")
    for mention in passage.mentions:
        if not 0 <= mention.start < mention.end <= len(text):
            raise InputError(
                f"a mention of {mention.entity!r} in {where} spans {mention.start} to {mention.end}, outside its text",
                hint=f"offsets count code points; the text has {len(text)}",
            )
