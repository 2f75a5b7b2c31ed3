"""`/audit`: the register, narrowed by filters, page by page from the newest act back.

Each page is recorded before it is given: its filters as they are, words that were typed as a salted hash.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from policies.audit.event import Act, Event, Json
from policies.audit.kinds import Kind
from policies.audit.ledger import Ledger, Transaction
from policies.principal import Principal
from policies.review.entry import Entry
from policies.review.errors import ReviewInvalid
from policies.review.filters import Filters
from policies.review.projection import Projection
from policies.review.searches import Searches
from policies.review.timeline import Page, Timeline
from retrieval.catalog import Catalog
from ui.errors import RequestMalformed
from ui.form_body import form_pairs
from ui.pages import moment, number
from ui.review.filter_form import FilterForm, recorded
from ui.review.shell import Shell
from ui.review.shown import title
from ui.review.words import ACTS, DECISIONS, FAMILIES, FILTERS, FLAGS

LONGEST_BODY = 2**16  # bytes
MOST_READ = 10_000  # records that a page waits for; what is beyond is read meanwhile
SHOWN_DOCUMENTS = 2  # of an entry; the others are counted


@dataclass(frozen=True, slots=True)
class Register:
    """What the register is read by."""

    timeline: Timeline
    projection: Projection
    searches: Searches
    ledger: Ledger
    catalog: Catalog

    async def page(self, connection: Transaction, auditor: Principal, filters: Filters, before: int | None) -> Page:
        """A page, which is recorded last. Raises `LedgerUnavailable`."""
        page = await self.timeline.page(connection, filters, before)
        told: dict[str, Json] = {
            "page": "register",
            "filters": recorded(filters, before),
            "entries": len(page.entries),
        }
        words = {"words": filters.words} if filters.words else {}
        await self.ledger.append(connection, Event(Act.REVIEW_OPENED, auditor, told, words))
        return page

    async def collections(self, connection: Transaction) -> dict[str, str]:
        """The names of the collections that there are, by identifier."""
        return {str(one.id): one.name for one in await self.catalog.collections(connection)}


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as a line of the register; `more` counts the documents that are not named in it."""

    index: int
    number: str
    at: str
    act: str
    who: str
    about: tuple[str, ...]
    collections: tuple[str, ...]
    documents: tuple[str, ...]
    more: int
    signs: tuple[str, ...]


def register_router(shell: Shell, register: Register) -> APIRouter:
    """The routes of the register and of the searches that auditors keep."""
    router = shell.router()

    @router.get("")
    async def opened(request: Request) -> HTMLResponse:
        return await _shown(shell, register, FilterForm.of_address(request.query_params.multi_items()))

    @router.post("")
    async def narrowed(request: Request) -> HTMLResponse:
        return await _shown(shell, register, FilterForm.of_pairs(await form_pairs(request, LONGEST_BODY)))

    @router.post("/recherches")
    async def keep(request: Request) -> HTMLResponse:
        pairs = await form_pairs(request, LONGEST_BODY)
        form, name = FilterForm.of_pairs(pairs).turned(None), dict(pairs).get("name", "")
        try:
            told, typed = recorded(form.filters()), form.filled
            async with shell.pool.connection() as connection:
                kept = await register.searches.keep(connection, await shell.caller(), name, typed, told)
        except (RequestMalformed, ReviewInvalid) as error:
            return await _shown(shell, register, form, error=str(error))
        return await _shown(shell, register, form, said=f"La recherche «\u202f{kept.name}\u202f» est gardée.")

    @router.post("/recherches/{search_id}")
    async def again(search_id: UUID) -> HTMLResponse:
        async with shell.pool.connection() as connection:
            search = await register.searches.one(connection, await shell.caller(), search_id)
        return await _shown(shell, register, FilterForm.of_pairs(search.filters.items()))

    @router.post("/recherches/{search_id}/suppression")
    async def forget(search_id: UUID) -> HTMLResponse:
        async with shell.pool.connection() as connection:
            gone = await register.searches.forget(connection, await shell.caller(), search_id)
        said = f"La recherche «\u202f{gone.name}\u202f» est supprimée."
        return await _shown(shell, register, FilterForm(), said=said)

    return router


async def _shown(
    shell: Shell, register: Register, form: FilterForm, *, said: str = "", error: str = ""
) -> HTMLResponse:
    """The page; where something that was typed is wrong it says so, keeps what was typed and shows no act."""
    auditor, filters, before = await shell.caller(), Filters(), None
    try:
        filters, before = form.filters(), form.before_index()
    except RequestMalformed as wrong:
        error = error or str(wrong)
    left = 0 if error else await register.projection.catch_up(MOST_READ)
    page = None
    async with shell.pool.connection() as connection:
        names = await register.collections(connection)
        searches = await register.searches.of(connection, auditor)
        if not error:
            page = await register.page(connection, auditor, filters, before)
    return shell.page(
        "register",
        "",
        status=422 if error else 200,
        form=form,
        error=error,
        said=said,
        narrowed=[*narrowed(form, names)],
        rows=[row(entry, names) for entry in page.entries] if page else None,
        older=form.turned(page.next) if page and page.next is not None else None,
        unread=number(left) if left else "",
        searches=searches,
        collections=sorted(names.items(), key=lambda one: one[1].casefold()),
        families=FAMILIES,
        flags=FLAGS,
        decisions=DECISIONS,
    )


def row(entry: Entry, collections: Mapping[str, str], documents: int | None = SHOWN_DOCUMENTS) -> Row:
    """The entry as a line, with so many documents; `collections` are the names of those there are, by identifier."""
    named = [collections.get(one, one) for one in entry.named(Kind.COLLECTION)]
    texts = entry.named(Kind.DOCUMENT)
    shown = texts if documents is None else texts[:documents]
    return Row(
        index=entry.index,
        number=number(entry.index),
        at=moment(entry.at),
        act=title(entry.act),
        who=entry.who,
        about=tuple(entry.named(Kind.PERSON)),
        collections=tuple(dict.fromkeys([*named, *entry.named(Kind.COLLECTION_NAME)])),
        documents=tuple(shown),
        more=len(texts) - len(shown),
        signs=tuple(dict.fromkeys(_signs(entry))),
    )


def _signs(entry: Entry) -> Iterable[str]:
    """What an auditor looks for: flags that are set, lists and counts of them that are not empty."""
    for name in FLAGS:
        if entry.details.get(name):
            yield FLAGS[name]
    yield from (FLAGS[one] for one in entry.named(Kind.WORD) if one in FLAGS)


def narrowed(form: FilterForm, collections: Mapping[str, str]) -> Iterator[tuple[str, str, FilterForm]]:
    """Each filter that is set: its name, what it is set to, and the form without it."""
    words = {
        "act": ACTS,
        "collection": collections,
        "flag": FLAGS,
        "decision": DECISIONS,
    }
    for name, value in form.filled.items():
        yield FILTERS[name], words.get(name, {}).get(value, value), form.without(name)
