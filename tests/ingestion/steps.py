"""Work that ends at one of its steps: before or after the n-th call to the services that it uses."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

from retrieval.rows import Connection


class Crash(BaseException):
    """The process ends here, and nobody is told."""


class Steps:
    """Counts steps, and has one of them be the last.

    A step is a call to a counted service; of a counted pool, a transaction about to commit and one that has
    committed. `error` makes what is raised, unless it ends the process itself.
    """

    def __init__(self, last: int | None, *, after: bool = False, error: Callable[[], BaseException] = Crash) -> None:
        self.count = 0
        self._last = last
        self._after = after
        self._error = error

    def through(self, service: Any) -> Any:
        """The same service, counted."""
        steps = self

        class Counted:
            def __getattr__(self, name: str) -> Any:
                attribute = getattr(service, name)
                if isasyncgenfunction(attribute):
                    return steps._counted_pieces(attribute)
                return steps._counted(attribute) if iscoroutinefunction(attribute) else attribute

        return Counted()

    def pool(self, pool: Any, *, writing: bool = False) -> Any:
        """The same pool, its transactions counted; with `writing` those alone that write, as they are to commit."""
        steps = self

        class Counted:
            def __getattr__(self, name: str) -> Any:
                return getattr(pool, name)

            @asynccontextmanager
            async def connection(self) -> AsyncIterator[Any]:
                async with pool.connection() as connection:
                    yield connection
                    counts = not writing or await _has_written(connection)
                    steps._end(counts and steps._is_last())
                steps._end(not writing and steps._is_last())

        return Counted()

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*arguments: Any, **named: Any) -> Any:
            last = self._is_last()
            self._end(last and not self._after)
            result = await call(*arguments, **named)
            self._end(last and self._after)
            return result

        return counted

    def _counted_pieces(self, call: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*arguments: Any, **named: Any) -> AsyncIterator[Any]:
            last = self._is_last()
            self._end(last and not self._after)
            async for piece in call(*arguments, **named):
                yield piece
                self._end(last and self._after)

        return counted

    def _is_last(self) -> bool:
        self.count += 1
        return self.count == self._last

    def _end(self, now: bool) -> None:
        if now:
            raise self._error()


async def _has_written(connection: Connection) -> bool:
    """Whether the open transaction has."""
    query = "select pg_current_xact_id_if_assigned() is not null"
    row = await (await connection.execute(query)).fetchone()
    return bool(row and row[0])
