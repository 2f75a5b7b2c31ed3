"""Whether the passages found carry enough of a question for a model to be asked at all.

A weighted sum decides, whose weights are learned from questions that documents answer and questions that none does
(`assistant calibrate --unanswerable`), and kept in a file that can be read. How near the vectors of a question and
of its answer lie is the embedding model's own affair: the weights hold for one model.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from assistant.errors import EvidenceInvalid
from retrieval.results import Found

SHIPPED = "evidence.json"

# Among fewer chunks than this that may be read, how near the nearest are tells too little: of 26 questions that the
# product's own guides answer, with nothing else to read, the learned weights would refuse a third.
FEWEST = 1000


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells a question that is answered from one that is not; the words are those of `Found` and `Nearby`."""

    similarity: float
    nearest: float
    around: float
    coverage: float
    chunks: float
    """The logarithm of their number: among more texts, what is nearest is nearer."""


NAMES = tuple(Signs.__slots__)


@dataclass(frozen=True, slots=True)
class Basis:
    """All of what was found that `suffices` decides by; it stands so in the record of a question."""

    named: bool
    attached: bool
    by_words_alone: bool
    embedding: str
    similarity: float
    nearest: float
    around: float
    coverage: float
    chunks: int

    @classmethod
    def of(cls, found: Found) -> Self:
        near = found.nearby
        return cls(
            named=found.named,
            attached=found.attached,
            by_words_alone=found.by_words_alone,
            embedding=found.embedding,
            similarity=float(found.similarity),
            nearest=float(near.nearest),
            around=float(near.around),
            coverage=float(found.coverage),
            chunks=near.chunks,
        )

    @property
    def signs(self) -> Signs:
        """What weights weigh."""
        return Signs(self.similarity, self.nearest, self.around, self.coverage, math.log(max(self.chunks, 1)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """`weights` by sign; learned with vectors of the model `embedding`, and good for no other.

    From a score of 0 on, passages are worth asking a model about.
    """

    embedding: str
    weights: Mapping[str, float]
    intercept: float
    learned: Mapping[str, Any]
    """On what, and how well, as the calibration says; for people."""

    def __post_init__(self) -> None:
        """Raises `EvidenceInvalid`."""
        if set(self.weights) != set(NAMES) or not all(map(math.isfinite, (*self.weights.values(), self.intercept))):
            raise EvidenceInvalid("les poids ne sont pas ceux de cette version")

    def score(self, signs: Signs) -> float:
        """Higher where an answer is likelier; the log odds, moved so that 0 is the threshold."""
        values: dict[str, float] = dict(zip(NAMES, astuple(signs), strict=True))
        return self.intercept + sum(weight * values[name] for name, weight in self.weights.items())

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what decides: which weights they were, in the register."""
        decides = [self.embedding, sorted(self.weights.items()), self.intercept]
        return hashlib.sha256(json.dumps(decides).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """What stands in the file."""
        return {
            "embedding": self.embedding,
            "weights": dict(self.weights),
            "intercept": self.intercept,
            "learned": dict(self.learned),
        }

    @classmethod
    def of_json(cls, text: str) -> Self:
        """As the file says. Raises `EvidenceInvalid`."""
        try:
            said = json.loads(text)
            weights = {str(name): float(weight) for name, weight in said["weights"].items()}
            return cls(str(said["embedding"]), weights, float(said["intercept"]), dict(said["learned"]))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise EvidenceInvalid("ce n’est pas un fichier de seuils") from error


def suffices(basis: Basis, evidence: Evidence | None) -> bool:
    """Whether the passages are worth asking the model about.

    Without learned weights, with those of another embedding model, or among few chunks, it is enough that a passage
    has a word of the question: the check of the answer's sentences refuses the rest.
    """
    if basis.named:  # «que dit l'article L. 162-5 ?» is like no article's words
        return True
    if basis.attached:  # few chunks, and the reader's own: the check of the answer's sentences refuses what they lack
        return True
    if basis.by_words_alone or not basis.coverage:  # nobody knows whether the passages are about what is asked
        return False
    reached = score(basis, evidence)
    return reached is None or reached >= 0


def certain(basis: Basis, evidence: Evidence | None) -> bool:
    """Whether the learned weights say so, or a text is there that the question names."""
    reached = score(basis, evidence)
    return basis.named or (suffices(basis, evidence) and reached is not None and reached >= 0)


def refused_by(found: Found, evidence: Evidence | None) -> bool | None:
    """Whether a question is refused before a model is asked; None where the check of its sentences decides."""
    basis = Basis.of(found)
    if not suffices(basis, evidence):
        return True
    return False if certain(basis, evidence) else None


def score(basis: Basis, evidence: Evidence | None) -> float | None:
    """None where the weights say nothing."""
    if evidence is None or evidence.embedding != basis.embedding or basis.chunks < FEWEST:
        return None
    return evidence.score(basis.signs)


def shipped_evidence() -> Evidence:
    """The one that comes with this version, for the embedded embedding model."""
    return Evidence.of_json(files("assistant").joinpath(SHIPPED).read_text(encoding="utf-8"))


def read_evidence(path: Path) -> Evidence:
    """The one in the file. Raises `EvidenceInvalid`."""
    try:
        return Evidence.of_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceInvalid(f"{path} est introuvable ou illisible") from error
