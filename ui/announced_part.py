"""`/annonce`: what is announced now, for pages that stay open. It is everybody's, and opens no session."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ui.pages import Notice, pages

PATH = "/annonce"


def announced_router(notice: Notice) -> APIRouter:
    """The route; its answer is empty where nothing is announced."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    async def now() -> HTMLResponse:
        part: Any = pages.get_template("announcement.html").make_module()
        return HTMLResponse(part.announcement(notice.announced()).strip(), headers={"Cache-Control": "no-store"})

    return router
