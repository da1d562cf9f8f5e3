"""The map that says how somebody else's property graph is read: a small YAML file, checked before anything is read.

.. code-block:: yaml

    nodes:                                  # a node is read by every entry whose label it has; the first that says wins
      Movie:
        id: tmdbId                          # optional: a property without repeats; otherwise the server's element id
        name: title                         # or several, joined: [firstName, lastName]
        aliases: [originalTitle]            # text or lists of text
        description: tagline
        attributes:
          released: {type: year}
          lengthMin: {relation: length, type: integer, unit: min}
    unlabelled: {name: caption}             # nodes without any label
    relationships:
      ACTED_IN:
        label: acted in
        qualifiers:
          roles: {name: role}
          since: {name: valid_from, type: date}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from kgqa.errors import InputError
from kgqa.graph.maps import read_map
from kgqa.types import LiteralType

UNLABELLED = ""
"""Stands for the label of nodes without any."""

Name = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PropertyMap(_Strict):
    """A property as an attribute. ``relation`` defaults to the property's name; ``type`` None takes what is stored."""

    relation: Name | None = None
    label: Name | None = None
    type: LiteralType | None = None
    unit: Name | None = None


class QualifierMap(_Strict):
    """A relationship's property as a qualifier; ``valid_from``, ``valid_to`` and ``at`` say when it holds."""

    name: Name | None = None
    type: LiteralType | None = None
    unit: Name | None = None


class NodeMap(_Strict):
    """How the nodes of one label are read. ``type`` defaults to the label; a name of several properties is joined."""

    id: Name | None = None
    name: Name | Annotated[list[Name], Field(min_length=1)] | None = None
    aliases: list[Name] = []
    description: Name | None = None
    type: Name | None = None
    attributes: dict[Name, PropertyMap] = {}

    @property
    def named_by(self) -> list[str]:
        """The properties that make the name, in order."""
        return [self.name] if isinstance(self.name, str) else list(self.name or ())


class RelationshipMap(_Strict):
    """How the relationships of one type are read; the relation's id is the type."""

    label: Name | None = None
    inverse_label: Name | None = None
    symmetric: bool | None = None
    qualifiers: dict[Name, QualifierMap] = {}


class GraphMap(_Strict):
    """How a property graph is read; labels and relationship types that are not named are left out."""

    language: Name = "en"
    nodes: dict[Name, NodeMap] = {}
    unlabelled: NodeMap | None = None
    relationships: dict[Name, RelationshipMap] = {}

    def entries(self) -> dict[str, NodeMap]:
        """Every entry by its label, ``UNLABELLED`` for that of nodes without one."""
        return self.nodes if self.unlabelled is None else {**self.nodes, UNLABELLED: self.unlabelled}


_HINT = "see docs/attach.md"


def load_graph_map(given: str | Path | Mapping[str, Any] | GraphMap) -> GraphMap:
    """The map from a YAML file or a mapping. Raises InputError that names the field and what it may be."""
    found = read_map(GraphMap, given, hint=_HINT)
    if not found.entries():
        path = Path(given) if isinstance(given, str | Path) else None
        raise InputError("map: nodes: names no label", path=path, hint=_HINT)
    return found


def dump_graph_map(mapping: GraphMap) -> str:
    """The map as YAML, without what is left at its default."""
    data = mapping.model_dump(mode="json", exclude_defaults=True)
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
    return text
