"""The part of the API behind the command line about what is announced to everybody."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime

from policies import Principal
from ui.announcement import Announcement, AnnouncementKind, Wording
from ui.announcements import Announcements
from ui.identity import local_principal
from ui.wire import Request

PAGE = 100

Actor = Annotated[Principal, Depends(local_principal)]


class PublishRequest(Request):
    """What is to be announced; without `starts_at` from now on."""

    text: str
    kind: AnnouncementKind = AnnouncementKind.INFO
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime


def announcements_router(announcements: Announcements) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/announcements")
    async def listed(actor: Actor) -> list[dict[str, Any]]:
        """The newest."""
        held, _ = await announcements.page(actor, PAGE)
        return [_json(one) for one in held]

    @router.post("/announcements")
    async def publish(actor: Actor, request: PublishRequest) -> dict[str, Any]:
        """Show something to everybody."""
        start = request.starts_at or dt.datetime.now(dt.UTC)
        wording = Wording(request.text, request.kind, start, request.ends_at)
        return _json(await announcements.publish(actor, wording))

    @router.post("/announcements/{number}/withdraw")
    async def withdraw(actor: Actor, number: int) -> dict[str, Any]:
        """Take it off all pages."""
        return _json(await announcements.withdraw(actor, number))

    return router


def _json(one: Announcement) -> dict[str, Any]:
    return {
        "number": one.id,
        "text": one.text,
        "kind": one.kind.value,
        "state": one.state(dt.datetime.now(dt.UTC)).value,
        "starts_at": one.starts_at.isoformat(timespec="seconds"),
        "ends_at": one.ends_at.isoformat(timespec="seconds"),
        "published_by": one.published_by,
    }
