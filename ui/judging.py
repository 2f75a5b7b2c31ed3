"""The model that sharpens the check of sentences, where the settings name one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from assistant import Judging, NliSettings, open_nli
from ui.settings import Settings


@asynccontextmanager
async def open_judging(settings: Settings) -> AsyncIterator[Judging | None]:
    """None where there is none. Raises `EntailmentMissing`."""
    if settings.nli is None:
        yield None
        return
    async with open_nli(NliSettings(settings.nli, settings.nli_seconds)) as judging:
        yield judging
