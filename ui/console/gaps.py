"""`/console/manques`: what several people asked and did not get, by the words that they share."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from assistant.gaps import DAYS, Gap, Gaps
from assistant.shared_words import PEOPLE
from policies.principal import Principal
from ui.console.shell import Shell
from ui.failures import failure_of
from ui.long_work import LongWork, Work

HERE = ""
PART = "/manques"
KIND = "gaps"


def gaps_router(shell: Shell, gaps: Gaps, work: LongWork) -> APIRouter:
    """The list, and having it made anew."""
    router = shell.router(PART)

    def progress(person: Principal) -> dict[str, Any]:
        going = work.of(person, KIND)
        return {"work": going, "failure": _failure(going)}

    @router.get("")
    async def listed() -> HTMLResponse:
        person = await shell.caller()
        known = await gaps.known(person)

        def names(gap: Gap) -> str:
            return ", ".join(known.names[one] for one in gap.searched if one in known.names)

        return shell.page("gaps", HERE, known=known, names=names, days=DAYS, least=PEOPLE, **progress(person))

    @router.post("")
    async def look() -> Response:
        person = await shell.caller()
        going = work.of(person, KIND)
        if going is None or not going.running:
            work.start(person, KIND, gaps.find(person))
        return shell.done(PART)

    @router.get("/suite")
    async def going_on() -> Response:
        person = await shell.caller()
        page = shell.part("gaps_progress", **progress(person))
        if (going := work.of(person, KIND)) is None or not going.running:
            page.headers["HX-Refresh"] = "true"
        return page

    return router


def _failure(work: Work | None) -> str:
    return "" if work is None or work.error is None else failure_of(work.error).message
