"""What made the points of an index: written beside it, and compared before it is used."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from retrieval import sparse
from retrieval.errors import IndexMismatch, IndexTooNew

# What a point is made of: its vectors, how words become tokens, and the fields that a search relies on. Whoever changes
# one of these counts on; an index with an earlier number is refused, and made anew from the points that it has, without
# their documents (`ingestion.copying`), so what such a point has not must be worked out from what it has.
LAYOUT = 5


@dataclass(frozen=True, slots=True)
class Encoding:
    """Points of two encodings cannot be compared, so they cannot share an index."""

    embedding: str
    dimension: int
    sparse: str = sparse.NAME
    layout: int = LAYOUT

    def __str__(self) -> str:
        return f"{self.embedding} ({self.dimension} dimensions)"

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Self:
        """As it stands beside an index; the first ones had no layout. Raises `KeyError`, `TypeError`, `ValueError`."""
        return cls(str(said["embedding"]), int(said["dimension"]), str(said["sparse"]), int(said.get("layout", 1)))

    def as_json(self) -> dict[str, Any]:
        """What is written beside the index."""
        return asdict(self)

    def outdates(self, made_with: "Encoding") -> bool:
        """Whether the index was made with the same model, by an earlier version of the assistant.

        Raises `IndexMismatch` where another model made it, `IndexTooNew` where a later version did.
        """
        if (made_with.embedding, made_with.dimension) != (self.embedding, self.dimension):
            raise IndexMismatch(str(made_with), wanted=str(self))
        if made_with.layout > self.layout:
            raise IndexTooNew
        return made_with != self
