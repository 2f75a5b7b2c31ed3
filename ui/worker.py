"""`assistant worker`: reading, embedding and writing what was received, in a process of its own."""

import asyncio
import signal

from rich.console import Console

from ingestion import Stages, Succession, open_queue
from policies import LivePolicy
from retrieval import Counting
from ui.adapters import database_settings, open_parts
from ui.database import open_database
from ui.errors import ServerStopped, SettingsInvalid
from ui.failures import EXPECTED, failure_of
from ui.observability.opening import Looked, exposed, open_watching
from ui.observability.work import watched_job
from ui.opening import reencoding_of
from ui.probes import Readiness
from ui.rules import following
from ui.settings import Settings
from ui.sources import scheduled, sources_of
from ui.spaces import advice, announce, changing, open_process_spaces
from ui.vocabulary import counting_words


async def run(settings: Settings, out: Console) -> None:
    """Work until interrupted. Raises `UiError` with the sentence of whatever keeps it from starting."""
    if not settings.postgres or not settings.qdrant:
        raise SettingsInvalid(
            "La base et l’index embarqués n’ont qu’un processus\u202f: "
            "« assistant serve » traite lui-même les documents. "
            "Pour des processus à part, réglez ASSISTANT_POSTGRES et ASSISTANT_QDRANT."
        )
    try:
        policy = LivePolicy(settings.rules) if settings.rules else LivePolicy()
        async with (
            open_watching(settings, "assistant-worker") as watching,
            open_database(database_settings(settings)) as pool,
            open_process_spaces(settings, pool) as spaces,
            open_parts(settings, pool, spaces, watching) as parts,
            open_queue(pool, deferred=watching.deferred) as queue,
            following(policy, pool),
            scheduled(sources_of(settings, parts, queue, policy), watching),
            changing(reencoding_of(parts, spaces, queue), works=True),
            counting_words(Counting(pool)),
        ):
            succession = Succession(pool, policy, parts.catalog, parts.ledger, spaces)
            await announce(settings, succession)
            if advised := await advice(succession):
                out.print(advised, style="yellow")
            out.print(f"Traitement en marche, {settings.worker_jobs} lots à la fois  (Ctrl+C pour l’arrêter)")
            stages = Stages(parts)
            working = queue.work(watched_job(stages.do, watching), concurrency=settings.worker_jobs, tidy=stages.tidy)
            work = asyncio.create_task(working)
            for told in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(told, work.cancel)
            # An orchestrator takes a worker that does no more jobs for one that is not ready.
            ready = Readiness(pool, work.done)
            async with exposed(settings, watching, Looked(pool, ready)):
                await asyncio.wait([work])
            if not work.cancelled():
                await work
    except EXPECTED as error:
        raise ServerStopped(failure_of(error).message) from error
