"""How many tokens one text took: as its engine counts them at the end, or else as they were counted here."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager

from assistant.engines.effort import Effort
from assistant.engines.reasoning import Usage


class Tally:
    """Of one text: `read` tokens by our count of the prompt, which is `estimated` or the model's own tokenizer's."""

    def __init__(self, read: int, *, estimated: bool) -> None:
        self._read = read
        self._written = 0
        self._estimated = estimated
        self._told: Usage | None = None

    async def reported(self, pieces: AsyncIterator[str]) -> AsyncGenerator[str, None]:
        """The pieces without what the engine reports of them; of several reports the last counts."""
        async with aclosing(pieces) as said:  # type: ignore[type-var]  # LangChain's streams are generators
            async for piece in said:
                if isinstance(piece, Usage):
                    self._told = piece
                else:
                    yield piece

    async def counted(self, pieces: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
        """The same pieces, each of which is taken for a token."""
        async with aclosing(pieces) as said:
            async for piece in said:
                self._written += 1
                yield piece

    @contextmanager
    def added_to(self, effort: Effort) -> Iterator[None]:
        """What was counted meanwhile is added at the end, however that comes: a reader may leave before any report."""
        try:
            yield
        finally:
            if self._told is None:
                effort.add_tokens(self._read, self._written, estimated=self._estimated)
            else:
                effort.add_tokens(self._told.read, self._told.written, estimated=False)
