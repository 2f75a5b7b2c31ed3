"""`/console/personnes`: people, groups and roles as Keycloak has them, one person's rights and sessions.

An address names groups, roles and identifiers alone: names that are looked for travel in the body of a form.
"""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from policies.access import Action
from policies.principal import Principal, Role
from retrieval.permission import require_right
from ui.console.form import Form, read_form
from ui.console.listing import PAGE, Listing
from ui.console.people_book import PeopleBook
from ui.console.shell import Shell, said_in
from ui.errors import PersonNotFound, SessionNotFound
from ui.realm.directory import PeopleWanted

HERE = "/personnes"
FIELDS = ("groupe", "role")
LONGEST_WORDS = 100  # characters
DEEPEST = 100_000  # pages

ROLES = {
    Role.AGENT: "Agent",
    Role.GESTIONNAIRE: "Gestionnaire",
    Role.ADMINISTRATEUR: "Administrateur",
    Role.AUDITEUR: "Auditeur",
}
SAID = {
    "terminee": "La session est terminée, ici et dans Keycloak.",
    "deja": "Cette session était déjà terminée.",
}


def people_router(shell: Shell, book: PeopleBook | None) -> APIRouter:
    """These pages; without Keycloak there is nobody to list, and one page says so."""

    async def administrator() -> None:
        person = await shell.caller()
        await require_right(shell.pool, shell.policy, shell.ledger, person, Action.ADMINISTER_PEOPLE)

    router = shell.router(HERE)
    router.dependencies.append(Depends(administrator))
    if book is None:
        _without_keycloak(router, shell)
    else:
        _pages(router, shell, book)
    return router


def _without_keycloak(router: APIRouter, shell: Shell) -> None:
    @router.get("")
    async def nobody() -> HTMLResponse:
        return shell.page("people_nobody", HERE)


def _pages(router: APIRouter, shell: Shell, book: PeopleBook) -> None:
    @router.get("")
    async def opened(request: Request) -> HTMLResponse:
        listing = Listing.of(request.query_params.multi_items(), fields=FIELDS)
        return await _listed(shell, book, listing, Form.filled(listing.filters))

    @router.post("")
    async def found(request: Request) -> HTMLResponse:
        """The people whose names hold what was typed."""
        form = await read_form(request)
        form.text("mots", longest=LONGEST_WORDS)
        page = form.whole("page", least=1, most=DEEPEST) or 1
        return await _listed(shell, book, Listing(page=page), form)

    @router.get("/groupes")
    async def groups() -> HTMLResponse:
        return shell.page("people_groups", HERE, groups=await book.groups(await shell.caller()), roles=ROLES)

    @router.get("/{subject}")
    async def one(request: Request, subject: str) -> HTMLResponse:
        _require_subject(subject)
        seen = await book.opened(await shell.caller(), subject)
        listing = Listing.of(request.query_params.multi_items())
        return shell.page(
            "person",
            HERE,
            said=said_in(request, SAID),
            seen=seen,
            principal=seen.person.principal,
            groups=sorted(seen.person.principal.groups),
            roles=[ROLES[role] for role in Role if role in seen.person.principal.roles],
            collections=seen.collections[listing.offset : listing.offset + PAGE],
            listing=listing,
            window=listing.window(len(seen.collections)),
        )

    @router.post("/{subject}/sessions/{session}/fin")
    async def end(subject: str, session: UUID) -> RedirectResponse:
        """End one of their sessions."""
        _require_subject(subject)
        try:
            await book.sessions.end(await shell.caller(), session)
        except SessionNotFound:
            return shell.done(f"{HERE}/{subject}", "deja")
        return shell.done(f"{HERE}/{subject}", "terminee")


async def _listed(shell: Shell, book: PeopleBook, listing: Listing, form: Form) -> HTMLResponse:
    person: Principal = await shell.caller()
    role = listing.get("role")
    wanted = PeopleWanted(
        words=form.get("mots").strip(),
        group=listing.get("groupe"),
        role=Role(role) if role in [*Role] else None,
    )
    people = [] if form.errors else await book.listed(person, wanted, first=listing.offset, most=PAGE + 1)
    return shell.page(
        "people",
        HERE,
        status=422 if form.errors else 200,
        form=form,
        people=people[:PAGE],
        more=len(people) > PAGE,
        wanted=wanted,
        listing=listing,
        roles=ROLES,
        longest=LONGEST_WORDS,
    )


def _require_subject(subject: str) -> None:
    """Raises `PersonNotFound` for what no identifier of Keycloak's can be."""
    if not 1 <= len(subject) <= 64 or not subject.isascii() or not subject.replace("-", "").isalnum():
        raise PersonNotFound("Keycloak ne connaît pas, ou plus, cette personne.")
