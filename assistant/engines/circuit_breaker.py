"""Leaving alone for a while an engine that fails (the pattern «circuit breaker», M. Nygard, *Release It!*, 2007).

Closed, every answer goes through. After so many failures in a row it is open: nobody waits any more for what would
fail. After a pause it is half open: one answer is tried, and its outcome closes it or opens it again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assistant.errors import ModelMissing, ModelUnavailable, ModelUnusable

# What says that an engine is at fault, not the question or its reader.
ENGINE_FAILURES = (ModelMissing, ModelUnavailable, ModelUnusable)


class CircuitBreaker:
    """Opens after `failures` in a row, for `pause` seconds."""

    def __init__(self, failures: int = 3, pause: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._failures = failures
        self._pause = pause
        self._clock = clock
        self._failed = 0
        self._until = 0.0
        self._trying = False

    @property
    def refuses(self) -> bool:
        """Whether an attempt would be refused now."""
        return self._open and (self._trying or self._clock() < self._until)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """An answer is made in the block; its outcome counts. Raises `ModelUnavailable` where none may be tried."""
        if self.refuses:
            raise ModelUnavailable(
                "Le modèle est en panne : plusieurs réponses viennent d’échouer. Reposez la question dans une minute ; "
                "la recherche de textes fonctionne sans lui."
            )
        trial = self._open
        self._trying = self._trying or trial
        try:
            yield
        except ENGINE_FAILURES:
            self._failed += 1
            self._until = self._clock() + self._pause
            raise
        else:
            self._failed = 0
        finally:
            if trial:
                self._trying = False

    @property
    def _open(self) -> bool:
        return self._failed >= self._failures
