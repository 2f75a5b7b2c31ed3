"""`/console/collections`: the collections that somebody keeps, and one that is made anew."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from retrieval import CollectionExists, Collections, NameInvalid, Stage
from retrieval.collection_list import CollectionList, Narrowed, Order, Sign
from retrieval.corpus import Collection
from retrieval.names import DESCRIPTION_LENGTH, NAME_LENGTH
from ui.console.collection_access import Access, read_access
from ui.console.form import Form, read_form
from ui.console.kept_collection import HERE
from ui.console.listing import Listing
from ui.console.seeing_as import in_words
from ui.console.shell import Shell, said_in

STAGES: Mapping[Stage, str] = {
    Stage.DRAFT: "Brouillon",
    Stage.CHECKING: "En contrôle",
    Stage.PUBLISHED: "Publiée",
}
SIGNS: Mapping[Sign, str] = {
    Sign.PAUSED: "En pause",
    Sign.ARCHIVED: "Archivée",
    Sign.REVIEWED: "Contrôlée avant publication",
}
SORTS: Mapping[str, Order] = {
    "nom": Order.NAME,
    "groupe": Order.OWNER,
    "documents": Order.DOCUMENTS,
    "passages": Order.PASSAGES,
    "import": Order.IMPORTED,
}
SAID = {
    "supprimee": "La collection est dans la corbeille.",
    "retablie": "La collection est rétablie, telle qu’elle était.",
}


@dataclass(frozen=True, slots=True)
class CollectionPages:
    """What these pages stand on."""

    collections: Collections
    list: CollectionList
    access: Access


def collections_router(shell: Shell, pages: CollectionPages) -> APIRouter:
    """The list, and a new one."""
    router = shell.router(HERE)

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        listing = Listing.of(
            request.query_params.multi_items(), fields=("texte", "groupe", "etape", "signe"), sorts=tuple(SORTS)
        )
        kept = await pages.list.kept(await shell.caller())
        rows, total = await pages.list.page(
            kept,
            _narrowed(listing),
            SORTS[listing.sort],
            descending=listing.descending,
            offset=listing.offset,
        )
        return shell.page(
            "collections",
            HERE,
            listing=listing,
            window=listing.window(total),
            rows=rows,
            owners=sorted({one.owner for one in kept if one.owner}),
            stages=STAGES,
            sign_names=SIGNS,
            in_words=_reading,
            may_create=pages.collections.may_create(await shell.caller()),
            said=said_in(request, SAID),
        )

    @router.get("/nouvelle")
    async def new() -> HTMLResponse:
        return await _new(shell, pages, Form.filled({"lecteurs": "tous", "reviewed": "oui"}))

    @router.post("/nouvelle")
    async def make(request: Request) -> Response:
        form = await read_form(request)
        name = form.text("name", longest=NAME_LENGTH, needed="Donnez un nom à la collection.")
        description = form.text("description", longest=DESCRIPTION_LENGTH, lines=True)
        owner, readers = read_access(form)
        if form.get("faire") == "essayer" and not form.errors:
            return await _new(shell, pages, form, tried=True)
        if not form.errors:
            try:
                made = await pages.collections.create(
                    await shell.caller(), name, description, owner, readers, reviewed=form.is_set("reviewed")
                )
            except (CollectionExists, NameInvalid) as wrong:
                form.wrong("name", str(wrong))
            else:
                return shell.done(f"{HERE}/{made.id}", "creee")
        return await _new(shell, pages, form, status=422)

    return router


async def _new(
    shell: Shell, pages: CollectionPages, form: Form, *, status: int = 200, tried: bool = False
) -> HTMLResponse:
    person = await shell.caller()
    await pages.collections.require_creation(person)
    shown = await pages.access.shown(person, form, tried=tried)
    return shell.page("collection_new", HERE, status=status, form=form, access=shown)


def _narrowed(listing: Listing) -> Narrowed:
    stage, sign = listing.get("etape"), listing.get("signe")
    return Narrowed(
        words=listing.get("texte"),
        owner=listing.get("groupe"),
        stage=Stage(stage) if stage in frozenset(Stage) else None,
        sign=Sign(sign) if sign in frozenset(Sign) else None,
    )


def _reading(collection: Collection) -> str:
    return in_words(collection.rule)[0]
