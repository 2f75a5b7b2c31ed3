"""The part of the API behind the command line for what texts hold: collections' rules, and decisions of people."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from ingestion import Names
from ingestion.names import Key
from policies import Concern, Principal, Response, Responses, Tally
from retrieval import Alike, Choice, Collections, Held, Quarantine, Waiting, WaitingFilter
from ui.identity import local_principal
from ui.wire import Request

BESIDE = 80  # characters shown around what was found
UNSEEN = 2_000  # characters shown of what no reader sees

Actor = Annotated[Principal, Depends(local_principal)]


class RuleRequest(Request):
    """What a collection does from now on, by concern; what is not named stays."""

    collection: str
    responses: dict[Concern, Response]


class DecisionRequest(Request):
    """Why; and which others it is about, with the `edition` that was shown with the one that stands for them."""

    reason: str
    alike: Alike | None = None
    edition: str = ""


def quarantine_router(collections: Collections, quarantine: Quarantine, names: Names) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/guardrails")
    async def rule(actor: Actor, collection: str) -> dict[str, str]:
        """What a collection does with texts that hold something."""
        return responses_json(await collections.guardrails(actor, collection))

    @router.patch("/guardrails")
    async def change(actor: Actor, request: RuleRequest) -> dict[str, str]:
        """Let it do something else from now on."""
        return responses_json(await collections.set_guardrails(actor, request.collection, request.responses))

    @router.get("/quarantine")
    async def waiting(
        actor: Actor,
        collection: str = "",
        concern: Concern | None = None,
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> list[dict[str, Any]]:
        """What waits for a decision that the caller may take."""
        wanted = WaitingFilter(concern, since, until)
        held = await quarantine.waiting(actor, (collection,) if collection else (), wanted)
        called = await names.of([_key(one) for _, one in held])
        return [held_json(collection, one, called[_key(one)]) for collection, one in held]

    @router.get("/quarantine/{held_id}")
    async def opened(actor: Actor, held_id: int) -> dict[str, Any]:
        """One of them, with excerpts."""
        collection, one = await quarantine.opened(actor, held_id)
        name = (await names.of([_key(one)]))[_key(one)]
        excerpts = [
            {"what": tally.what, "text": excerpt(one.text, start, end)}
            for tally in one.found
            for start, end in tally.places
            if start < end
        ]
        return held_json(collection, one, name) | {
            "title": one.title,
            "excerpts": excerpts,
            "unseen": one.unseen[:UNSEEN],
            "edition": one.edition,
            "alike": {alike.value: len(ids) for alike, ids in (await quarantine.alike(actor, held_id)).items()},
        }

    @router.post("/quarantine/{held_id}/{choice}")
    async def decide(actor: Actor, held_id: int, choice: Choice, request: DecisionRequest) -> dict[str, Any]:
        """Let it through, or refuse it; and all that wait and are like it, where that is asked."""
        if request.alike is not None:
            decided = await quarantine.decide_alike(
                actor, held_id, choice, request.reason, request.alike, request.edition
            )
            return {"id": held_id, "decision": choice.value, "decided": decided}
        one = await quarantine.decide(actor, held_id, choice, request.reason)
        name = (await names.of([_key(one)]))[_key(one)]
        shown = {"id": one.id, "document": one.document_id, "name": name, "version": one.version}
        return shown | {"decision": choice.value, "decided": 1}

    return router


def _key(held: Held | Waiting) -> Key:
    return held.collection_id, held.document_id


def responses_json(responses: Responses) -> dict[str, str]:
    """The whole rule."""
    return {concern.value: responses.of(concern).value for concern in Concern}


def found_json(found: tuple[Tally, ...]) -> list[dict[str, Any]]:
    """Kinds and counts, without places."""
    return [{"concern": one.concern.value, "what": one.what, "count": one.count} for one in found]


def held_json(collection: str, held: Held | Waiting, name: str) -> dict[str, Any]:
    """What waits, without a word of its text."""
    return {
        "id": held.id,
        "collection": collection,
        "document": held.document_id,
        "name": name,
        "version": held.version,
        "entered_at": held.entered_at.isoformat(timespec="seconds"),
        "found": found_json(held.found),
    }


def excerpt(text: str, start: int, end: int) -> str:
    """The words around a place, on one line."""
    before, after = max(0, start - BESIDE), min(len(text), end + BESIDE)
    words = " ".join(text[before:after].split())
    return f"{'…' if before else ''}{words}{'…' if after < len(text) else ''}"
