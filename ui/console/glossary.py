"""`/console/glossaire`: the ministry's acronyms, found by their letters; adding, changing and removing one."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from policies.access import Action
from policies.principal import Principal
from retrieval import Glossary, GlossaryEntry
from retrieval.errors import AcronymExists, AcronymInvalid, AcronymNotFound, GlossaryChanged
from retrieval.glossary import LONGEST_LONG, LONGEST_SHORT
from retrieval.permission import require_right
from retrieval.understanding.words import fold
from ui.console.form import Form, read_form
from ui.console.listing import PAGE, Listing
from ui.console.shell import Shell, said_in
from ui.failures import failure_of

HERE = "/glossaire"
FIELDS = ("texte",)
SORTS = ("sigle", "developpe")

SAID = {
    "ajoute": "Le sigle est ajouté.",
    "modifie": "Le sigle est modifié.",
    "retire": "Le sigle est retiré\u202f: ce que les documents en disent vaut de nouveau.",
    "importe": "Le fichier est repris dans le glossaire.",
}


def glossary_router(shell: Shell, glossary: Glossary) -> APIRouter:
    """These pages."""
    router = shell.router(HERE)

    @router.get("")
    async def opened(request: Request) -> HTMLResponse:
        return await _listed(shell, glossary, request, Form())

    @router.post("")
    async def add(request: Request) -> Response:
        form = await read_form(request)
        if (entry := _entry(form)) is not None:
            try:
                await glossary.add(await keeper(shell), entry)
                return shell.done(HERE, "ajoute")
            except AcronymExists as error:
                form.wrong("sigle", str(error))
        return await _listed(shell, glossary, request, form)

    @router.get("/sigle")
    async def one(request: Request) -> HTMLResponse:
        await keeper(shell)
        entry = await _found(glossary, request.query_params.get("sigle", ""))
        return _one(shell, entry, Form.filled({"sigle": entry.short, "developpe": entry.long}))

    @router.post("/sigle")
    async def change(request: Request) -> Response:
        return await _changed(shell, glossary, await read_form(request))

    @router.post("/retrait")
    async def remove(request: Request) -> Response:
        form = await read_form(request)
        await glossary.drop(await keeper(shell), form.get("avant"), form.get("edition"))
        return shell.done(HERE, "retire")

    return router


async def keeper(shell: Shell) -> Principal:
    """Who keeps the glossary. Raises `Refused`, which is recorded, for anybody else."""
    person = await shell.caller()
    await require_right(shell.pool, shell.policy, shell.ledger, person, Action.ADMINISTER_GLOSSARY)
    return person


async def _listed(shell: Shell, glossary: Glossary, request: Request, form: Form) -> HTMLResponse:
    await keeper(shell)
    listing = Listing.of(request.query_params.multi_items(), fields=FIELDS, sorts=SORTS)
    found = _sorted(_holding(await glossary.entries(), listing.get("texte")), listing)
    return shell.page(
        "glossary",
        HERE,
        status=422 if form.errors else 200,
        said=said_in(request, SAID),
        form=form,
        narrowing=Form.filled(listing.filters),
        entries=found[listing.offset : listing.offset + PAGE],
        listing=listing,
        window=listing.window(len(found)),
        longest=(LONGEST_SHORT, LONGEST_LONG),
    )


def _holding(entries: Sequence[GlossaryEntry], words: str) -> list[GlossaryEntry]:
    """Those with these letters, whatever their case and accents."""
    wanted = fold(words)
    return [one for one in entries if wanted in one.folded or wanted in fold(one.long)]


def _sorted(entries: Sequence[GlossaryEntry], listing: Listing) -> list[GlossaryEntry]:
    by_long = listing.sort == "developpe"
    return sorted(entries, key=lambda one: (fold(one.long) if by_long else "", one.folded), reverse=listing.descending)


def _entry(form: Form) -> GlossaryEntry | None:
    """What was typed; None where something is wrong, which the form says then."""
    short = form.text("sigle", longest=LONGEST_SHORT, needed="Donnez le sigle.")
    long = form.text("developpe", longest=LONGEST_LONG, needed="Donnez ce qu’il veut dire.")
    if form.errors:
        return None
    try:
        return GlossaryEntry(short, " ".join(long.split()))
    except AcronymInvalid as error:
        form.wrong("sigle", f"{error}.")
        return None


async def _found(glossary: Glossary, short: str) -> GlossaryEntry:
    entry = next((one for one in await glossary.entries() if one.folded == fold(short)), None)
    if entry is None:
        raise AcronymNotFound(short.replace("\0", "")[:LONGEST_SHORT])
    return entry


def _one(shell: Shell, entry: GlossaryEntry, form: Form, *, status: int = 200, error: str = "") -> HTMLResponse:
    return shell.page(
        "glossary_entry",
        HERE,
        status=status,
        error=error,
        entry=entry,
        form=form,
        longest=(LONGEST_SHORT, LONGEST_LONG),
    )


async def _changed(shell: Shell, glossary: Glossary, form: Form) -> Response:
    """Have the entry say what was typed; who is late or wrong gets its page with both."""
    person, before, status, said = await keeper(shell), form.get("avant"), 422, ""
    if (entry := _entry(form)) is not None:
        try:
            await glossary.change(person, before, form.get("edition"), entry)
            return shell.done(HERE, "modifie")
        except AcronymExists as error:
            form.wrong("sigle", str(error))
        except GlossaryChanged as error:
            status, said = failure_of(error).status, str(error)
    return _one(shell, await _found(glossary, before), form, status=status, error=said)
