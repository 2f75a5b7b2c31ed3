"""The pages of the console, part by part."""

from fastapi import FastAPI

from ui.access import Access
from ui.console.shell import Shell
from ui.console.start import start_router
from ui.services import Services


def mount_console(application: FastAPI, shell: Shell, services: Services, access: Access) -> None:
    """Put all pages of the console at `/console`."""
    application.include_router(start_router(shell))
