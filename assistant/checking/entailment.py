"""Whether a text says what a sentence says, or the contrary, as a model judges it: the port.

Natural language inference (Bowman and others, 2015): a text entails a sentence, contradicts it, or neither. The check
of sentences does not depend on it: where the model fails or is slow, what the comparison of words found stands.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Protocol

from assistant.errors import EntailmentFailed

PAUSE_S = 30.0  # a model that is away or slow is not asked again for so long

UNJUDGED = (
    "Le modèle qui relit les phrases n’a pas répondu à temps\u202f: des phrases n’ont été comparées aux passages que "
    "mot à mot."
)


class Verdict(StrEnum):
    """How a sentence stands to a text."""

    ENTAILED = "entailed"
    CONTRADICTED = "contradicted"
    UNDECIDED = "undecided"


class Entailment(Protocol):
    """A model that reads a text and a sentence together. Blocks; it is asked by one thread at a time."""

    @property
    def name(self) -> str:
        """Which model."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that it is made of: which model it was, in the register."""

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """One verdict for each text and sentence, in their order. Raises `EntailmentFailed`."""


class Judging:
    """Asks the model in the thread of `executor`, and waits at most `seconds` for its verdicts on one sentence."""

    def __init__(
        self,
        entailment: Entailment,
        seconds: float,
        executor: ThreadPoolExecutor,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model = entailment
        self._seconds = seconds
        self._executor = executor
        self._clock = clock
        self._again_from = clock()

    def verdicts(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """Blocks. Raises `EntailmentFailed` where the model fails or is slow, and for a while after."""
        if self._clock() < self._again_from:
            raise EntailmentFailed(f"Le modèle {self.model.name} vient d’échouer.")
        asked = self._executor.submit(self.model.judge, pairs)
        try:
            return asked.result(self._seconds)
        except TimeoutError as error:
            asked.cancel()
            self._again_from = self._clock() + PAUSE_S
            raise EntailmentFailed(f"Le modèle {self.model.name} ne répond pas en {self._seconds:g} s.") from error
        except EntailmentFailed:
            self._again_from = self._clock() + PAUSE_S
            raise
