"""What every page of the console has: its navigation, who may open it, and what is said where something fails.

1. Nobody gets past `Shell.router` whom the policy does not let into the console; what they may do there is decided
   by each service, for each collection. A refusal is a record.
2. Pages work without JavaScript; htmx and `console.js` only spare them from being loaded whole.
3. What was done is said on the page that follows (`Shell.done`), by a word of its address that the page knows.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from policies.access import Action, Policy
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.permission import require_right
from ui.console.parts import PARTS, Part, part_of
from ui.database import Pool
from ui.failing_routes import failing_as_page
from ui.failures import failure_of
from ui.identity import Caller
from ui.pages import Notice, error_page, pages

PREFIX = "/console"
NO_STORE = {"Cache-Control": "no-store"}

# Who was let in by the request; nobody yet while that is being decided.
_KEEPER: ContextVar[Principal | None] = ContextVar("keeper", default=None)


@dataclass(frozen=True, slots=True)
class Shell:
    """What the pages stand in; `caller` is the one who reads them."""

    caller: Caller
    pool: Pool
    policy: Policy
    ledger: Ledger
    notice: Notice

    async def keeper(self) -> Principal:
        """Who asks, where the console is open to them. Raises `Refused`, which is recorded."""
        _KEEPER.set(None)
        person = await self.caller()
        await require_right(self.pool, self.policy, self.ledger, person, Action.OPEN_CONSOLE)
        _KEEPER.set(person)
        return person

    def router(self, part: str = "") -> APIRouter:
        """For routes below that part of the console; what they raise of `EXPECTED` becomes a page."""
        return APIRouter(
            prefix=f"{PREFIX}{part}", route_class=failing_as_page(self._failed), dependencies=[Depends(self.keeper)]
        )

    @property
    def root(self) -> str:
        """The address of the console as browsers know it."""
        return f"{self.notice.root}{PREFIX}"

    def page(self, template: str, here: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """The template `console/<template>.html`; `here` is the part of the console it belongs to, as in `PARTS`."""
        text = self.text(template, here=here, parts=self._open_parts(), **context)
        return HTMLResponse(text, status_code=status, headers=NO_STORE)

    def part(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A piece of a page, for htmx; the template must not extend a whole one."""
        return HTMLResponse(self.text(template, **context), status_code=status, headers=NO_STORE)

    def text(self, template: str, **context: Any) -> str:
        """What the template says."""
        said = {"said": "", "error": ""} | context
        return pages.get_template(f"console/{template}.html").render(notice=self.notice, prefix=self.root, **said)

    def done(self, path: str, said: str = "", **query: str) -> RedirectResponse:
        """Lead on to a page of the console, after a form was taken; `said` is a word of that page's own table."""
        asked = urlencode(query | ({"dit": said} if said else {}))
        return RedirectResponse(f"{self.root}{path}{'?' if asked else ''}{asked}", 303, NO_STORE)

    def _failed(self, error: Exception, path: str) -> HTMLResponse:
        """What went wrong: in the console's own form to whoever may open it, to anybody else without it."""
        failure = failure_of(error)
        if _KEEPER.get() is None:
            return error_page(self.notice, failure.status, "Réservé à qui tient des collections", failure.message)
        return self.page("failed", part_of(path.partition(PREFIX)[2]), status=failure.status, message=failure.message)

    def _open_parts(self) -> list[Part]:
        person = _KEEPER.get()
        if person is None:
            return []
        return [part for part in PARTS if part.action is None or self.policy.may(person, part.action).allowed]


def said_in(request: Request, sentences: Mapping[str, str]) -> str:
    """The sentence that the address asks the page to say; nothing for a word that the page does not know."""
    return sentences.get(request.query_params.get("dit", ""), "")
