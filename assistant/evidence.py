"""Whether the passages found carry enough of a question for a model to be asked at all."""

from dataclasses import dataclass

from retrieval.e5 import NAME
from retrieval.results import Found


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """What passages must reach, in `Found.similarity` and in `Found.coverage`.

    How near the vectors of a question and of its answer lie is the embedding model's own affair:
    a threshold holds for one model. 0 leaves refusing to the check of the answer's sentences.
    """

    similarity: float = 0.0
    coverage: float = 0.2
    model: str = ""
    """The embedding model for which `similarity` holds; empty: whichever it is. With another it is 0."""

    def suffice(self, found: Found) -> bool:
        """Whether the passages are worth asking the model about."""
        similarity = self.similarity if self.model in ("", found.embedding) else 0.0
        if found.named:  # «que dit l'article L. 162-5 ?» is like no article's words
            return True
        if found.by_words_alone:  # nobody knows whether the passages are about what is asked
            return False
        return bool(found.passages) and found.similarity >= similarity and found.coverage >= self.coverage


# For multilingual-e5-small in 4 bits, on the development questions against 1,278 fiches: of the questions
# that a fiche answers 98 % go on to the model, of those that none answers half; the other half is left
# to the check of sentences.
E5_SMALL = EvidenceSettings(similarity=0.87, model=NAME)
