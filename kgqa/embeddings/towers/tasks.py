"""What the towers are asked to do: the retrieval tasks that share them."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    """A retrieval task: what is asked, and what is ranked."""

    PASSAGE = "passage"  # question -> passage; has no head, so that the text tower serves the dense channel as it is
    ENTITY = "entity"  # question or name -> entity
    PLAN = "plan"  # question -> relation path, as words
    SIMILAR = "similar"  # entity -> entities like it
    RELATED = "related"  # entity -> entities that go with it: linked or mentioned together, but not alike


HEADED = (Task.ENTITY, Task.PLAN, Task.SIMILAR, Task.RELATED)
"""Tasks whose queries pass a head of their own; what is ranked passes none, so it is encoded once for all tasks."""
OF_ENTITIES = frozenset({Task.SIMILAR, Task.RELATED})
"""Tasks that are asked with an entity instead of a text."""
