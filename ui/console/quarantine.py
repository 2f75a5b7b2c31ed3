"""`/console/quarantaine`: what waits for a decision, one of it opened with what was found there, and the decision."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from ingestion import Names
from policies.access import Action
from policies.guardrails import Concern
from retrieval import Alike, Choice, Held, PeriodReversed, Quarantine, Waiting, WaitingFilter
from retrieval.errors import AlreadyDecided, ReasonMissing
from retrieval.permission import Permission
from retrieval.quarantine import LONGEST_REASON
from ui.console.document_page import address
from ui.console.form import Form, read_form
from ui.console.listing import PAGE, Listing
from ui.console.shell import Shell, said_in
from ui.excerpts import Excerpt, excerpts, told_apart
from ui.services import Services

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]

PATH = "/quarantaine"
HERE = "/documents"
FIELDS = ("collection", "sujet", "depuis", "jusque")

CONCERNS = {
    Concern.MARKING.value: "Mentions de protection",
    Concern.PERSONAL_DATA.value: "Données personnelles",
    Concern.INSTRUCTION.value: "Instructions à un modèle",
    Concern.HIDDEN.value: "Texte caché",
}
CHOICES = (
    (
        Choice.RELEASED.value,
        "Laisser passer",
        "Il sera lu et trouvable, tel qu’il est. Une nouvelle version sera examinée à nouveau.",
    ),
    (Choice.REFUSED.value, "Refuser", "Il n’est pas trouvable, et son texte est effacé."),
)
ALONE = "seul"
SAID = {
    "released": "C’est décidé\u202f: ce qui passe sera lu au prochain traitement.",
    "refused": "C’est décidé\u202f: ce qui est refusé n’est pas trouvable, et son texte est effacé.",
    "deja": "Une autre personne en a décidé entre-temps, ou une nouvelle version est arrivée\u202f: rien n’a changé.",
}


@dataclass(frozen=True, slots=True)
class QuarantinePages:
    """The pages; the service decides who may see and decide what."""

    shell: Shell
    quarantine: Quarantine
    permission: Permission
    names: Names

    async def listed(self, request: Request) -> HTMLResponse:
        """What waits, narrowed by the address."""
        person = await self.shell.caller()
        listing = Listing.of(request.query_params.multi_items(), fields=FIELDS, sorts=("arrivee",))
        form = Form.filled(listing.filters)
        kept = await self.permission.collections(person, Action.INGEST)
        wanted, collection = _wanted(form, listing), _collection(form, [one.id for one in kept])
        rows: list[tuple[str, Waiting]] = []
        total = 0
        if not form.errors:
            names = (collection,) if collection else ()
            rows, total = await self.quarantine.page(person, names, wanted, listing.offset, PAGE)
        called = await self.names.of([(one.collection_id, one.document_id) for _, one in rows])
        return self.shell.page(
            "quarantine",
            HERE,
            status=422 if form.errors else 200,
            said=_said(request),
            listing=listing,
            window=listing.window(total),
            form=form,
            collections=[(str(one.id), one.name) for one in kept],
            concerns=CONCERNS,
            rows=[(name, one, called[one.collection_id, one.document_id]) for name, one in rows],
        )

    async def opened(self, request: Request, held_id: Number) -> HTMLResponse:
        """One that waits, with what was found there."""
        return await self._one(request, held_id, Form.filled({"alike": ALONE}))

    async def decide(self, request: Request, held_id: Number) -> Response:
        """Let it through or refuse it, and those that are like it where that is asked."""
        form, person = await read_form(request), await self.shell.caller()
        chosen = form.one_of("choice", list(Choice), "Dites ce que vous décidez.")
        alike = form.one_of("alike", [ALONE, *Alike])
        reason = form.text(
            "reason", longest=LONGEST_REASON, needed="Dites pourquoi\u202f: le motif est gardé avec la décision."
        )
        if form.errors:
            return await self._one(request, held_id, form)
        choice, decided = Choice(chosen), 1
        try:
            if alike == ALONE:
                await self.quarantine.decide(person, held_id, choice, reason)
            else:
                decided = await self.quarantine.decide_alike(
                    person, held_id, choice, reason, Alike(alike), form.get("edition")
                )
        except ReasonMissing as error:
            form.wrong("reason", str(error))
            return await self._one(request, held_id, form)
        except AlreadyDecided:
            return self.shell.done(PATH, "deja")
        return self.shell.done(PATH, choice.value, **({"decides": str(decided)} if decided > 1 else {}))

    async def _one(self, request: Request, held_id: int, form: Form) -> HTMLResponse:
        person = await self.shell.caller()
        collection, held = await self.quarantine.opened(person, held_id)
        others = await self.quarantine.alike(person, held_id)
        key = held.collection_id, held.document_id
        async with self.shell.pool.connection() as connection:
            whole = await self.permission.catalog.whole(connection, held.collection_id)
        return self.shell.page(
            "quarantined",
            HERE,
            status=422 if form.errors else 200,
            collection=collection,
            held=held,
            original=address(whole, held.document_id, "/original"),
            name=(await self.names.of([key]))[key],
            concerns=CONCERNS,
            found=_found(held),
            unseen=told_apart(held.unseen),
            form=form,
            choices=CHOICES,
            alikes=_alikes({alike: len(numbers) for alike, numbers in others.items()}),
            longest=LONGEST_REASON,
        )


def quarantine_router(shell: Shell, services: Services) -> APIRouter:
    """The routes of the quarantine."""
    permission = Permission(services.pool, services.policy, services.catalog, services.ledger)
    router = shell.router()
    pages = QuarantinePages(shell, services.quarantine, permission, Names(services.pool))
    router.add_api_route(PATH, pages.listed, methods=["GET"])
    router.add_api_route(f"{PATH}/{{held_id}}", pages.opened, methods=["GET"])
    router.add_api_route(f"{PATH}/{{held_id}}", pages.decide, methods=["POST"], response_class=Response)
    return router


def _wanted(form: Form, listing: Listing) -> WaitingFilter:
    """What the form narrows to; what is wrong is said in it."""
    concern = form.one_of("sujet", list(Concern)) if form.get("sujet") else ""
    since, until = form.day("depuis"), form.day("jusque")
    try:
        return WaitingFilter(Concern(concern) if concern else None, since, until, newest_first=listing.descending)
    except PeriodReversed as error:
        form.wrong("jusque", str(error))
        return WaitingFilter()


def _collection(form: Form, kept: list[UUID]) -> UUID | None:
    """One of those that the person keeps."""
    if not form.get("collection"):
        return None
    chosen = form.one_of("collection", [str(one) for one in kept], "Choisissez une collection que vous tenez.")
    return UUID(chosen) if chosen else None


def _found(held: Held) -> list[tuple[str, str, int, list[Excerpt]]]:
    """Each kind of thing: its concern, what it is, how often, and its first places with the words around."""
    return [(CONCERNS[one.concern.value], one.what, one.count, excerpts(held.text, one.places)) for one in held.found]


def _alikes(others: dict[Alike, int]) -> list[tuple[str, str]]:
    """What a decision may be about."""
    text, findings = others[Alike.TEXT], others[Alike.FINDINGS]
    choices = [(ALONE, "Ce document seulement")]
    if text:
        choices.append((Alike.TEXT.value, f"Ce document, et {_several(text)} au même contenu"))
    if findings:
        said = f"Ce document, et {_several(findings)} de la collection où la même chose a été trouvée"
        choices.append((Alike.FINDINGS.value, said))
    return choices


def _several(number: int) -> str:
    return "l’autre" if number == 1 else f"les {number} autres"


def _said(request: Request) -> str:
    """What was decided, and about how many."""
    several = request.query_params.get("decides", "")
    sentence = said_in(request, SAID)
    if sentence and several.isascii() and several.isdigit() and len(several) <= 6:
        return f"{several} documents. {sentence}"
    return sentence
