"""Whether the passages found carry enough of a question for a model to be asked at all."""

from dataclasses import dataclass

from retrieval.search import Found


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """What passages must reach, in `Found.similarity` and `Found.coverage`.

    The model is asked when one of the two is high enough, and neither is below its least.
    """

    least_similarity: float = 0.80
    enough_similarity: float = 0.87
    least_coverage: float = 0.25
    enough_coverage: float = 0.60

    def suffice(self, found: Found) -> bool:
        """Whether the passages are worth asking the model about."""
        least = found.similarity >= self.least_similarity and found.coverage >= self.least_coverage
        enough = found.similarity >= self.enough_similarity or found.coverage >= self.enough_coverage
        return bool(found.passages) and least and enough
