"""`/accessibilite`: how far these pages can be used by everybody, which every page must link to.

Source: article 47 of law n° 2005-102 of 11 February 2005, decree n° 2019-768 of 24 July 2019, RGAA 4.1.
"""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ui.pages import Notice, pages

PATH = "/accessibilite"


def accessibility_router(notice: Notice, contact: str) -> APIRouter:
    """The declaration, for anybody; `contact` is where people tell what stands in their way."""
    router = APIRouter()
    page = pages.get_template("accessibility.html").render(notice=notice, path=PATH, contact=contact)

    @router.get(PATH)
    async def declaration() -> HTMLResponse:
        return HTMLResponse(page)

    return router
