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
    return run_beside((target, *arguments))[0]


def run_beside(*work: tuple[Any, ...]) -> list[int | None]:
    """The same of several at once, each a function and its arguments."""
    some = [process(*one) for one in work]
    try:
        for one in some:
            one.start()
        for one in some:
            one.join(STUCK_S)
        return [one.exitcode for one in some]
    finally:
        for one in some:
            if one.pid is not None:
                one.kill()
