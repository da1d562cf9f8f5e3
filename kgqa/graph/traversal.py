"""What executing a plan needs of a graph: the snapshot has it in memory, a server answers the same by queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol

from kgqa.types import Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from kgqa.graph.snapshot.relations import RelationInfo


class TraversableGraph(Protocol):
    """Nodes and relations by number; merged nodes by their representative. Each method as ``Snapshot`` documents it."""

    on_server: ClassVar[bool]
    """Whether it is asked by queries, so that plans are compiled to them."""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the dimensions that ``comparable`` numbers; 0 is not comparable."""
        ...

    @property
    def relations(self) -> tuple[RelationInfo | None, ...]: ...

    def relation_number(self, id: str) -> int | None: ...

    def goes_back(self, before: tuple[int, bool], after: tuple[int, bool]) -> bool: ...

    def node(self, ref: str | Literal) -> int | None: ...

    def label(self, node: int) -> str: ...

    def refs(self, nodes: Sequence[int] | NDArray[np.integer]) -> list[str]: ...

    def literal(self, node: int) -> Literal | None: ...

    def of_type(self, type: str) -> NDArray[np.int32]: ...

    def comparable(self, nodes: ArrayLike) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.float64]]: ...

    def neighbours(self, node: int, relation: int, inverse: bool = False) -> Sequence[int] | memoryview: ...

    def holders(self, steps: Sequence[tuple[int, bool]]) -> list[NDArray[np.int32]]: ...

    def stands_as(self, head: int, relation: int, tail: int) -> tuple[int, int]: ...

    def hop(
        self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False
    ) -> NDArray[np.int32]: ...

    def hop_edges(
        self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]: ...

    def follow(
        self, starts: Sequence[int] | NDArray[np.integer], steps: Sequence[tuple[int, bool]]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]: ...

    def qualified(
        self, nodes: Sequence[int] | NDArray[np.integer], relation: int, inverse: bool = False
    ) -> Sequence[tuple[int, int, Mapping[str, Literal | str]]]: ...
