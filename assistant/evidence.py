"""Whether the passages found carry enough of a question for a model to be asked at all."""

from dataclasses import dataclass

from retrieval.search import Found


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """What passages must reach, in `Found.similarity` and in `Found.coverage`.

    How near the vectors of a question and of its answer lie is the embedding model's own affair:
    a threshold holds for one model. 0 leaves refusing to the check of the answer's sentences.
    """

    similarity: float = 0.0
    coverage: float = 0.2

    def suffice(self, found: Found) -> bool:
        """Whether the passages are worth asking the model about."""
        return bool(found.passages) and found.similarity >= self.similarity and found.coverage >= self.coverage


# For multilingual-e5-small in 4 bits, on the development questions against 1,278 fiches: of the questions
# that a fiche answers 98 % go on to the model, of those that none answers half; the other half is left
# to the check of sentences.
E5_SMALL = EvidenceSettings(similarity=0.87)
