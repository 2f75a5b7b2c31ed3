"""The part of the API behind the command line about one person's data: a copy of it, and its erasure.

Both are decided by the policy (`Action.ADMINISTER_PEOPLE`), and recorded before anything is given.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from policies import Action, Ledger, Policy, Principal
from retrieval.permission import require_right
from ui.database import Pool
from ui.errors import ProviderUnreachable
from ui.identity import local_principal
from ui.privacy.copy import Copying
from ui.privacy.erasure import Erasure
from ui.privacy.person import Known, find
from ui.privacy.words import remaining, told
from ui.realm.directory import Directory
from ui.sign_in.ending import HeldSessions, SignOut
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class CopyRequest(Request):
    """Whose data, by name or subject, and the file that is to hold it."""

    person: str
    path: str


class EraseRequest(Request):
    """Whose data, by name or subject."""

    person: str


@dataclass(frozen=True, slots=True)
class PrivacyServices:
    """What these routes stand on; without Keycloak nobody has a session."""

    pool: Pool
    policy: Policy
    ledger: Ledger
    directory: Directory
    copying: Copying
    erasure: Erasure
    sessions: HeldSessions | None = None
    provider: SignOut | None = None

    async def person(self, actor: Principal, name: str) -> Known:
        """Whom the actor means, if they may. Raises `Refused`, `PersonNotFound`, `PersonAmbiguous`."""
        await require_right(self.pool, self.policy, self.ledger, actor, Action.ADMINISTER_PEOPLE)
        projection = self.erasure.projection
        await projection.catch_up()
        return await find(self.pool, self.directory, projection.pseudonyms, name)

    async def sign_out(self, actor: Principal, person: Known) -> int:
        """End their sessions here, and at Keycloak where it answers; gives how many."""
        sessions = self.sessions
        theirs = await sessions.held(person.subject) if sessions else []
        for one in theirs:
            ended = await sessions.end_by_administrator(actor, one.id) if sessions else None
            if ended is not None and ended.refresh_token and self.provider:
                with suppress(ProviderUnreachable):  # theirs there ends by itself
                    await self.provider.logout(ended.refresh_token)
        return len(theirs)


def privacy_router(services: PrivacyServices) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.post("/privacy/export")
    async def export(actor: Actor, request: CopyRequest) -> dict[str, Any]:
        """A copy of everything."""
        person = await services.person(actor, request.person)
        copied = await services.copying.write(actor, person, Path(request.path))
        return asdict(person) | {"path": str(copied.path), "sha256": copied.sha256, "counts": copied.counts}

    @router.post("/privacy/erase")
    async def erase(actor: Actor, request: EraseRequest) -> dict[str, Any]:
        """What went, what stays, and the proof."""
        person = await services.person(actor, request.person)
        ended = await services.sign_out(actor, person)
        erased = await services.erasure.erase(actor, person, ended)
        report: dict[str, Any] = json.loads(json.dumps(asdict(erased), default=str))
        return report | {"name": person.name, "remaining": remaining(erased), "text": told(person, erased)}

    return router
