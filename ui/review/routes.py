"""The pages of the review, part by part."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from ui.review.shell import FRONT, PREFIX, Shell


def mount_review(application: FastAPI, shell: Shell) -> None:
    """Put all pages of the review, and what they look like, at `/audit`."""
    router = shell.router()

    @router.get("")
    async def register() -> HTMLResponse:
        return shell.page("register", "")

    application.include_router(router)
    application.mount(f"{PREFIX}/front", StaticFiles(directory=FRONT, check_dir=False))
