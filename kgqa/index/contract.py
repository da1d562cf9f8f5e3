"""What indexes of passages, of names and of vectors promise, whether they lie in files or in a server.

``tests/contract/`` runs one suite on each, by inheritance. ``among`` restricts a search to these ids before the best
are chosen: the ``k`` best of them are found, however far down they come among all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgqa.errors import UsageError
from kgqa.index.vector_items import VectorKey, VectorKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_K = 10_000


@dataclass(frozen=True, slots=True)
class TextHit:
    """A passage with its score by words, higher is better."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class NameEntry:
    """One name of a node under its key. ``kind``: "label", "alias", or "value" for a text literal."""

    key: str
    node: int
    name: str
    kind: str
    language: str | None


@dataclass(frozen=True, slots=True)
class NameHit:
    """A node by one of its names; ``score`` in [0, 1] is the similarity of letters."""

    node: int
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A key with the cosine of its vector, higher is better."""

    key: VectorKey
    score: float


class PassageIndex(ABC):
    """Passages by their words. Safe to search from many threads."""

    @property
    @abstractmethod
    def revision(self) -> int | None:
        """The store's revision that the index shows; None before the first."""

    @abstractmethod
    def passages(self, query: str, k: int, *, among: frozenset[str] | None = None) -> list[TextHit]:
        """The best ``k`` passages for a query in plain words, over title and text; ties by id.

        A query without any known word finds nothing; nothing in it is syntax. Raises UsageError unless ``k`` lies
        between 1 and 10,000.
        """


class NameIndex(ABC):
    """The names of nodes: what linking finds its candidates in. Safe to search from many threads."""

    @property
    @abstractmethod
    def revision(self) -> int | None:
        """The store's revision that the index shows; None before the first."""

    @property
    @abstractmethod
    def longest_name(self) -> int:
        """At least as many tokens as any key has."""

    @property
    @abstractmethod
    def name_count(self) -> int:
        """How many names there are."""

    @abstractmethod
    def lookup(self, keys: Sequence[str]) -> list[NameEntry]:
        """The names that stand under these keys (see ``name_key``), by key, node and name."""

    @abstractmethod
    def all_keys(self) -> Iterator[str]:
        """Every distinct key, sorted."""

    @abstractmethod
    def names(self, text: str, k: int) -> list[NameHit]:
        """Names whose letters resemble ``text``, one a node, best first, then by node; see ``rank_names``.

        Nothing in the text is syntax. Raises UsageError unless ``k`` lies between 1 and 10,000.
        """


class VectorSearch(ABC):
    """Unit vectors by key. Safe to search from many threads."""

    @property
    @abstractmethod
    def revision(self) -> int | None:
        """The store's revision that the index shows; None when it is empty."""

    @property
    @abstractmethod
    def fingerprint(self) -> str | None:
        """The fingerprint of the encoder that made the vectors; only its vectors may be searched for."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def search(
        self,
        vector: NDArray[np.float32],
        k: int,
        *,
        kind: VectorKind | None = None,
        among: frozenset[str] | None = None,
    ) -> list[VectorHit]:
        """The ``k`` keys whose vectors are nearest by cosine; ties by key. vector: shape: (dim,), unit

        ``kind`` restricts it to a kind, ``among`` to ids of that kind. Raises UsageError for a ``k`` below 1, a vector
        of another size, and ``among`` without a kind.
        """

    @abstractmethod
    def vector(self, key: VectorKey) -> NDArray[np.float32] | None:
        """The vector of a key, None when it has none. shape: (dim,)"""


def check_k(k: int) -> None:
    """Raises UsageError unless ``k`` lies between 1 and 10,000."""
    if not 1 <= k <= MAX_K:
        raise UsageError(f"k is {k}; it must lie between 1 and {MAX_K}")
