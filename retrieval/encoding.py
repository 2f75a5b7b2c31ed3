"""What made the vectors of an index: written beside it, and compared before it is used."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from retrieval import sparse
from retrieval.errors import IndexMismatch


@dataclass(frozen=True, slots=True)
class Encoding:
    """Vectors of two encodings cannot be compared, so they cannot share an index."""

    embedding: str
    dimension: int
    sparse: str = sparse.NAME

    def __str__(self) -> str:
        return f"{self.embedding} ({self.dimension} dimensions, {self.sparse})"

    def as_json(self) -> dict[str, Any]:
        """What is written beside the index."""
        return asdict(self)

    def check(self, made_with: Mapping[str, Any]) -> None:
        """Raises `IndexMismatch` where the index was made by something else."""
        if made_with != self.as_json():
            raise IndexMismatch(" / ".join(str(value) for value in made_with.values()), wanted=str(self))
