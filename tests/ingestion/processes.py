"""Processes of their own, for what may end at any moment."""

import multiprocessing
from collections.abc import Callable
from typing import Any

STUCK_S = 180

_PROCESSES = multiprocessing.get_context("forkserver")
# pytest is the main module of these processes too.
_PROCESSES.set_forkserver_preload(["pytest", "tests.ingestion.mortal_worker", "tests.ingestion.two_models"])


def process(target: Callable[..., None], *arguments: Any) -> Any:
    """One that will do this, once it is started."""
    return _PROCESSES.Process(target=target, args=arguments)


def run(target: Callable[..., None], *arguments: Any) -> int | None:
    """What became of a process that did this; nothing if it never ends."""
    one = process(target, *arguments)
    one.start()
    one.join(STUCK_S)
    try:
        code: int | None = one.exitcode
        return code
    finally:
        one.kill()
