"""The versions of a document: when they came, from whom, what was decided about them, and what changed between two."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from policies.audit.event import Act, Event
from policies.review.received import received_by
from retrieval.errors import DocumentNotFound
from retrieval.versions import versions_of
from ui.console.document_page import DocumentPage, shown
from ui.console.shell import Shell
from ui.documents import DocumentServices, opened_event
from ui.text_versions import Comparison, compared, marked, what

DECISIONS = {
    "": "",
    "waiting": "en quarantaine",
    "released": "sortie de quarantaine",
    "refused": "refusée",
    "withdrawn": "remplacée avant qu’on en décide",
}
UNREADABLE = "Le texte de l’une de ces versions n’est pas gardé, ou attend une décision de quarantaine."
SAME = "Choisissez deux versions différentes."


@dataclass(frozen=True, slots=True)
class VersionPages:
    """The page; who may see it was asked."""

    shell: Shell
    services: DocumentServices

    async def versions(self, page: DocumentPage, request: Request) -> HTMLResponse:
        """All of them, and the difference between the two that the address names."""
        place = page.kept.place.id
        async with self.services.pool.connection() as connection:
            found = await versions_of(connection, place, page.id)
            givers = await received_by(connection, str(place), page.id)
        old, new = (_version(request, name) for name in ("avec", "version"))
        comparison, error = None, ""
        if old and new:
            comparison, error = await self._compared(page, old, new)
        return shown(
            self.shell,
            page,
            request,
            "versions",
            "document_versions",
            error=error,
            versions=found,
            givers=givers,
            decisions=DECISIONS,
            readable=[one.version for one in found if one.readable],
            old=old or max(1, page.kept.document.version - 1),
            new=new or page.kept.document.version,
            comparison=comparison,
            marked=marked,
            what=what,
        )

    async def _compared(self, page: DocumentPage, old: int, new: int) -> tuple[Comparison | None, str]:
        """Both are opened, and that is recorded. Otherwise a sentence says why nothing is compared."""
        if old == new:
            return None, SAME
        try:
            async with self.services.pool.connection() as connection:
                texts = [
                    await self.services.catalog.text(connection, page.kept.place.id, page.id, version)
                    for version in (old, new)
                ]
                for version in (old, new):
                    event = Event(Act.DOCUMENT_OPENED, page.person, opened_event(page.kept, version))
                    await self.services.ledger.append(connection, event)
        except DocumentNotFound:
            return None, UNREADABLE
        return await compared(*texts), ""


def _version(request: Request, name: str) -> int | None:
    written = request.query_params.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 6 else None
