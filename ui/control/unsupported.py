"""The part of the API behind the command line for collections' rules about sentences that no passage bears out."""

from typing import Annotated

from fastapi import APIRouter, Depends

from policies import Principal
from retrieval import Collections, Unsupported
from ui.identity import local_principal
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class UnsupportedRequest(Request):
    """What a collection's answers do with such sentences from now on."""

    collection: str
    rule: Unsupported


def unsupported_router(collections: Collections) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/unsupported")
    async def rule(actor: Actor, collection: str) -> dict[str, str]:
        """What is done now."""
        return {"collection": collection, "rule": (await collections.unsupported(actor, collection)).value}

    @router.patch("/unsupported")
    async def change(actor: Actor, request: UnsupportedRequest) -> dict[str, str]:
        """Do something else from now on."""
        await collections.set_unsupported(actor, request.collection, request.rule)
        return {"collection": request.collection, "rule": request.rule.value}

    return router
