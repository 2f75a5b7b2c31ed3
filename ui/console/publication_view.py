"""The page of one collection's publication, with whatever of it goes on meanwhile."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from ingestion.publication.service import Overview, Publication
from ingestion.publication.table import State
from ingestion.publication.waiting import Change, WaitingDocument
from policies.errors import Refused
from policies.principal import Principal
from retrieval.corpus import Collection, DocumentState, Stage
from retrieval.errors import CollectionNotFound
from ui.console import publication_words as words
from ui.console.form import Form
from ui.console.listing import PAGE
from ui.console.shell import Shell, said_in
from ui.failures import failure_of
from ui.long_work import LongWork

HERE = "/publication"

GOES_ON = (State.PUBLISHING, State.ROLLING_BACK)


@dataclass(frozen=True, slots=True)
class PublicationPages:
    """What these pages stand on."""

    shell: Shell
    publication: Publication
    work: LongWork

    async def find(self, person: Principal, collection_id: str) -> Collection:
        """The collection of an address; what is not theirs is not there. Raises `CollectionNotFound`."""
        try:
            return await self.publication.collection(person, UUID(collection_id))
        except (ValueError, Refused) as error:
            raise CollectionNotFound(collection_id[:36]) from error

    async def page(
        self,
        person: Principal,
        collection: Collection,
        request: Request,
        *,
        form: Form | None = None,
        failure: Exception | None = None,
    ) -> HTMLResponse:
        """The page; with a `form` that was not taken, as it was typed, and what is wrong."""
        shown = await self.publication.overview(person, collection.id)
        query = request.query_params if request.method == "GET" else {}
        change = _change(query.get("nature", ""))
        after = query.get("apres", "").partition("|")
        waiting = await self.publication.changes(person, collection.id, change, (after[0], after[2]), PAGE + 1)
        failed = None if failure is None else failure_of(failure)
        status = failed.status if failed else 422 if form else 200
        return self.shell.page(
            "publication_of",
            HERE,
            status=status,
            said=said_in(request, words.SAID),
            error=failed.message if failed else "",
            form=form or Form.filled(words.typed(shown.under_way.checklist if shown.under_way else None)),
            change=change,
            waiting=waiting[:PAGE],
            more=_place(waiting[PAGE - 1]) if len(waiting) > PAGE else "",
            **self._said(shown),
            **self._going_on(person, shown),
        )

    async def going_on(self, person: Principal, collection: Collection) -> Response:
        """What goes on, alone; once nothing does, the whole page is to be loaded again."""
        shown = await self.publication.overview(person, collection.id)
        said = self._going_on(person, shown)
        if not said["goes_on"]:
            return Response(headers={"HX-Refresh": "true"})
        return self.shell.part("publication_work", collection=shown.collection, **said)

    def _said(self, shown: Overview) -> dict[str, Any]:
        collection = shown.collection
        is_first = collection.stage is not Stage.PUBLISHED
        return {
            "collection": collection,
            "shown": shown,
            "steps": words.STEPS,
            "step": words.step_of(collection),
            "audience": words.audience(collection),
            "is_first": is_first,
            "is_checked": shown.under_way is not None and shown.under_way.state is State.CHECKING,
            "counts": [(name, shown.counts.of(kind)) for kind, name in words.CHANGES.items()],
            "left": [(name, shown.counts.left(state)) for state, name in words.LEFT.items()],
            "changes": words.CHANGES,
            "states": words.LEFT,
            "indexed": DocumentState.INDEXED,
            "removed": Change.REMOVED,
            "figures": words.measured(shown.figures) if shown.figures else [],
            "of_refusals": words.of_refusals(shown.figures) if shown.figures else "",
            "history": [row for row in shown.history if row.ended_at],
            "ended": words.UNDER_WAY,
            "readers_of": words.readers_of,
        }

    def _going_on(self, person: Principal, shown: Overview) -> dict[str, Any]:
        measure = self.work.of(person, measuring(shown.collection.id))
        carries = shown.under_way is not None and shown.under_way.state in GOES_ON
        return {
            "measure": measure,
            "measure_failed": failure_of(measure.error).message if measure and measure.error else "",
            "carries": carries,
            "carried": words.UNDER_WAY[shown.under_way.state] if carries and shown.under_way else "",
            "progress": shown.progress,
            "goes_on": carries or (measure is not None and measure.running),
        }


def measuring(collection_id: UUID) -> str:
    """The kind of work that a measure of that collection is."""
    return f"publication measured {collection_id}"


def _change(typed: str) -> Change | None:
    return Change(typed) if typed in frozenset(Change) else None


def _place(one: WaitingDocument) -> str:
    return f"{one.change.value}|{one.id}"
