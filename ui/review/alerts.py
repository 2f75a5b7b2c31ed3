"""`/audit/alertes`: what the rules of alerts found, what auditors think of it, and what became of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from policies.principal import Principal
from policies.review.alert_rules import Rule
from policies.review.alerts import PAGE, Alerts, AlertState
from policies.review.errors import ReviewError, ReviewInvalid
from policies.review.wishes import number_given
from ui.failures import failure_of
from ui.pages import french_date, moment, number
from ui.review.cases_form import Fields, fields
from ui.review.shell import PREFIX, Shell

PATH = "/alertes"

SHOWN_RECORDS = 100

# By rule: its name, what it means, and whether it is about an address instead of a person.
RULES: Mapping[str, tuple[str, str, bool]] = {
    Rule.REFUSALS: ("Beaucoup de refus", "Une personne s’est vu refuser de nombreux accès.", False),
    Rule.REFUSED_SIGN_INS: (
        "Beaucoup de connexions refusées",
        "De nombreuses connexions, ou de nombreux jetons, ont été refusés depuis une même adresse.",
        True,
    ),
    Rule.BULK_READING: (
        "Lecture en masse",
        "Une personne a lu, ou reçu en réponse, beaucoup de documents différents.",
        False,
    ),
    Rule.INJECTIONS: (
        "Ordres donnés au modèle",
        "Des questions d’une personne, ou des documents qui l’ont servie, donnent des ordres au modèle. Elle n’y "
        "est pas toujours pour quelque chose\u202f: le document peut en être l’auteur.",
        False,
    ),
    Rule.NEW_PLACE: ("Connexion d’un lieu nouveau", "Une personne s’est connectée depuis une adresse nouvelle.", False),
    Rule.UNUSUAL_HOURS: ("Heures inhabituelles", "Une personne a travaillé la nuit ou le week-end.", False),
    Rule.CHECKPOINTS: (
        "Point de contrôle en défaut",
        "Le registre n’est plus signé, ne parvient plus à un lieu extérieur, ou ne se vérifie pas.",
        False,
    ),
}

STATES: Mapping[str, tuple[str, str]] = {
    AlertState.NEW: ("Nouvelle", "new"),
    AlertState.SEEN: ("Vue", "info"),
    AlertState.CLOSED: ("Close", "success"),
}

# A change of an alert.
Change = Callable[[Principal, int, Fields], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a page tells besides its alert: what went wrong, and what was typed."""

    error: str = ""
    typed: Fields = field(default_factory=dict)
    status: int = 200


def alert_router(shell: Shell, alerts: Alerts) -> APIRouter:
    """The routes of alerts."""
    router = shell.router()

    @router.get(PATH)
    async def every(etat: str = "", avant: str = "") -> HTMLResponse:
        state = _state(etat) if etat else None
        before = number_given(avant, "d’alerte") if avant else None
        found = await alerts.page(await shell.caller(), state, before)
        return shell.page(
            "alerts",
            PATH,
            alerts=found,
            state=state,
            states=STATES,
            rules=RULES,
            next=found[-1].id if len(found) == PAGE else None,
            moment=moment,
            number=number,
            french_date=french_date,
        )

    @router.get(PATH + "/{alert}")
    async def one(alert: str) -> HTMLResponse:
        return await _alert(shell, alerts, _number(alert), Said())

    async def change(person: Principal, alert_id: int, typed: Fields) -> None:
        await alerts.change(person, alert_id, _state(typed.get("state", "")))

    async def note(person: Principal, alert_id: int, typed: Fields) -> None:
        await alerts.note(person, alert_id, typed.get("text", ""))

    _route(router, shell, alerts, "etat", change)
    _route(router, shell, alerts, "notes", note)
    return router


def _route(router: APIRouter, shell: Shell, alerts: Alerts, address: str, change: Change) -> None:
    @router.post(f"{PATH}/{{alert}}/{address}")
    async def changed(alert: str, request: Request) -> Response:
        person, alert_id, typed = await shell.caller(), _number(alert), await fields(request)
        try:
            await change(person, alert_id, typed)
        except ReviewInvalid as error:
            return await _alert(shell, alerts, alert_id, _failed(error, typed))
        # What was sent is not sent again where the page is loaded anew.
        to = f"{shell.notice.root}{PREFIX}{PATH}/{alert_id}"
        return RedirectResponse(to, status_code=303, headers={"Cache-Control": "no-store"})


async def _alert(shell: Shell, alerts: Alerts, alert_id: int, said: Said) -> HTMLResponse:
    alert, notes = await alerts.opened(await shell.caller(), alert_id)
    return shell.page(
        "alert",
        PATH,
        status=said.status,
        said=said,
        alert=alert,
        rule=RULES[alert.rule],
        records=alert.records[-SHOWN_RECORDS:],
        notes=notes,
        states=STATES,
        moment=moment,
        number=number,
        french_date=french_date,
    )


def _failed(error: ReviewError, typed: Fields) -> Said:
    failure = failure_of(error)
    return Said(failure.message, typed, failure.status)


def _state(typed: str) -> AlertState:
    try:
        return AlertState(typed)
    except ValueError as error:
        raise ReviewInvalid("Choisissez l’état d’une alerte dans la liste.") from error


def _number(typed: str) -> int:
    return number_given(typed, "d’alerte")
