"""The map that says how a table becomes a graph: a small YAML file, checked before a row is read.

.. code-block:: yaml

    id: code                       # the column whose cells are the ids
    id_pattern: "country:{}"       # optional: how an id is made of a cell
    label: name
    labels: {fr: name_fr}          # by language
    aliases: {en: [short_name]}
    types: [country]               # the same for every row
    type_columns: [kind]           # or from cells
    description: about
    separator: ";"                 # between several values in one cell, for every column that names none
    attributes:
      pop: {relation: population, type: integer}
      area: {type: decimal, unit: km^2}
    links:
      capital: {relation: has_capital, to: "city:{}"}
      neighbours: {relation: borders, to: "country:{}", separator: ","}
      spouse: {match: label}       # the cell names another row by its label
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kgqa.graph.maps import read_map
from kgqa.types import LiteralType


def _one_place(pattern: str) -> str:
    if pattern.count("{}") != 1:
        raise ValueError("the pattern must hold {} once, where the cell goes")
    return pattern


Pattern = Annotated[str, AfterValidator(_one_place)]
Name = Annotated[str, Field(min_length=1)]


class Match(StrEnum):
    """How the cell of a link names its target: by id (through ``to``) or by the label of another row."""

    ID = "id"
    LABEL = "label"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AttributeColumn(_Strict):
    """A column of values. ``relation`` defaults to the column's name."""

    relation: Name | None = None
    type: LiteralType = LiteralType.STRING
    unit: Name | None = None
    lang: Name | None = None
    separator: Name | None = None


class LinkColumn(_Strict):
    """A column that names other entities. ``inverse`` makes the row the tail of the statement.

    ``label`` says that the cell is the target's label as well as a part of its id.
    """

    relation: Name | None = None
    to: Pattern = "{}"
    match: Match = Match.ID
    label: bool = False
    type: Name | None = None
    inverse: bool = False
    separator: Name | None = None


class TableMap(_Strict):
    """How the rows of a table become entities and statements."""

    id: Name
    id_pattern: Pattern = "{}"
    label: Name | None = None
    labels: dict[str, Name] = {}
    aliases: dict[str, list[Name]] = {}
    types: list[Name] = []
    type_columns: list[Name] = []
    description: Name | None = None
    descriptions: dict[str, Name] = {}
    attributes: dict[Name, AttributeColumn] = {}
    links: dict[Name, LinkColumn] = {}
    separator: Name | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None

    def columns(self) -> list[str]:
        """Every column that the map names."""
        single = [self.id, self.label, self.description]
        many = [*self.labels.values(), *self.type_columns, *self.descriptions.values(), *self.attributes, *self.links]
        aliases = [name for names in self.aliases.values() for name in names]
        return [name for name in (*single, *many, *aliases) if name is not None]


def load_map(given: str | Path | Mapping[str, Any] | TableMap) -> TableMap:
    """The map from a YAML file or a mapping. Raises InputError that names the field and what it may be."""
    return read_map(TableMap, given, hint="see docs/formats.md")
