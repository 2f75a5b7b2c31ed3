"""What it took to write an answer, and each one's share of a machine that writes several at once."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Effort:
    """Adds up over all that is written for one answer, whatever becomes of it. Times are milliseconds.

    `shared_ms` is the part of `generating_ms` that is this answer's own where others were written in the same time: the
    shares of all add up to the time in which the engine was at work. Tokens are as the engine counts them, where it
    says so; they are `estimated` where it is a server that says nothing and whose tokenizer nobody here has.
    `waited_ms` is None where no engine was asked.
    """

    waited_ms: float | None = None
    generating_ms: float = 0.0
    shared_ms: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """The time meanwhile was spent in the queue."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.waited_ms = (self.waited_ms or 0.0) + (time.perf_counter() - began) * 1000

    def add_tokens(self, read: int, written: int, *, estimated: bool) -> None:
        """Those of one more text."""
        self.tokens_in += read
        self.tokens_out += written
        self.estimated = self.estimated or estimated


class SharedTime:
    """A clock that runs as many times slower as there are answers being written.

    What it shows more at an answer's end than at its beginning is that answer's share of the machine's time.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._shown = 0.0
        self._looked = 0.0
        self._writing = 0

    @contextmanager
    def taken(self, effort: Effort) -> Iterator[None]:
        """Meanwhile an answer is written; its times are added to the effort."""
        began, shown = self._look(), self._shown
        self._writing += 1
        try:
            yield
        finally:
            ended = self._look()
            self._writing -= 1
            effort.generating_ms += (ended - began) * 1000
            effort.shared_ms += (self._shown - shown) * 1000

    def _look(self) -> float:
        now = self._clock()
        if self._writing:
            self._shown += (now - self._looked) / self._writing
        self._looked = now
        return now
