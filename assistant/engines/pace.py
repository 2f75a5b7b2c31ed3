"""How fast an engine writes, from the answers that it gave of late in this process.

Measured where answers are made: from the first piece of text to the last. A piece is a token of the engine's, but for
a few that are held back until their letters are whole; a server may send several tokens as one piece, and then writes
faster than it seems.
"""

import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

# Of so many answers.
ANSWERS = 50


@dataclass(frozen=True, slots=True)
class Speed:
    """Means over `answers`, of which there is at least one: tokens a second, seconds until the first, in all."""

    answers: int
    tokens_a_second: float
    first_token_s: float
    answer_s: float


class Pace:
    """Listens to answers as they are made."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._heard: deque[tuple[int, float, float]] = deque(maxlen=ANSWERS)  # pieces, writing them, until the first

    @property
    def speed(self) -> Speed | None:
        """None where no answer has had two pieces."""
        if not self._heard:
            return None
        pieces, writing, waiting = (sum(values) for values in zip(*self._heard, strict=True))
        # The first piece of each comes before the writing that was timed.
        timed = pieces - len(self._heard)
        answers = len(self._heard)
        return Speed(answers, timed / max(writing, 1e-9), waiting / answers, (writing + waiting) / answers)

    async def heard(self, pieces: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
        """The same pieces; the answer counts however it ends."""
        began, first, last, count = self._clock(), 0.0, 0.0, 0
        try:
            async with aclosing(pieces) as said:
                async for piece in said:
                    last = self._clock()
                    first = first or last
                    count += 1
                    yield piece
        finally:
            if count > 1:
                self._heard.append((count, last - first, first - began))
