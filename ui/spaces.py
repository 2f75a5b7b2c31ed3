"""The vector spaces of a process, as the settings name their models: the current one and the next."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from traceback import format_tb
from typing import Literal

import psycopg

from ingestion import Reencoding, Succession
from ingestion.delays import UNEXPECTED, reason_for
from ingestion.lost_model import is_lost, replace_lost_model
from policies import PostgresLedger
from retrieval import (
    CachedEmbedder,
    Catalog,
    E5Settings,
    EdgeSettings,
    Embedder,
    Encoding,
    Indexes,
    Models,
    OpenSpaces,
    SpaceTable,
    TransformersSettings,
    edge_points,
    open_e5,
    open_edge,
    open_spaces,
    open_transformers,
    remove_edge,
)
from retrieval.e5 import NAME as E5
from ui.connections import CancellablePool
from ui.database import Pool
from ui.errors import SettingsInvalid
from ui.identity import service_principal
from ui.meanwhile import meanwhile
from ui.settings import Settings

LOOK_S = 5.0  # between two looks at whether another model is to come

_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_process_spaces(settings: Settings, pool: Pool, *, anew: bool = False) -> AsyncIterator[OpenSpaces]:
    """The spaces, of which the one in use is open; `anew` lets another model take the place of one that is lost.

    Raises `SettingsInvalid`, `ModelUnknown`, `EmbeddingModelMissing`, `IndexUnavailable`, `IndexMismatch`.
    """
    models, indexes = models_of(settings, pool), indexes_of(settings)
    if anew:
        await replace_lost_model(pool, models, indexes, Catalog(), PostgresLedger(), service_principal())
    # A writer asks which space is in use while it has a connection of the pool: it must not wait for another one.
    asking = CancellablePool(pool.conninfo, min_size=1, max_size=4, open=False, check=CancellablePool.check_connection)
    async with asking, open_spaces(asking, models, indexes) as spaces:
        yield spaces


def open_embedder(settings: Settings) -> AbstractAsyncContextManager[Embedder]:
    """The current model: that of the wheel, or the one in the folder that the settings name."""
    return _current(settings)[1]()


def open_next_embedder(settings: Settings) -> AbstractAsyncContextManager[Embedder] | None:
    """The next one, where the settings name it."""
    following = _next(settings)
    return following and following[1]()


def current_model(settings: Settings) -> str:
    """The name of the current model."""
    return _current(settings)[0]


def models_of(settings: Settings, pool: Pool) -> Models:
    """Both, with their vectors kept. Raises `SettingsInvalid`."""
    named = [_current(settings)]
    if following := _next(settings):
        if following[0] == named[0][0]:
            raise SettingsInvalid(
                "ASSISTANT_EMBEDDING_NEXT nomme le même modèle de vecteurs qu’ASSISTANT_EMBEDDING, "
                f"«\u202f{following[0]}\u202f»\u202f: nommez-en un autre, ou retirez ce réglage."
            )
        named.append(following)
    opening = {name: partial(_cached, model, pool) for name, model in named}
    return Models(named[0][0], following and following[0], opening)


def indexes_of(settings: Settings) -> Indexes:
    """On the server that the settings name, or in the data folder."""
    if settings.qdrant:
        from retrieval.qdrant import (  # its client takes long to import
            QdrantSettings,
            open_qdrant,
            qdrant_points,
            remove_qdrant,
        )

        def server(place: str, encoding: Encoding | None = None) -> QdrantSettings:
            name = f"assistant-{place}" if place else "assistant"
            return QdrantSettings(
                settings.qdrant,
                encoding or Encoding("", 0),
                settings.qdrant_key,
                name,
                shards=settings.qdrant_shards,
            )

        return Indexes(
            open=lambda place, encoding: open_qdrant(server(place, encoding)),
            remove=lambda place: remove_qdrant(server(place)),
            points=lambda place: qdrant_points(server(place)),
        )

    def folder(place: str) -> Path:
        return settings.home / (f"index-{place}" if place else "index")

    return Indexes(
        open=lambda place, encoding: open_edge(EdgeSettings(folder(place), encoding)),
        remove=lambda place: remove_edge(folder(place)),
        points=lambda place: edge_points(folder(place)),
    )


async def look(settings: Settings, pool: Pool) -> str:
    """What is to be said of the index in use, without making one.

    Raises `SettingsInvalid`, `ModelUnknown`, `EmbeddingModelMissing`, `IndexUnavailable`, `IndexMismatch`.
    """
    models, indexes = models_of(settings, pool), indexes_of(settings)
    async with pool.connection() as connection:
        row = await SpaceTable().in_use(connection)
    if row is None or await is_lost(row, models, indexes):
        return f"sera fait au démarrage, avec le modèle de calcul de sens {models.current}"
    async with models.opened(row.embedding) as embedder:
        if await indexes.points(row.place) is None:
            return f"n’est pas là\u202f: il sera fait au démarrage, avec le modèle de calcul de sens {row.embedding}"
        async with indexes.open(row.place, Encoding(embedder.name, embedder.dimension)) as index:
            if index.outdated:
                return "est d’une version antérieure\u202f: il sera refait au démarrage, sans relire les documents"
            return f"s’ouvre, et correspond au modèle de calcul de sens {row.embedding}"


async def announce(settings: Settings, succession: Succession) -> None:
    """Begin to change to the next model that the settings name. Raises `EmbeddingModelMissing`."""
    in_use = await succession.spaces.row_in_use()
    if isinstance(settings.embedding_next, Path) and succession.spaces.models.next != in_use.embedding:
        TransformersSettings(settings.embedding_next).require()
    await succession.announce(service_principal())


async def advice(succession: Succession) -> str:
    """What to change in the settings once another model than their current one is in use; empty: nothing."""
    in_use = (await succession.spaces.row_in_use()).embedding
    if in_use == succession.spaces.models.current:
        return ""
    clean = "retirez ASSISTANT_EMBEDDING" if in_use == E5 else "nommez-le par ASSISTANT_EMBEDDING, avec ses préfixes,"
    return (
        f"Le modèle de vecteurs «\u202f{in_use}\u202f» est maintenant en service\u202f: dans les réglages, {clean} "
        "et retirez ASSISTANT_EMBEDDING_NEXT."
    )


@asynccontextmanager
async def changing(reencoding: Reencoding, *, works: bool) -> AsyncIterator[None]:
    """Have the index of the next model filled meanwhile, or only that model be ready where another process `works`."""
    try:
        async with meanwhile(_go_on(reencoding, works)):
            yield
    finally:
        with suppress(psycopg.Error):
            await reencoding.release()


async def _go_on(reencoding: Reencoding, works: bool) -> None:
    traced = set[type[Exception]]()
    while True:
        await asyncio.sleep(LOOK_S)  # first: a command that is over in a moment opens no model
        try:
            await reencoding.prepare()
            while works and await reencoding.step():
                continue
        except Exception as error:  # noqa: BLE001 - it is noted, and tried again
            _log.warning("The next embedding model is not getting on (%s).", type(error).__name__)
            if reason_for(error) == UNEXPECTED and type(error) not in traced:
                traced.add(type(error))
                _log.error("Where that came from:\n%s", "".join(format_tb(error.__traceback__)))  # its words stay out
            with suppress(psycopg.Error):
                await reencoding.note(reason_for(error))


Named = tuple[str, Callable[[], AbstractAsyncContextManager[Embedder]]]


def _current(settings: Settings) -> Named:
    return _model(settings.embedding or "e5", settings.embedding_query_prefix, settings.embedding_passage_prefix)


def _next(settings: Settings) -> Named | None:
    if settings.embedding_next is None:
        return None
    return _model(settings.embedding_next, settings.embedding_next_query_prefix, settings.embedding_next_passage_prefix)


def _model(folder: Path | Literal["e5"], query_prefix: str, passage_prefix: str) -> Named:
    """A model's name, and how to open it."""
    if folder == "e5":
        return E5, partial(open_e5, E5Settings())
    settings = TransformersSettings(folder, query_prefix, passage_prefix)
    return settings.name, partial(open_transformers, settings)


@asynccontextmanager
async def _cached(
    model: Callable[[], AbstractAsyncContextManager[Embedder]], pool: Pool
) -> AsyncIterator[CachedEmbedder]:
    async with model() as embedder:
        yield CachedEmbedder(embedder, pool)
