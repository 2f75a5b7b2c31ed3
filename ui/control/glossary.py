"""The part of the API behind the command line about the ministry's own glossary."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from policies import Principal
from retrieval import Glossary, GlossaryEntry
from ui.glossary_file import MOST
from ui.identity import local_principal
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class PutRequest(Request):
    """Entries, no acronym twice."""

    entries: Annotated[list[tuple[str, str]], Field(min_length=1, max_length=MOST)]


class RemoveRequest(Request):
    """Acronyms."""

    acronyms: Annotated[list[str], Field(min_length=1, max_length=MOST)]


def glossary_router(glossary: Glossary) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/glossary")
    async def entries() -> list[dict[str, str]]:
        """All of it."""
        return [asdict(one) for one in await glossary.entries()]

    @router.put("/glossary")
    async def put(actor: Actor, request: PutRequest) -> dict[str, int]:
        """Add entries, or have them say something else."""
        return asdict(await glossary.put(actor, [GlossaryEntry(*one) for one in request.entries]))

    @router.delete("/glossary")
    async def remove(actor: Actor, request: RemoveRequest) -> dict[str, int]:
        """Take some out."""
        return {"removed": await glossary.remove(actor, request.acronyms)}

    return router
