"""The parts of this process whose health the console tells, and how each is looked at."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from assistant import Engines
from ingestion import Queue
from retrieval import Catalog, Index
from ui.audit_places import places_said
from ui.auditing import Auditing
from ui.database import Pool
from ui.errors import PartUnwell
from ui.health import Check, Health
from ui.ledger_state import ledger_said, ledger_state
from ui.settings import Settings
from ui.sign_in.provider import Provider

NEEDED_BYTES = 2 * 2**30
"""What should be free on the disk."""


def health_of(
    settings: Settings, pool: Pool, index: Index, catalog: Catalog, engines: Engines, queue: Queue, auditing: Auditing
) -> Health:
    """What looks at them."""
    folders: dict[str, Callable[[], Iterable[Path]]] = {"blobs": lambda: [settings.blobs or settings.home / "blobs"]}
    if not settings.qdrant:
        folders["index"] = partial(settings.home.glob, "index*")
    checks: Mapping[str, Check] = {
        "Base de données": partial(_database, pool),
        "Index": partial(_index, pool, index, catalog),
        "Moteurs": partial(_engines, engines),
        "Registre": partial(_ledger, settings, pool, auditing),
        "Preuves hors de la base": partial(_places, settings, auditing),
        "Traitement des documents": partial(_workers, queue),
        "Disque": partial(_disk, settings),
    }
    return Health(pool, settings.home, checks, folders)


def with_keycloak(health: Health, provider: Provider | None) -> Health:
    """The same, with Keycloak where there is one."""
    if provider is None:
        return health
    return replace(health, checks={**health.checks, "Keycloak": partial(_keycloak, provider)})


async def _database(pool: Pool) -> str:
    async with pool.connection() as connection:
        row = await (await connection.execute("show server_version")).fetchone()
    return f"PostgreSQL {str(row[0]).partition(' ')[0] if row else ''} répond."


async def _index(pool: Pool, index: Index, catalog: Catalog) -> str:
    async with pool.connection() as connection:
        ids = [one.id for one in await catalog.collections(connection)]
    await index.count(frozenset(ids[:1]))
    return "L’index répond."


async def _engines(engines: Engines) -> str:
    standings = engines.standings
    resting = [one.name for one in standings if one.resting]
    if resting:
        raise PartUnwell(
            f"Laissé de côté après des échecs\u202f: {', '.join(resting)}. Ouvrez la page «\u202fModèles\u202f», "
            "ou lancez «\u202fassistant doctor\u202f» sur la machine."
        )
    making, waiting = sum(one.making for one in standings), sum(one.waiting for one in standings)
    return f"{len(standings)} en service\u202f; en rédaction\u202f: {making}, en attente\u202f: {waiting}."


async def _ledger(settings: Settings, pool: Pool, auditing: Auditing) -> str:
    state = await ledger_state(pool, auditing.watch)
    return ledger_said(state, auditing.keys, server=True, own_database=bool(settings.postgres))


async def _places(settings: Settings, auditing: Auditing) -> str:
    return places_said(settings, await auditing.shipping.standing(), dt.datetime.now(dt.UTC))


async def _workers(queue: Queue) -> str:
    if not await queue.is_worked():
        raise PartUnwell(
            "Aucun processus ne traite les documents\u202f: ceux qui sont reçus attendent. Réglez ASSISTANT_WORKER=on "
            "et redémarrez, ou lancez «\u202fassistant worker\u202f»."
        )
    return "Au moins un processus est à l’œuvre."


async def _disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.home).free
    said = f"{free / 2**30:.1f} Gio libres".replace(".", ",")
    if free < NEEDED_BYTES:
        raise PartUnwell(
            f"{said}\u202f: c’est peu. Libérez de la place, ou agrandissez le disque\u202f; gardez 2 Gio au moins."
        )
    return f"{said}."


async def _keycloak(provider: Provider) -> str:
    await provider.begin()
    return "Keycloak répond."
