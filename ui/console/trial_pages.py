"""The page of a trial that goes on while it is left: its steps, the next ones as they come, and a way to end it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from policies import Principal
from ui.console.shell import Shell, said_in
from ui.failures import failure_of
from ui.long_work import LongWork

SAID = {"arrete": "L’essai est arrêté."}


@dataclass(frozen=True, slots=True)
class TrialPages:
    """`kind` of work, at `path` below the `part`; `page` is its template, `steps` that of what changes."""

    kind: str
    part: str
    path: str
    page: str
    steps: str


def add_trial(
    router: APIRouter, shell: Shell, work: LongWork, person: Callable[[], Awaitable[Principal]], pages: TrialPages
) -> None:
    """Put its three addresses into the router of its part."""
    address = f"{pages.part}{pages.path}"

    async def found() -> dict[str, Any]:
        held = work.of(await person(), pages.kind)
        failure = failure_of(held.error).message if held and held.error else ""
        more, stop = f"{shell.root}{address}/suite", f"{shell.root}{address}/arret"
        return {"work": held, "failure": failure, "more": more, "stop": stop, "again": f"{shell.root}{address}"}

    @router.get(pages.path)
    async def trial(request: Request) -> HTMLResponse:
        return shell.page(pages.page, pages.part, said=said_in(request, SAID), steps=pages.steps, **await found())

    @router.get(f"{pages.path}/suite")
    async def goes_on() -> Response:
        now = await found()
        if now["work"] is None:  # this process has been started since
            return Response(status_code=204, headers={"HX-Redirect": now["again"]})
        return shell.part(pages.steps, **now)

    @router.post(f"{pages.path}/arret")
    async def stopped() -> Response:
        await work.stop(await person(), pages.kind)
        return shell.done(address, "arrete")
