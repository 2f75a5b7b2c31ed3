"""`/recherche`: for those who want texts rather than an answer.

1. A question travels in the body of a request, never in an address: addresses end up in the logs of proxies, and what
   people ask must not. A link to share carries it behind `#`, which browsers keep to themselves, and fills the form;
   nothing is searched, and recorded, in somebody's name before they press the button themselves.
2. What is shown was recorded before (`Search.search`).
3. The page works without JavaScript.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from assistant.conversation import Source
from policies.principal import Principal
from retrieval.corpus import Passage
from retrieval.facets import FacetCounts, Facets
from retrieval.names import folded
from retrieval.reasons import Reasons
from retrieval.search import today
from ui.chat.in_force import state
from ui.chat.passage_links import PassageLinks
from ui.failures import EXPECTED, failure_of
from ui.identity import Caller
from ui.pages import Notice, pages
from ui.reasons import changed, said
from ui.request_body import request_body
from ui.search_form import PAGE, PAGES, SearchForm
from ui.text_search import Texts
from ui.wire import TextSearchRequest

PATH = "/recherche"
LONGEST_BODY = 2**20  # bytes
MALFORMED = 422  # what was typed, not what it was asked of
SHOWN_VALUES = 8  # of a facet; the others are folded away


class Finder(Protocol):
    """Finds texts; `ui.text_search.TextSearch` does."""

    @property
    def counts(self) -> FacetCounts:
        """Counts what a person may read."""

    async def find(self, person: Principal, asked: TextSearchRequest) -> Texts:
        """Recorded before it is given back."""


@dataclass(frozen=True, slots=True)
class SearchServices:
    """What the page stands on; `caller` is the one who reads it."""

    caller: Caller
    texts: Finder
    links: PassageLinks
    notice: Notice


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: what it is called, how many documents it would leave, whether it is chosen."""

    value: str
    documents: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A passage as the page shows it."""

    passage: Passage
    link: str
    text: Markup
    reasons: tuple[str, ...]
    state: str
    in_force: bool


def search_router(services: SearchServices) -> APIRouter:
    """The route of the page."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    async def empty() -> HTMLResponse:
        person = await services.caller()
        try:
            facets = await services.texts.counts.of(person, today())
        except EXPECTED as error:
            failure = failure_of(error)
            return _page(services, person, SearchForm(), error=failure.message, status=failure.status)
        return _page(services, person, SearchForm(), facets=facets)

    @router.post(PATH, response_class=HTMLResponse)
    async def search(request: Request) -> HTMLResponse:
        person, form = await services.caller(), SearchForm()
        try:
            form = SearchForm.of_body(await request_body(request, LONGEST_BODY))
            texts = await services.texts.find(person, form.asked())
        except EXPECTED as error:
            failure = failure_of(error)
            facets = await services.texts.counts.of(person, today()) if failure.status == MALFORMED else None
            return _page(services, person, form, facets=facets, error=failure.message, status=failure.status)
        return _page(services, person, form, texts=texts, facets=texts.facets)

    return router


def _page(
    services: SearchServices,
    person: Principal,
    form: SearchForm,
    *,
    texts: Texts | None = None,
    facets: Facets | None = None,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    first = (form.page - 1) * PAGE
    results = list(_results(services.links, texts))[first:] if texts else []
    page = pages.get_template("search.html").render(
        notice=services.notice,
        path=PATH,
        beside=services.notice.beside(person),
        form=form,
        error=error,
        found=texts.found if texts else None,
        changed=changed(texts.found.changes) if texts else (),
        results=results,
        first=first + 1,
        documents=facets.documents if facets else None,
        choices=_choices(form, facets),
        years=facets.years if facets else (),
        shown_values=SHOWN_VALUES,
        next_page=form.page + 1 if len(results) == PAGE and form.page < PAGES else None,
    )
    return HTMLResponse(page, status_code=status, headers={"Cache-Control": "no-store"})


def _results(links: PassageLinks, texts: Texts) -> Iterator[Result]:
    for passage, reasons in zip(texts.found.passages, texts.reasons, strict=True):
        yield Result(
            passage=passage,
            link=links.link(Source.of(passage)),
            text=marked(passage.chunk.text, reasons),
            reasons=said(reasons),
            state=state(passage.metadata, texts.found.on),
            in_force=passage.metadata.in_force(texts.found.on),
        )


def marked(text: str, reasons: Reasons) -> Markup:
    """The text as HTML, the question's words marked in it."""
    pieces, end = [Markup()], 0
    for start, stop in reasons.marks:
        pieces += [escape(text[end:start]), Markup("<mark>"), escape(text[start:stop]), Markup("</mark>")]
        end = stop
    return Markup().join([*pieces, escape(text[end:])])


def _choices(form: SearchForm, facets: Facets | None) -> dict[str, list[Choice]]:
    """By the name of the field: what can be chosen, and what is chosen whether it leaves anything or not."""
    counted = facets or Facets(0, (), (), (), ())
    return {
        "collection": _of(counted.collections, form.collections),
        "kind": _of([(kind.value, n) for kind, n in counted.kinds], form.kinds),
        "author": _of(counted.authors, form.authors),
    }


def _of(counted: Sequence[tuple[str, int]], chosen: Sequence[str]) -> list[Choice]:
    keys = {folded(one) for one in chosen}
    known = {folded(value) for value, _ in counted}
    held = [Choice(value, n, folded(value) in keys) for value, n in counted]
    return held + [Choice(value, 0, chosen=True) for value in chosen if folded(value) not in known]
