"""The order of documents: a weighted sum of their features, the weights learned and kept in a file that can be read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np

from retrieval.errors import RankerInvalid
from retrieval.ranking.features import NAMES, Candidates
from retrieval.ranking.standing import Floats

SHIPPED = "weights.json"


@dataclass(frozen=True, slots=True)
class Ranker:
    """`weights` by feature; learned with vectors of the model `embedding`, and good for no other."""

    embedding: str
    weights: Mapping[str, float]
    learned: Mapping[str, Any]
    """On what, and how well, as the training says; for people."""

    def __post_init__(self) -> None:
        """Raises `RankerInvalid`."""
        if set(self.weights) != set(NAMES) or not np.isfinite(list(self.weights.values())).all():
            raise RankerInvalid("les poids ne sont pas ceux de cette version")

    def scores(self, candidates: Candidates) -> Floats:
        """Of each document, higher is better; shape (documents,)."""
        scores: Floats = candidates.features @ np.array([self.weights[name] for name in NAMES])
        return scores

    def as_json(self) -> dict[str, Any]:
        """What stands in the file."""
        return {"embedding": self.embedding, "weights": dict(self.weights), "learned": dict(self.learned)}

    @classmethod
    def of_json(cls, text: str) -> Self:
        """As the file says. Raises `RankerInvalid`."""
        try:
            said = json.loads(text)
            weights = {str(name): float(weight) for name, weight in said["weights"].items()}
            return cls(str(said["embedding"]), weights, dict(said["learned"]))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise RankerInvalid("ce n’est pas un fichier de poids") from error


def shipped() -> Ranker:
    """The one that comes with this version, for the embedded embedding model."""
    return Ranker.of_json(files("retrieval.ranking").joinpath(SHIPPED).read_text(encoding="utf-8"))


def read_ranker(path: Path) -> Ranker:
    """The one in the file. Raises `RankerInvalid`."""
    try:
        return Ranker.of_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RankerInvalid(f"{path} est introuvable ou illisible") from error
