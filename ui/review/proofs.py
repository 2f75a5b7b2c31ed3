"""`/audit/preuves`: how far the ledger is signed, by which keys, where its checkpoints lie, what was verified last."""

import datetime as dt
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from policies.audit.event import Act, Event
from policies.review.entry import Entry
from policies.review.filters import Filters
from ui.auditing import Auditing
from ui.pages import moment, number
from ui.review.register import MOST_READ, Register
from ui.review.shell import Shell

PART = "/preuves"


@dataclass(frozen=True, slots=True)
class Kept:
    """A place outside the database, and how many records it vouches for."""

    label: str
    size: int


def proofs_router(shell: Shell, register: Register, auditing: Auditing) -> APIRouter:
    """The route of the page."""
    router = shell.router()

    @router.get(PART)
    async def proofs() -> HTMLResponse:
        await register.projection.catch_up(MOST_READ)
        standing = await auditing.watch.standing()
        places = [Kept(place.label, auditing.shipping.shipped(place)) for place in auditing.shipping.places]
        async with shell.pool.connection() as connection:
            page = await register.timeline.page(connection, Filters(acts=(Act.AUDIT_VERIFIED.value,)), size=1)
            event = Event(Act.REVIEW_OPENED, await shell.caller(), {"page": "proofs"})
            await register.ledger.append(connection, event)
        return shell.page(
            "proofs",
            PART,
            standing=standing,
            signed_at=moment(standing.latest.at) if standing.latest else "",
            age=age(dt.datetime.now(dt.UTC) - standing.latest.at) if standing.latest else "",
            unsigned=standing.records - standing.signed,
            places=places,
            keys=auditing.keys.public(),
            verified=_verified(page.entries),
            number=number,
            moment=moment,
        )

    return router


def age(passed: dt.timedelta) -> str:
    """« 3 min », from the largest unit that is whole."""
    seconds = max(0, int(passed.total_seconds()))
    for unit, name in ((86_400, "j"), (3_600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


def _verified(entries: tuple[Entry, ...]) -> Entry | None:
    return entries[0] if entries else None
