"""`/audit/document`: who was given a document, and who could see it on a day that has passed.

A document's identifier may hold a name: it travels in the body of a request alone. Each look is recorded first.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from policies.access import AccessRule
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Transaction
from policies.review.filters import Filters
from policies.review.seen import Sighting, who_saw
from policies.review.sight import Sight, could_see
from retrieval.errors import CollectionNotFound
from ui.errors import RequestMalformed
from ui.form_body import form_pairs
from ui.pages import PARIS, moment, number
from ui.review.filter_form import FilterForm, recorded
from ui.review.register import LONGEST_BODY, MOST_READ, Register
from ui.review.shell import Shell
from ui.review.shown import title

PATH = "/document"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks: `day` is one on which somebody could see the document, as it was typed."""

    form: FilterForm
    day: str = ""

    def filters(self) -> tuple[Filters, dt.date | None]:
        """The document with the days of its sightings, and the day. Raises `RequestMalformed`."""
        filters = self.form.filters()
        if not (filters.collection and filters.document):
            raise RequestMalformed("Choisissez une collection, et donnez l’identifiant d’un de ses documents.")
        day = FilterForm(since=self.day).filters().since
        if day is not None and day > dt.datetime.now(PARIS).date():
            raise RequestMalformed(f"Le {day:%d/%m/%Y} est à venir. Choisissez aujourd’hui ou un jour passé.")
        return filters, day


@dataclass(frozen=True, slots=True)
class Answer:
    """Who was given the document, and what was decided of the day, where one was asked."""

    saw: Sequence[Sighting]
    sight: Sight | None


def document_router(shell: Shell, register: Register) -> APIRouter:
    """The routes of the page."""
    router = shell.router()

    @router.get(PATH)
    async def empty() -> HTMLResponse:
        return await _page(shell, register, Asked(FilterForm()))

    @router.post(PATH)
    async def asked(request: Request) -> HTMLResponse:
        pairs = await form_pairs(request, LONGEST_BODY)
        wanted = Asked(FilterForm.of_pairs(pairs), dict(pairs).get("day", "").strip())
        try:
            filters, day = wanted.filters()
        except RequestMalformed as wrong:
            return await _page(shell, register, wanted, error=str(wrong))
        await register.projection.catch_up(MOST_READ)
        async with shell.pool.connection() as connection:
            answer = await _answer(connection, register, filters, day)
            told: dict[str, Json] = {"page": "document", "filters": recorded(filters), "entries": len(answer.saw)}
            await register.ledger.append(connection, Event(Act.REVIEW_OPENED, await shell.caller(), told))
            if day is not None:
                told = {"page": "sight", "filters": recorded(replace(filters, since=day, until=day))}
                await register.ledger.append(connection, Event(Act.REVIEW_OPENED, await shell.caller(), told))
        return await _page(shell, register, wanted, answer=answer)

    return router


async def _answer(connection: Transaction, register: Register, filters: Filters, day: dt.date | None) -> Answer:
    collection, document = filters.collection, filters.document
    saw = await who_saw(connection, collection, document, filters.since, filters.until)
    if day is None:
        return Answer(saw, None)
    today = await _rule_of_today(connection, register, UUID(collection))
    return Answer(saw, await could_see(register.timeline, connection, collection, document, day, today))


async def _rule_of_today(connection: Transaction, register: Register, collection_id: UUID) -> AccessRule | None:
    try:
        return (await register.catalog.collection_by_id(connection, collection_id)).rule
    except CollectionNotFound:
        return None


async def _page(
    shell: Shell, register: Register, asked: Asked, *, answer: Answer | None = None, error: str = ""
) -> HTMLResponse:
    async with shell.pool.connection() as connection:
        names = await register.collections(connection)
    return shell.page(
        "document",
        "",
        status=422 if error else 200,
        form=asked.form,
        day=asked.day,
        error=error,
        answer=answer,
        collections=sorted(names.items(), key=lambda one: one[1].casefold()),
        collection_name=names.get(asked.form.collection, asked.form.collection),
        number=number,
        moment=moment,
        title=title,
    )
