"""`/console`: where one comes in."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ui.console.shell import Shell


def start_router(shell: Shell) -> APIRouter:
    """The page from which all parts are reached."""
    router = shell.router()

    @router.get("")
    async def opened() -> HTMLResponse:
        return shell.page("start", "")

    return router
