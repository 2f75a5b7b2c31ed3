"""The work of a worker, told to whoever watches."""

import time
from collections.abc import Awaitable, Callable

from ui.observability.metrics import DONE
from ui.observability.outcomes import of_error
from ui.observability.watching import Watching


def watched_job(do: Callable[[int, int], Awaitable[None]], watching: Watching) -> Callable[[int, int], Awaitable[None]]:
    """The same work of a worker: a job's number, and how often it was tried before."""
    if not watching.on:
        return do

    async def doing(job: int, attempts: int) -> None:
        began, outcome = time.perf_counter(), DONE
        try:
            with watching.within("job") as span:
                span.set_attributes({"assistant.job.id": job, "assistant.attempt": attempts + 1})
                await do(job, attempts)
        except BaseException as error:
            outcome = of_error(error).value
            raise
        finally:
            if watching.metrics is not None:
                watching.metrics.jobs.labels(outcome).inc()
                watching.metrics.job_time.observe(time.perf_counter() - began)

    return doing
