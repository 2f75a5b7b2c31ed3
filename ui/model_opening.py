"""Opening the model that was chosen, or the demonstration one before any choice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from assistant import Engine, Format, LlamaSettings, ModelFiles, open_llama
from ui import demonstration
from ui.database import Pool
from ui.model_choice import Choice, last_choices
from ui.settings import Settings


async def last_choice(settings: Settings, pool: Pool) -> Choice:
    """The last choice; before the first, the demonstration model."""
    async with pool.connection() as connection:
        return next(iter(await last_choices(connection)), None) or usual(settings)


def usual(settings: Settings) -> Choice:
    """What answers before anything was chosen: the demonstration model."""
    file = demonstration.model_path(settings.home).name
    return Choice(0, file, "", Format(settings.model_format), settings.model_context)


def path_of(settings: Settings, choice: Choice) -> Path:
    """Its file."""
    return settings.home / "models" / choice.file


@asynccontextmanager
async def opening(settings: Settings, files: ModelFiles, choice: Choice) -> AsyncIterator[Engine]:
    """Its engine; the file is read and checked when it is loaded. Raises `DemonstrationMissing`."""
    path = path_of(settings, choice)
    if path == demonstration.model_path(settings.home):
        await asyncio.to_thread(demonstration.assemble, settings.home)
    wanted = LlamaSettings(
        model_path=path, format=choice.format, context=choice.context, threads=settings.model_threads
    )
    async with open_llama(wanted, files) as engine:
        yield engine
