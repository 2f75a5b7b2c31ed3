"""`/audit/dossiers`: cases, what is asked and decided in them, and what they open.

1. Each look is a record before its page is given (`policies.review`).
2. A name and a text are on the page that answers the press of a button, and on no other.
3. What does not fit comes back in its form, with all that was typed.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from policies.principal import Principal
from policies.review.errors import RequestNotFound, ReviewError
from policies.review.holds import Scope
from policies.review.wishes import Kind, Wish, number_given
from ui.failures import failure_of
from ui.pages import moment, number
from ui.review.case_services import CaseServices
from ui.review.cases_form import Fields, fields, span, wish
from ui.review.cases_shown import KINDS, SCOPES, STATES, TEXTS, parted
from ui.review.register import MOST_READ
from ui.review.revealed import revealed
from ui.review.shell import PREFIX, Shell

PATH = "/dossiers"

# A change in a case; gives what the page says of it.
Change = Callable[[Principal, int, Fields], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a page tells besides its case: what went wrong, in which form, what was typed, names by pseudonyms."""

    error: str = ""
    form: str = ""
    typed: Fields = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def case_router(shell: Shell, services: CaseServices) -> APIRouter:
    """The routes of cases."""
    router = shell.router()

    @router.get(PATH)
    async def every(enregistrement: str = "") -> HTMLResponse:
        return await _list(shell, services, Said(), enregistrement)

    @router.post(PATH)
    async def begin(request: Request) -> Response:
        typed = await fields(request)
        try:
            case = await services.cases.open(await shell.caller(), typed.get("title", ""), typed.get("reason", ""))
        except ReviewError as error:
            return await _list(shell, services, _failed(error, "ouverture", typed))
        return _to(shell, case.id)

    @router.get(PATH + "/{case}")
    async def one(case: str) -> HTMLResponse:
        return await _case(shell, services, _number(case), Said())

    _changes(router, shell, services)

    @router.post(PATH + "/{case}/demandes/{asked}/nom")
    async def name(case: str, asked: str) -> HTMLResponse:
        person, case_id, request_id = await shell.caller(), _number(case), number_given(asked, "de demande")
        who = await _who(services, case_id, request_id)
        told = await services.requests.unsealed(person, who, case_id)
        said = Said(names={who: told}) if told else Said(error=SEALED, form="demandes", status=403)
        return await _case(shell, services, case_id, said)

    @router.post(PATH + "/{case}/contenu")
    async def texts(case: str, request: Request) -> HTMLResponse:
        person, case_id, typed = await shell.caller(), _number(case), await fields(request)
        await services.projection.catch_up(MOST_READ)
        try:
            index = number_given(typed.get("record", ""), "d’enregistrement")
            read = await services.contents.read(person, case_id, index, typed.get("reason", ""))
        except ReviewError as error:
            return await _case(shell, services, case_id, _failed(error, "contenu", typed))
        shown = [(TEXTS.get(one.name, one.name), *STATES[one.state], revealed(one.text)) for one in read]
        return shell.page("case_texts", PATH, case_id=case_id, index=index, number=number, texts=shown)

    return router


SEALED = "Ce nom n’est pas ouvert, ou plus. Demandez-en la levée, qu’un second auditeur doit accorder."


def _changes(router: APIRouter, shell: Shell, services: CaseServices) -> None:
    """Routes that change a case, and lead back to it."""

    async def close(person: Principal, case_id: int, _: Fields) -> None:
        await services.cases.close(person, case_id)

    async def note(person: Principal, case_id: int, typed: Fields) -> None:
        await services.cases.note(person, case_id, typed.get("text", ""))

    async def attach(person: Principal, case_id: int, typed: Fields) -> None:
        record = number_given(typed.get("record", ""), "d’enregistrement")
        await services.cases.attach(person, case_id, record)

    async def ask(person: Principal, case_id: int, typed: Fields) -> None:
        await services.requests.ask(person, case_id, wish(typed), typed.get("reason", ""))

    async def release(person: Principal, case_id: int, typed: Fields) -> None:
        await services.requests.ask(person, case_id, Wish(Kind.RELEASE, typed.get("hold", "")), typed.get("reason", ""))

    async def hold(person: Principal, case_id: int, typed: Fields) -> None:
        await services.holds.place(person, case_id, span(typed), typed.get("reason", ""))

    async def decide(person: Principal, case_id: int, typed: Fields) -> None:
        request_id = number_given(typed.get("request", ""), "de demande")
        await services.requests.decide(person, case_id, request_id, granted=typed.get("granted") == "oui")

    async def revoke(person: Principal, case_id: int, typed: Fields) -> None:
        await services.requests.revoke(person, case_id, number_given(typed.get("request", ""), "de demande"))

    changes: Mapping[str, tuple[Change, str]] = {
        "cloture": (close, "cloture"),
        "notes": (note, "notes"),
        "enregistrements": (attach, "enregistrements"),
        "demandes": (ask, "demande"),
        "decisions": (decide, "demandes"),
        "retraits": (revoke, "demandes"),
        "gels": (hold, "gel"),
        "levees": (release, "levee"),
    }
    for address, (change, form) in changes.items():
        _route(router, shell, services, address, change, form)


def _route(router: APIRouter, shell: Shell, services: CaseServices, address: str, change: Change, form: str) -> None:
    @router.post(f"{PATH}/{{case}}/{address}")
    async def changed(case: str, request: Request) -> Response:
        person, case_id, typed = await shell.caller(), _number(case), await fields(request)
        await services.projection.catch_up(MOST_READ)
        try:
            await change(person, case_id, typed)
        except ReviewError as error:
            return await _case(shell, services, case_id, _failed(error, form, typed))
        return _to(shell, case_id)


async def _list(shell: Shell, services: CaseServices, said: Said, record: str = "") -> HTMLResponse:
    person = await shell.caller()
    cases = await services.cases.all(person)
    awaiting = await services.requests.awaiting(person)
    reader = services.reader(person)
    open_ones, closed = parted(cases)
    return shell.page(
        "cases",
        PATH,
        status=said.status,
        said=said,
        reader=reader,
        awaiting=[reader.asked(one) for one in awaiting],
        open_ones=open_ones,
        closed=closed,
        record=number_given(record, "d’enregistrement") if record else None,
        number=number,
    )


async def _case(shell: Shell, services: CaseServices, case_id: int, said: Said) -> HTMLResponse:
    person = await shell.caller()
    case = await services.cases.opened(person, case_id)
    reader = services.reader(person)
    return shell.page(
        "case",
        PATH,
        status=said.status,
        said=said,
        case=case,
        reader=reader,
        requests=[reader.asked(one) for one in await services.requests.of_case(case_id)],
        holds=[reader.kept(one) for one in await services.holds.of_case(case_id)],
        notes=await services.cases.notes(case_id),
        records=await services.cases.attached(case_id),
        kinds=KINDS if services.contents.approval else {Kind.NAME: KINDS[Kind.NAME]},
        scopes=SCOPES,
        targets=[scope for scope in Scope if scope not in (Scope.RECORDS, Scope.PERIOD)],
        approval=services.contents.approval,
        moment=moment,
        number=number,
    )


async def _who(services: CaseServices, case_id: int, request_id: int) -> str:
    """The pseudonym whose name that request is for. Raises `RequestNotFound`."""
    for one in await services.requests.of_case(case_id):
        if one.id == request_id and one.wish.kind is Kind.NAME:
            return one.target
    raise RequestNotFound(request_id)


def _failed(error: ReviewError, form: str, typed: Fields) -> Said:
    failure = failure_of(error)
    return Said(failure.message, form, typed, status=failure.status)


def _number(typed: str) -> int:
    return number_given(typed, "de dossier")


def _to(shell: Shell, case_id: int) -> RedirectResponse:
    """The page of the case, once more: what was sent is not sent again where it is loaded anew."""
    address = f"{shell.notice.root}{PREFIX}{PATH}/{case_id}"
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
