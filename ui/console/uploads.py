"""`/console/collections/…/versements`: files into a collection, sent one by one, and what becomes of them.

A page says what the server has received; who comes back to it, or reloads it, finds the same.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.requests import ClientDisconnect

from ingestion import known_suffixes
from ingestion.errors import DiskFull
from ingestion.upload import SentFile, SentState, UploadProgress
from ingestion.uploads import Uploads
from retrieval.corpus import Collection
from ui.console.document_page import address
from ui.console.form import Form
from ui.console.listing import PAGE, Listing
from ui.console.shell import NO_STORE, Shell, said_in
from ui.console.upload_body import FIELD, MOST_IN_FORM, files_of_form, sent
from ui.errors import RequestMalformed, RequestTooLarge
from ui.failures import EXPECTED, failure_of

HERE = "/collections"
PATH = f"{HERE}/{{collection_id}}/versements"
FORM_FILES = 20  # of the largest size, in a form of a browser without JavaScript
QUIET = dt.timedelta(minutes=2)  # after so long without a file an upload is taken for interrupted

SAID = {"envoye": "Tous les fichiers sont envoyés. Leur lecture continue si vous quittez cette page."}
NO_ROOM = "Il n’y a plus de place sur le serveur\u202f: prévenez un administrateur, puis versez à nouveau les fichiers."

# In the order of what somebody must see to.
STATES: Mapping[SentState, tuple[str, str]] = {
    SentState.REFUSED: ("pas pris", "error"),
    SentState.FAILED: ("en échec", "error"),
    SentState.QUARANTINED: ("en quarantaine", "warning"),
    SentState.WAITING: ("reçu, à lire", "info"),
    SentState.READ: ("lu, à indexer", "info"),
    SentState.INDEXED: ("trouvable", "success"),
    SentState.UNCHANGED: ("déjà là, inchangé", ""),
    SentState.GONE: ("retiré depuis", ""),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A file as a line."""

    name: str
    size: str
    state: str
    badge: str
    reason: str
    address: str


@dataclass(frozen=True, slots=True)
class UploadPages:
    """The pages, over the service that receives."""

    shell: Shell
    uploads: Uploads

    async def form(self, collection_id: UUID) -> HTMLResponse:
        """Where files are dropped or chosen."""
        return await self._form(collection_id, Form())

    async def begin(self, request: Request, collection_id: UUID) -> Response:
        """An upload; with the files of the form, where the browser sends them with it."""
        person = await self.shell.caller()
        if request.headers.get("Accept") == "application/json":
            upload_id = await self.uploads.start(person, collection_id)
            return JSONResponse({"versement": _address(self.shell.root, collection_id, upload_id)}, headers=NO_STORE)
        form = Form()
        await self.uploads.collection(person, collection_id)
        try:
            async with files_of_form(request, FORM_FILES * self.uploads.limits.file) as files:
                if files:
                    upload_id = await self.uploads.start(person, collection_id)
                    for one in files:
                        await self.uploads.take(person, collection_id, upload_id, one)
                    await self.uploads.close(person, collection_id, upload_id)
                    return self.shell.done(f"{HERE}/{collection_id}/versements/{upload_id}", "envoye")
                form.wrong(FIELD, "Choisissez au moins un fichier.")
        except RequestMalformed as error:
            form.wrong(FIELD, str(error))
        except RequestTooLarge as error:
            form.wrong(FIELD, f"{error} Choisissez-en moins à la fois.")
        return await self._form(collection_id, form, status=422)

    async def receive(self, request: Request, collection_id: UUID, upload_id: UUID) -> Response:
        """One file."""
        try:
            person = await self.shell.caller()
            taken = await self.uploads.take(person, collection_id, upload_id, sent(request))
        except ClientDisconnect:
            return JSONResponse({"message": "Le fichier n’est pas arrivé entier."}, 400, NO_STORE)
        except DiskFull:
            return JSONResponse({"message": NO_ROOM}, 507, NO_STORE)
        except EXPECTED as error:
            failure = failure_of(error)
            return JSONResponse({"message": failure.message}, failure.status, NO_STORE)
        # One that is not taken is dealt with, too: nothing went wrong.
        told = {"fichier": taken.name, "inchange": taken.unchanged, "refus": taken.refusal}
        return JSONResponse(told, headers=NO_STORE)

    async def close(self, collection_id: UUID, upload_id: UUID) -> Response:
        """No more files come."""
        await self.uploads.close(await self.shell.caller(), collection_id, upload_id)
        return self.shell.done(f"{HERE}/{collection_id}/versements/{upload_id}", "envoye")

    async def shown(self, request: Request, collection_id: UUID, upload_id: UUID) -> HTMLResponse:
        """How far the files are."""
        person = await self.shell.caller()
        collection = await self.uploads.collection(person, collection_id)
        progress = await self.uploads.progress(person, collection_id, upload_id)
        listing = Listing.of(request.query_params.multi_items(), fields=("etat",))
        state = SentState(listing.get("etat")) if listing.get("etat") in set(SentState) else None
        files = await self.uploads.files(person, collection_id, upload_id, state, listing.offset, PAGE)
        return self.shell.page(
            "upload",
            HERE,
            said=said_in(request, SAID),
            rows=[_row(one, collection) for one in files],
            listing=listing,
            window=listing.window(progress.counts[state] if state else progress.upload.files),
            **self._context(collection, progress),
        )

    async def progress(self, collection_id: UUID, upload_id: UUID) -> HTMLResponse:
        """The same in short, for the page that is open; once all is over that is loaded whole."""
        person = await self.shell.caller()
        collection = await self.uploads.collection(person, collection_id)
        progress = await self.uploads.progress(person, collection_id, upload_id)
        part = self.shell.part("upload_progress", **self._context(collection, progress))
        if progress.is_over:
            part.headers["HX-Refresh"] = "true"
        return part

    async def _form(self, collection_id: UUID, form: Form, *, status: int = 200) -> HTMLResponse:
        person = await self.shell.caller()
        collection = await self.uploads.collection(person, collection_id)
        return self.shell.page(
            "uploads",
            HERE,
            status=status,
            collection=collection,
            form=form,
            latest=await self.uploads.latest(person, collection_id),
            **self._sending(),
        )

    def _context(self, collection: Collection, progress: UploadProgress) -> dict[str, Any]:
        upload = progress.upload
        latest = upload.latest_at or upload.started_at
        return {
            "collection": collection,
            "progress": progress,
            "interrupted": upload.closed_at is None and dt.datetime.now(dt.UTC) - latest > QUIET,
            "counts": [(state.value, name, progress.counts[state]) for state, (name, _) in STATES.items()],
            **self._sending(),
        }

    def _sending(self) -> dict[str, Any]:
        return {"limit": self.uploads.limits.file, "known": sorted(known_suffixes()), "most": MOST_IN_FORM}


def uploads_router(shell: Shell, uploads: Uploads) -> APIRouter:
    """The routes of uploads."""
    router, pages = shell.router(), UploadPages(shell, uploads)
    one = f"{PATH}/{{upload_id}}"
    router.add_api_route(PATH, pages.form, methods=["GET"])
    router.add_api_route(PATH, pages.begin, methods=["POST"], response_class=Response)
    router.add_api_route(one, pages.shown, methods=["GET"])
    router.add_api_route(f"{one}/avancement", pages.progress, methods=["GET"])
    router.add_api_route(f"{one}/fichiers", pages.receive, methods=["PUT"], response_class=Response)
    router.add_api_route(f"{one}/fin", pages.close, methods=["POST"], response_class=Response)
    return router


def _address(root: str, collection_id: UUID, upload_id: UUID) -> str:
    return f"{root}{HERE}/{collection_id}/versements/{upload_id}"


def _row(one: SentFile, collection: Collection) -> Row:
    name, badge = STATES[one.state]
    there = one.document_id is not None and one.collection_id == collection.id  # and in no draft
    return Row(
        name=one.name,
        size=_bytes(one.size),
        state=name,
        badge=badge,
        reason=one.reason,
        address=address(collection.id, one.document_id) if there and one.document_id else "",
    )


def _bytes(size: int) -> str:
    """« 1,2 Mo »."""
    for unit, name in ((1_000_000, "Mo"), (1_000, "ko")):
        if size >= unit:
            return f"{size / unit:.1f}\u00a0{name}".replace(".", ",")
    return f"{size}\u00a0octets"
