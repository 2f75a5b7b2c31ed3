"""The part of the API behind the command line about figures, and about what people asked and did not get."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from assistant.figure_reports import FigureReports
from assistant.figure_sums import Period
from assistant.gaps import Gaps, KnownGaps, Looking
from policies import Principal
from policies.access import Action
from ui.control.streams import lines
from ui.errors import RequestMalformed
from ui.figures import Estimates, report_json
from ui.identity import local_principal

USUAL = 30  # days
LONGEST = 731

Actor = Annotated[Principal, Depends(local_principal)]


def figures_router(reports: FigureReports, gaps: Gaps, estimates: Estimates) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/figures")
    async def report(
        actor: Actor, since: dt.date | None = None, until: dt.date | None = None, collection: str = ""
    ) -> dict[str, Any]:
        """The figures of a period; of the last thirty days without one."""
        last = until or reports.today()
        period = Period(since, last) if since else Period.last(USUAL, last)
        if not 1 <= period.days <= LONGEST:
            raise RequestMalformed("La période doit avoir un jour au moins et deux ans au plus. Changez ses jours.")
        held = await reports.permission.collection(actor, Action.INGEST, collection) if collection else None
        return report_json(
            await reports.report(await reports.sight(actor), period, held.id if held else None), estimates
        )

    @router.get("/gaps")
    async def known(actor: Actor) -> dict[str, Any]:
        """The groups as they were last found."""
        return _json(await gaps.known(actor))

    @router.post("/gaps")
    async def look(actor: Actor) -> StreamingResponse:
        """Look for them anew, and then tell them."""
        return lines(_looked(gaps, actor))

    return router


async def _looked(gaps: Gaps, actor: Principal) -> AsyncIterator[dict[str, Any]]:
    async for step in gaps.find(actor):
        if isinstance(step, Looking):
            yield {"kind": "progress", **asdict(step)}
    yield {"kind": "gaps", **_json(await gaps.known(actor))}


def _json(known: KnownGaps) -> dict[str, Any]:
    return {
        "at": None if known.at is None else known.at.isoformat(timespec="seconds"),
        "questions": known.questions,
        "gaps": [
            {
                "terms": [*gap.terms],
                "questions": gap.questions,
                "people": gap.people,
                "refused": gap.refused,
                "useless": gap.useless,
                "first_day": gap.first_day.isoformat(),
                "last_day": gap.last_day.isoformat(),
                "searched": [known.names.get(one, str(one)) for one in gap.searched],
            }
            for gap in known.gaps
        ],
    }
