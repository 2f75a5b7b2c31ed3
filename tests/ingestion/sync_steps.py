"""A synchronisation, its steps counted."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from ingestion.reception import Reception
from ingestion.sources.folder import FolderSettings, open_folder
from ingestion.sources.followed import Place
from ingestion.sources.port import Source
from ingestion.sources.service import Sources
from tests.ingestion.following import Following
from tests.ingestion.steps import Steps


def counted_sources(follows: Following, steps: Steps) -> Sources:
    """The service over counted parts."""
    parts, plain = follows.library.parts, follows.sources()
    catalog, ledger, index = steps.through(parts.catalog), steps.through(parts.ledger), steps.through(parts.index)
    queue = steps.through(follows.library.queue)
    reception = Reception(parts.pool, catalog, ledger, steps.through(parts.blobs), queue, parts.reader)
    return replace(
        plain,
        catalog=catalog,
        ledger=ledger,
        index=index,
        receive=steps.through(reception),
        table=steps.through(plain.table),
        opening=_Counted(steps, follows.place.folder),  # type: ignore[arg-type]
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
