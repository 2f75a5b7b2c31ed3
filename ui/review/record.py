"""`/audit/enregistrements/…`: one record with all its fields, its proof, and what stands around it.

The look is recorded before the page is given.
"""

from dataclasses import dataclass
from typing import LiteralString

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse

from policies.audit.checkpoints import Checkpoints
from policies.audit.event import Act, Event, Json
from policies.audit.kinds import Kind
from policies.audit.ledger import Transaction
from policies.audit.tree import Tree
from policies.review.entry import Entry
from policies.review.errors import RecordNotFound
from policies.review.filters import Filters
from policies.review.holds import Holds
from policies.review.rows import value_of
from ui.audit_keys import AuditKeys
from ui.pages import moment, number
from ui.review.filter_form import record_index
from ui.review.proof import Proof, proof
from ui.review.register import MOST_READ, Register, row
from ui.review.shell import Shell
from ui.review.shown import details, title

PATH = "/enregistrements/{index}"
SHOWN_TOGETHER = 20  # records of the same answer

BODY: LiteralString = "select body from ledger_record where index = %s"


@dataclass(frozen=True, slots=True)
class RecordServices:
    """What the page stands on."""

    register: Register
    holds: Holds
    tree: Tree
    checkpoints: Checkpoints
    keys: AuditKeys

    async def proof(self, connection: Transaction, index: int) -> Proof | None:
        """The proof of a record. Raises `RecordNotFound`, `LedgerUnavailable`, `AuditKeyUnusable`."""
        body = await value_of(connection, BODY, [index])
        if body is None:
            raise RecordNotFound(index)
        return await proof(connection, index, bytes(body), self.tree, self.checkpoints, self.keys.public())

    async def together(self, connection: Transaction, entry: Entry) -> list[Entry]:
        """What else was done about the same answers: the question, the answer, what was thought of it."""
        found: dict[int, Entry] = {}
        for exchange in entry.named(Kind.EXCHANGE):
            filters = Filters(exchange=exchange)
            page = await self.register.timeline.page(connection, filters, size=SHOWN_TOGETHER)
            found |= {one.index: one for one in page.entries}
        return [found[index] for index in sorted(found) if index != entry.index]


def record_router(shell: Shell, services: RecordServices) -> APIRouter:
    """The routes of single records."""
    router = shell.router()
    register = services.register

    @router.get(PATH)
    async def opened(index: str) -> HTMLResponse:
        place = record_index(index)
        await register.projection.catch_up(MOST_READ)
        async with shell.pool.connection() as connection:
            entry = await register.timeline.entry(connection, place)
            held = await services.proof(connection, place)
            around = await register.timeline.neighbours(connection, entry)
            together = await services.together(connection, entry)
            names = await register.collections(connection)
            holds = await services.holds.held(connection, place)
            told: dict[str, Json] = {"page": "record", "record": place, "about": entry.who or None}
            await register.ledger.append(connection, Event(Act.REVIEW_RECORD_OPENED, await shell.caller(), told))
        return shell.page(
            "record",
            "",
            entry=entry,
            number=number,
            title=title(entry.act),
            at=moment(entry.at),
            details=details(entry, names),
            collections=names,
            proof=held,
            signed_at=moment(held.checkpoint.at) if held else "",
            before=max((one.index for one in around.ledger if one.index < place), default=None),
            after=min((one.index for one in around.ledger if one.index > place), default=None),
            around=[row(one, names) for one in around.ledger],
            same_person=[row(one, names) for one in around.person],
            same_session={one.index for one in around.person if one.session and one.session == entry.session},
            together=[row(one, names) for one in together],
            holds=holds,
        )

    @router.get(PATH + "/preuve")
    async def proof_file(index: str) -> JSONResponse:
        place = record_index(index)
        async with shell.pool.connection() as connection:
            held = await services.proof(connection, place)
            if held is None:
                raise RecordNotFound(place)
            told: dict[str, Json] = {"page": "proof", "record": place, "format": "json"}
            await register.ledger.append(connection, Event(Act.REVIEW_EXPORTED, await shell.caller(), told))
        headers = {"Content-Disposition": f'attachment; filename="preuve-{place}.json"', "Cache-Control": "no-store"}
        return JSONResponse(held.as_json(services.keys.public()), headers=headers)

    return router
