"""`/console/annonces`: what is, was and will be announced to everybody; announcing, changing, withdrawing it.

What is typed is shown as it will be before it is published, where one asks for it.
"""

import datetime as dt

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from ui.announcement import LONGEST, Announcement, AnnouncementKind, AnnouncementState, Wording
from ui.announcements import Announcements
from ui.console.form import Form, read_form
from ui.console.listing import PAGE, Listing
from ui.console.shell import Shell, said_in
from ui.errors import AnnouncementChanged, AnnouncementInvalid, AnnouncementNotFound, RequestMalformed
from ui.failures import failure_of
from ui.paris import field_value, paris_moment

HERE = "/annonces"
PREVIEW = "apercu"  # what the button of that name sends
LONGEST_NUMBER = 18  # digits
USUAL = dt.timedelta(days=1)

KINDS = (
    (AnnouncementKind.INFO.value, "Information", "Une nouveauté, un rappel"),
    (AnnouncementKind.WARNING.value, "Attention", "Une gêne à venir, une limite"),
    (AnnouncementKind.ALERT.value, "Alerte", "Une panne, une consigne à suivre"),
)
STATES = {
    AnnouncementState.PLANNED: ("info", "Prévue"),
    AnnouncementState.SHOWN: ("success", "Affichée"),
    AnnouncementState.OVER: ("", "Passée"),
    AnnouncementState.WITHDRAWN: ("", "Retirée"),
}
SAID = {
    "publiee": "C’est publié. Les pages ouvertes l’affichent dans la minute.",
    "modifiee": "C’est modifié.",
    "retiree": "L’annonce est retirée.",
}
WRONG = "Donnez le jour et l’heure, à Paris\u202f: 26/11/2026 18:00."


def announcements_router(shell: Shell, announcements: Announcements) -> APIRouter:
    """These pages."""
    router = shell.router(HERE)

    @router.get("")
    async def opened(request: Request) -> HTMLResponse:
        now = dt.datetime.now(dt.UTC)
        form = Form.filled({"kind": "info", "from": field_value(now), "until": field_value(now + USUAL)})
        return await _listed(shell, announcements, request, form)

    @router.post("")
    async def publish(request: Request) -> Response:
        form = await read_form(request)
        wording = _wording(form)
        if wording is not None and form.get("faire") != PREVIEW:
            try:
                await announcements.publish(await shell.caller(), wording)
            except AnnouncementInvalid as error:
                form.wrong(error.field, str(error))
            else:
                return shell.done(HERE, "publiee")
        preview = wording if not form.errors else None
        return await _listed(shell, announcements, request, form, preview)

    @router.get("/{number}")
    async def one(number: str) -> HTMLResponse:
        announcement = await announcements.one(await shell.caller(), _number(number))
        return _one(shell, announcement, _filled(announcement))

    @router.post("/{number}")
    async def change(request: Request, number: str) -> Response:
        return await _changed(shell, announcements, _number(number), await read_form(request))

    @router.post("/{number}/retrait")
    async def withdraw(number: str) -> Response:
        await announcements.withdraw(await shell.caller(), _number(number))
        return shell.done(HERE, "retiree")

    return router


async def _changed(shell: Shell, announcements: Announcements, number: int, form: Form) -> Response:
    """Have it say what was typed; who is late or wrong gets its page with what they typed, and what it says now."""
    person = await shell.caller()
    wording, edition = _wording(form), form.whole("edition", least=1, most=10**8)
    if edition is None:
        raise RequestMalformed("Cette demande n’est pas celle d’un formulaire d’ici. Rechargez la page.")
    status, error = 200, ""
    if wording is not None and form.get("faire") != PREVIEW:
        try:
            await announcements.change(person, number, edition, wording)
            return shell.done(HERE, "modifiee")
        except AnnouncementInvalid as wrong:
            form.wrong(wrong.field, str(wrong))
        except AnnouncementChanged as late:
            status, error, wording = failure_of(late).status, str(late), None
    announcement = await announcements.one(person, number)
    if form.errors:
        status, wording = 422, None
    return _one(shell, announcement, form, wording, status=status, error=error)


async def _listed(
    shell: Shell, announcements: Announcements, request: Request, form: Form, preview: Wording | None = None
) -> HTMLResponse:
    listing = Listing.of(request.query_params.multi_items())
    held, total = await announcements.page(await shell.caller(), PAGE, listing.offset)
    now = dt.datetime.now(dt.UTC)
    return shell.page(
        "announcements",
        HERE,
        status=422 if form.errors else 200,
        said=said_in(request, SAID),
        form=form,
        preview=preview,
        rows=[(one, STATES[one.state(now)], one.state(now)) for one in held],
        kinds=KINDS,
        names={value: name for value, name, _ in KINDS},
        listing=listing,
        window=listing.window(total),
        longest=LONGEST,
    )


def _one(
    shell: Shell,
    announcement: Announcement,
    form: Form,
    preview: Wording | None = None,
    *,
    status: int = 200,
    error: str = "",
) -> HTMLResponse:
    """Its page, with what was typed and what it says now."""
    state = announcement.state(dt.datetime.now(dt.UTC))
    return shell.page(
        "announcement",
        HERE,
        status=status,
        error=error,
        announcement=announcement,
        state=STATES[state],
        open=state in (AnnouncementState.PLANNED, AnnouncementState.SHOWN),
        form=form,
        preview=preview,
        kinds=KINDS,
        longest=LONGEST,
    )


def _filled(announcement: Announcement) -> Form:
    return Form.filled(
        {
            "text": announcement.text,
            "kind": announcement.kind.value,
            "from": field_value(announcement.starts_at),
            "until": field_value(announcement.ends_at),
        }
    )


def _wording(form: Form) -> Wording | None:
    """What was typed; None where something is wrong, which the form says then."""
    kind = form.one_of("kind", [*AnnouncementKind], "Choisissez l’une des trois sortes.")
    moments = {name: paris_moment(form.get(name)) for name in ("from", "until")}
    for name, moment in moments.items():
        if moment is None:
            form.wrong(name, WRONG)
    start, end = moments.values()
    if start is None or end is None or not kind:
        return None
    try:
        return Wording(form.get("text"), AnnouncementKind(kind), start, end)
    except AnnouncementInvalid as error:
        form.wrong(error.field, str(error))
        return None


def _number(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) <= LONGEST_NUMBER):
        raise AnnouncementNotFound(0)
    return int(written)
