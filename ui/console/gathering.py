"""The pages of what comes into collections: the list of documents, changes to many of them, uploads."""

from fastapi import APIRouter

from ingestion import Names
from ui.console.bulks import bulk_router
from ui.console.documents import documents_router
from ui.console.shell import Shell
from ui.console.uploads import uploads_router
from ui.services import Services


def gathering_routers(shell: Shell, services: Services) -> list[APIRouter]:
    """Their routes."""
    documents, names = services.document_list, Names(services.pool)
    return [
        documents_router(shell, documents, names),
        bulk_router(shell, services.bulks, documents, names),
        uploads_router(shell, services.uploads),
    ]
