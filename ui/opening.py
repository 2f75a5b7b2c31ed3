"""Opening all services of a process, with what goes on beside them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from ingestion import Again, Parts, Queue, Reencoding, Stages
from ingestion.delays import reason_for
from ingestion.erasure import erase
from policies import Act, Event, put_in_force
from retrieval import OpenSpaces
from ui.adapters import Adapters, open_adapters
from ui.announcements import watched
from ui.bulks import going_on
from ui.figures_daily import counted_daily
from ui.identity import service_principal
from ui.meanwhile import meanwhile
from ui.observability.watching import NOT_WATCHING, Watching
from ui.observability.work import watched_job
from ui.publishing import carrying_out
from ui.services import Services, services_of
from ui.settings import Settings
from ui.sources import scheduled
from ui.spaces import announce, changing
from ui.vocabulary import counting_words

_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_services(settings: Settings, watching: Watching = NOT_WATCHING) -> AsyncIterator[Services]:
    """Open all that the settings name, and close it in the opposite order; a worker is at work meanwhile.

    Raises what `open_adapters` does.
    """
    async with open_adapters(settings, watching) as adapters:
        services = services_of(adapters)
        await _started(adapters)
        await announce(settings, services.succession)
        await Again(adapters.pool, adapters.queue).resume()
        if not services.index.outdated:
            await erase(adapters.pool, services.index)
        async with _at_work(adapters, services):
            yield services


async def _started(adapters: Adapters) -> None:
    """Put the rules in force, and record the start; of an index that was lost everything is to be imported again."""
    pool, policy, ledger, catalog = adapters.pool, adapters.policy, adapters.ledger, adapters.catalog
    async with pool.connection() as connection:
        known = await catalog.all_collection_ids(connection)
    lost = not await adapters.parts.index.count(known)  # new, moved or emptied, whoever made it
    started = adapters.settings.shown | {
        "rules_in_force": policy.fingerprint,
        "retention_in_force": adapters.auditing.retaining.retention.sha256,
    }
    async with pool.connection() as connection:
        if lost:  # what the catalogue takes for indexed is to be imported again
            await catalog.mark_all_pending(connection)
        changed = await put_in_force(connection, policy.source)
        await ledger.append(connection, Event(Act.STARTED, service_principal(), started))
        if changed["changed"]:
            await ledger.append(connection, Event(Act.RULES_LOADED, service_principal(), changed))


@asynccontextmanager
async def _at_work(adapters: Adapters, services: Services) -> AsyncIterator[None]:
    """What goes on by itself meanwhile; jobs, sources and counting only where this process is a worker too."""
    works = adapters.settings.worker != "off"
    async with AsyncExitStack() as stack:
        if works:
            jobs = adapters.settings.worker_jobs
            await stack.enter_async_context(working(adapters.queue, adapters.parts, jobs, adapters.watching))
            await stack.enter_async_context(scheduled(services.sources, adapters.watching))
        for begun in (
            changing(reencoding_of(adapters.parts, adapters.spaces, adapters.queue), works=works),
            counting_words(adapters.counting if works else None, services.lexicons),
            going_on(services.bulks),
            services.models.watched(),
            carrying_out(services.publication.swapping),
            watched(services.announcements),
            counted_daily(services.gaps),
        ):
            await stack.enter_async_context(begun)
        yield


def reencoding_of(parts: Parts, spaces: OpenSpaces, queue: Queue) -> Reencoding:
    """What lets the next embedding model take the place of the one in use."""
    return Reencoding(
        pool=parts.pool,
        catalog=parts.catalog,
        ledger=parts.ledger,
        queue=queue,
        spaces=spaces,
        principal=service_principal(),
    )


@asynccontextmanager
async def working(queue: Queue, parts: Parts, jobs: int, watching: Watching = NOT_WATCHING) -> AsyncIterator[None]:
    """Have a worker in this process do so many jobs at once; none with 0. The log says so where it ends by itself."""
    if not jobs:
        yield
        return
    stages = Stages(parts)
    do = watched_job(stages.do, watching)
    async with meanwhile(queue.work(do, concurrency=jobs, tidy=stages.tidy)) as work:
        work.add_done_callback(_say_why)
        yield


def _say_why(work: asyncio.Task[None]) -> None:
    if not work.cancelled() and (error := work.exception()) is not None:
        _log.error("This process does no more jobs (%s): %s", type(error).__name__, reason_for(error))
