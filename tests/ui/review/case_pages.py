"""The pages of cases, for whoever is set to be their reader."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from policies import LivePolicy, PostgresLedger, Principal
from policies.review.projection import Projection
from tests.policies.review.casework import FIRST, PSEUDONYMS, Casework
from ui.database import Pool
from ui.identity import Caller, LocalIdentity
from ui.pages import Notice
from ui.review.case_services import CaseServices
from ui.review.cases import case_router
from ui.review.shell import Shell

NOTICE = Notice(model="essai", demonstration=True, local=False)


@dataclass
class Pages:
    """A browser without scripts; `reader` is whose it is."""

    http: httpx.AsyncClient
    work: Casework
    caller: Caller
    reader: Principal = FIRST

    async def get(self, address: str) -> httpx.Response:
        self.caller.enter("", "", self.reader)
        return await self.http.get(f"/audit{address}")

    async def send(self, address: str, **fields: object) -> httpx.Response:
        """A form, and the page that it leads to."""
        self.caller.enter("", "", self.reader)
        return await self.http.post(f"/audit{address}", data=fields, follow_redirects=True)


async def case_pages(pool: Pool, *, approval: bool) -> AsyncIterator[Pages]:
    """Pages where texts are read for a reason or, with `approval`, after a second auditor's grant."""
    work, caller = Casework(pool, approval=approval), Caller(LocalIdentity(FIRST))
    services = CaseServices(work.cases, work.requests, work.holds, work.contents, Projection(pool, PSEUDONYMS))
    application = FastAPI(openapi_url=None)
    shell = Shell(caller, pool, LivePolicy(), PostgresLedger(), NOTICE)
    application.include_router(case_router(shell, services))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=application), base_url="http://essai", follow_redirects=True
    ) as http:
        yield Pages(http, work, caller)
