"""What every page of the review has: its navigation, who may open it, and what is said where something fails.

1. Nobody but an auditor gets past `Shell.router`: the policy decides at each request, and a refusal is a record.
2. An address holds pseudonyms and identifiers alone; names and free words travel in the bodies of requests.
3. Pages work without JavaScript; htmx only spares them from being loaded whole.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from policies.access import Policy
from policies.audit.ledger import Ledger
from policies.errors import Refused
from policies.principal import Principal
from policies.review.permission import require_review
from ui.database import Pool
from ui.failing_routes import failing_as_page
from ui.failures import failure_of
from ui.identity import Caller
from ui.pages import Notice, error_page, pages

PREFIX = "/audit"

# The parts of the review, in their order: the address below `PREFIX`, and the name in the navigation.
PARTS = (
    ("", "Registre"),
    ("/dossiers", "Dossiers"),
    ("/alertes", "Alertes"),
    ("/usage", "Usage"),
    ("/preuves", "Preuves"),
)

WITHOUT_KEYCLOAK = (
    "Sans Keycloak, personne ne s’identifie, et personne n’est donc auditeur\u202f: la revue reste fermée. Reliez "
    "l’assistant à Keycloak (ASSISTANT_KEYCLOAK), et donnez le rôle «\u202fauditeur\u202f» à qui doit l’ouvrir."
)


# How much waits for the auditor of the request, by part of the review: told on every page, in the navigation.
Waiting = Mapping[str, int]
_WAITING: ContextVar[Waiting] = ContextVar("waiting")


async def _nothing(_: Principal) -> Waiting:
    return {}


@dataclass(frozen=True, slots=True)
class Shell:
    """What the pages stand in; `caller` is the one who reads them, `waiting` counts what waits for them."""

    caller: Caller
    pool: Pool
    policy: Policy
    ledger: Ledger
    notice: Notice
    waiting: Callable[[Principal], Awaitable[Waiting]] = _nothing

    async def reviewer(self) -> Principal:
        """The auditor who asks. Raises `Refused`, which is recorded, for anybody else."""
        person = await self.caller()
        await require_review(self.pool, self.policy, self.ledger, person)
        _WAITING.set(await self.waiting(person))
        return person

    def router(self) -> APIRouter:
        """For routes below `PREFIX`: auditors alone, and what they raise of `EXPECTED` becomes a page."""
        return APIRouter(
            prefix=PREFIX, route_class=failing_as_page(self._failed), dependencies=[Depends(self.reviewer)]
        )

    def page(self, name: str, here: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """The template `review/<name>.html`; `here` is the part of the review it belongs to, as in `PARTS`."""
        page = pages.get_template(f"review/{name}.html").render(
            notice=self.notice,
            prefix=f"{self.notice.root}{PREFIX}",
            parts=PARTS,
            here=here,
            waiting=_WAITING.get({}),
            **context,
        )
        return HTMLResponse(page, status_code=status, headers={"Cache-Control": "no-store"})

    def _failed(self, error: Exception, path: str) -> HTMLResponse:
        """What went wrong: to an auditor in the review's own form, to anybody else without it."""
        failure = failure_of(error)
        if isinstance(error, Refused):
            message = WITHOUT_KEYCLOAK if self.notice.local else failure.message
            return error_page(self.notice, failure.status, "Réservé aux auditeurs", message)
        return self.page("failed", _part(path), status=failure.status, message=failure.message)


def _part(path: str) -> str:
    """The part of the review that an address belongs to."""
    below = path.partition(PREFIX)[2]
    return max((part for part, _ in PARTS if below.startswith(part)), key=len)
