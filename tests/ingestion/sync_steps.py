"""What a synchronisation works with, counted call by call, so that each can be its last."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from inspect import isasyncgenfunction, iscoroutinefunction
from pathlib import Path
from typing import Any

from ingestion.reception import Reception
from ingestion.sources.folder import FolderSettings, open_folder
from ingestion.sources.followed import Place
from ingestion.sources.port import Source
from ingestion.sources.service import Sources
from tests.ingestion.following import Following


class Crash(BaseException):
    """The process ends here."""


class Steps:
    """Counts the calls to what a synchronisation works with, and has one of them fail, before or after."""

    def __init__(self, crash_at: int | None, *, after: bool, error: Callable[[], BaseException] = Crash) -> None:
        self.count = 0
        self._crash_at = crash_at
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

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*arguments: Any, **named: Any) -> Any:
            is_it = self._is_it()
            self._fail(is_it and not self._after)
            result = await call(*arguments, **named)
            self._fail(is_it and self._after)
            return result

        return counted

    def _counted_pieces(self, call: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*arguments: Any, **named: Any) -> AsyncIterator[Any]:
            is_it = self._is_it()
            self._fail(is_it and not self._after)
            async for piece in call(*arguments, **named):
                yield piece
                self._fail(is_it and self._after)

        return counted

    def _is_it(self) -> bool:
        self.count += 1
        return self.count == self._crash_at

    def _fail(self, now: bool) -> None:
        if now:
            raise self._error()

    def sources(self, follows: Following) -> Sources:
        """The service over counted parts."""
        library = follows.library
        parts, plain = library.parts, follows.sources()
        catalog, ledger, index = self.through(parts.catalog), self.through(parts.ledger), self.through(parts.index)
        reception = Reception(
            parts.pool, catalog, ledger, self.through(parts.blobs), self.through(library.queue), parts.reader
        )
        return replace(
            plain,
            catalog=catalog,
            ledger=ledger,
            index=index,
            receive=self.through(reception),
            table=self.through(plain.table),
            opening=_Counted(self, follows.place.folder),  # type: ignore[arg-type]
        )


class _Counted:
    """An `Opening` of a folder, counted."""

    def __init__(self, steps: Steps, folder: Path) -> None:
        self._steps = steps
        self._folder = folder

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Source]:
        async with open_folder(FolderSettings(self._folder)) as source:
            yield self._steps.through(source)

    def open(self, _: Place) -> AbstractAsyncContextManager[Source]:
        return self._opened()
