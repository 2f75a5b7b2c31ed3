"""The queue of jobs in PostgreSQL: Procrastinate's adapter. A job is a batch of documents of one collection.

1. A job is deferred on the connection of the transaction that enters its documents, and is there if they are.
2. A job holds no data: what it still has to do is what the catalogue says of the documents that name it. So a
   job that is done twice, or was taken from a worker that was thought dead, does nothing the second time.
3. Uploads come before imports. Imports take turns: the batches of each are numbered on from the batch whose turn
   it is when they come, and lower numbers go first (start-time fair queueing, Goyal et al., 1996).
4. A worker that is silent for `stalled_s` seconds counts as dead, and its jobs are taken up again.
5. A worker that can do no job at all (`delays.UNFIT`) ends, and gives its jobs back as it found them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import LiteralString

import procrastinate
import psycopg
from procrastinate import exceptions, retry, types

from ingestion.delays import ATTEMPTS, FIRST_WAIT_S, UNFIT, wait_after
from retrieval.rows import Connection, Pool

Work = Callable[[int, int], Awaitable[None]]  # a job's number, and how often it was tried before
Tidy = Callable[[], Awaitable[None]]
Deferred = Callable[[int], None]

READ = "read"  # the task
UPLOAD, HOUSEKEEPING = 1, 2  # priorities; those of imports are 0 and below

KEPT_HOURS = 24 * 30
RESTART_S = 1.0  # after the database was away

# The turn of an import's next batch: behind its own last one, and not before the batch whose turn it is.
TURN: LiteralString = """
select least(
    coalesce((
        select max(priority) from procrastinate_jobs
        where status = 'todo' and priority <= 0 and (scheduled_at is null or scheduled_at <= now())
    ), 0),
    (select priority - 1 from procrastinate_jobs where id = %s and status = 'todo')
)
"""

ALIVE: LiteralString = """
select exists (select from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %s))
"""

UPLOADS: LiteralString = """
select exists (
    select from procrastinate_jobs
    where task_name = %s and priority >= %s and status in ('todo', 'doing')
        and (scheduled_at is null or scheduled_at <= now())
)
"""

# The attempt is counted when the job is put back.
UNCOUNTED: LiteralString = "update procrastinate_jobs set attempts = attempts - 1 where id = %s"

# Its first try is to come, and nobody begins it before the transaction ends.
LOCK_WAITING: LiteralString = """
select from procrastinate_jobs
where id = %s and status = 'todo' and attempts = 0 and (scheduled_at is null or scheduled_at <= now()) for update
"""

CANCEL: LiteralString = "select procrastinate_cancel_job_v1(%s, true, false)"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """Seconds: between two signs of life of a worker, until a silent one counts as dead, between two looks."""

    heartbeat_s: float = 10
    stalled_s: float = 30
    look_s: float = 5
    grace_s: float = 10
    """How long a job may go on once its worker is told to stop."""
    take_up: str = "* * * * *"
    """When to look for workers that fell silent, as cron writes it; a sixth field counts seconds."""


@asynccontextmanager
async def open_queue(
    pool: Pool, settings: QueueSettings | None = None, deferred: Deferred | None = None
) -> AsyncIterator["Queue"]:
    """The queue in the pool's database, whose tables are there; `deferred` is told the number of each new job."""
    connector = procrastinate.PsycopgConnector()
    app = procrastinate.App(connector=connector)
    queue = Queue(app, pool, settings or QueueSettings(), deferred)
    await connector.open_async(pool)
    yield queue


class Queue:
    """Jobs in, and workers that do them."""

    def __init__(
        self, app: procrastinate.App, pool: Pool, settings: QueueSettings, deferred: Deferred | None = None
    ) -> None:
        self._app = app
        self._pool = pool
        self._settings = settings
        self._deferred = deferred
        self._read = app.task(name=READ, pass_context=True, retry=_Later())(_do)
        take_up = app.task(name="take up", pass_context=True, queueing_lock="take up", priority=HOUSEKEEPING)
        self._take_up = take_up(self._take_up_stalled)
        app.periodic(cron=settings.take_up)(self._take_up)
        app.periodic(cron="17 3 * * *")(app.task(name="tidy", pass_context=True, priority=HOUSEKEEPING)(self._tidy))

    async def defer(self, connection: Connection, *, upload: bool = False, after: int | None = None) -> int:
        """A job, once the transaction commits; gives its number. `after` is the import's job before it."""
        priority = UPLOAD
        if not upload:
            row = await (await connection.execute(TURN, [after])).fetchone()
            priority = row[0] if row else 0
        job = await self._read.configure(priority=priority, connection=connection).defer_async()
        if self._deferred is not None:
            self._deferred(job)
        return job

    async def waits(self, connection: Connection, job: int) -> bool:
        """Whether nobody has begun the job; then nobody does in this transaction, in which more can be given to it."""
        return (await (await connection.execute(LOCK_WAITING, [job])).fetchone()) is not None

    async def cancel(self, connection: Connection, job: int) -> None:
        """Keep the job from being begun, and stop it where it is running, once the transaction commits."""
        await connection.execute(CANCEL, [job])

    async def is_worked(self) -> bool:
        """Whether any worker is alive."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(ALIVE, [self._settings.stalled_s])).fetchone()
        return bool(row and row[0])

    async def has_uploads(self) -> bool:
        """Whether something that a person has given waits, or is being done."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(UPLOADS, [READ, UPLOAD])).fetchone()
        return bool(row and row[0])

    async def work(self, do: Work, *, concurrency: int, tidy: Tidy | None = None) -> None:
        """Do jobs, so many at once, until cancelled; those under way then get `grace_s` seconds to end.

        Once a night one of all workers does `tidy`, and forgets the jobs that ended a month ago. Raises those errors
        of `do` that keep this process from every job (`delays.UNFIT`).
        """
        unfit: list[Exception] = []
        try:
            async with asyncio.timeout(None) as until:

                async def do_if_fit(job: int, attempts: int) -> None:
                    try:
                        await do(job, attempts)
                    except UNFIT as error:
                        await self._uncount(job)
                        if not unfit:
                            until.reschedule(asyncio.get_running_loop().time())
                        unfit.append(error)
                        raise

                await self._work(do_if_fit, concurrency, tidy)
        except TimeoutError:
            raise unfit[0] from None

    async def _work(self, do: Work, concurrency: int, tidy: Tidy | None) -> None:
        while True:
            try:
                await self._defer_take_up()
                await self._app.run_worker_async(
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=self._settings.look_s,
                    abort_job_polling_interval=self._settings.look_s,
                    shutdown_graceful_timeout=self._settings.grace_s,
                    update_heartbeat_interval=self._settings.heartbeat_s,
                    stalled_worker_timeout=self._settings.stalled_s,
                    delete_jobs="successful",
                    additional_context={"do": do, "tidy": tidy},
                )
            except (exceptions.ConnectorException, psycopg.Error, OSError) as error:
                _log.warning("The queue is out of reach (%s); trying again.", type(error).__name__)
                if (task := asyncio.current_task()) and task.cancelling():  # it was, while the database was away
                    raise asyncio.CancelledError from error
            await asyncio.sleep(RESTART_S)

    async def _uncount(self, job: int) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(UNCOUNTED, [job])

    async def _defer_take_up(self) -> None:
        try:
            await self._take_up.defer_async(timestamp=0)
        except exceptions.AlreadyEnqueued:
            return  # it waits already

    async def _take_up_stalled(self, context: procrastinate.JobContext, timestamp: int) -> None:
        stalled = await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._settings.stalled_s)
        for job in stalled:
            _log.warning("Job %s is taken up again: its worker fell silent.", job.id)
            await self._app.job_manager.retry_job(job)

    async def _tidy(self, context: procrastinate.JobContext, timestamp: int) -> None:
        await self._app.job_manager.delete_old_jobs(
            nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )
        tidy: Tidy | None = context.additional_context["tidy"]
        if tidy is not None:
            await tidy()


class _Later(retry.BaseRetryStrategy):
    """Whatever went wrong, it is tried again, each time later."""

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):  # its worker was told to stop
            return procrastinate.RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, UNFIT):
            return procrastinate.RetryDecision(retry_in={"seconds": FIRST_WAIT_S})
        if job.attempts + 1 >= ATTEMPTS:
            return None
        wait: types.TimeDeltaParams = {"seconds": wait_after(job.attempts)}
        return procrastinate.RetryDecision(retry_in=wait)


async def _do(context: procrastinate.JobContext) -> None:
    do: Work = context.additional_context["do"]
    assert context.job.id is not None  # noqa: S101 - it comes from the database
    await do(context.job.id, context.job.attempts)
