"""The pages of the review, over the real database, for an auditor."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from policies import Act, Event, PostgresLedger, Principal, Role, load_policy
from policies.audit.ledger import Transaction
from policies.errors import LedgerUnavailable
from retrieval import Catalog, Collection
from tests.ui.auditing import auditing_of
from ui.database import Pool
from ui.identity import Caller, LocalIdentity
from ui.pages import Notice
from ui.review.case_services import Unsealing
from ui.review.routes import mount_review
from ui.review.shell import Shell

CLAIRE = Principal("s-claire", "claire", frozenset(), frozenset({Role.AUDITEUR}))
DENIS = Principal("s-denis", "denis", frozenset(), frozenset({Role.AUDITEUR}))
JEAN = Principal("s-jean", "jean.dupont", frozenset({"/DGS/Bureau-secret"}), frozenset({Role.AGENT}), "192.0.2.7")
NAMES = ("s-jean", "jean.dupont", "Bureau-secret", "192.0.2.7")  # must never be on a page


class Failing(PostgresLedger):
    """A ledger that takes nothing any more once it is told so."""

    broken = False

    async def append(self, transaction: Transaction, event: Event) -> int:
        if self.broken:
            raise LedgerUnavailable("le disque est plein")
        return await super().append(transaction, event)


@dataclass
class Review:
    """A browser of an auditor, without scripts; and what is in the register."""

    http: httpx.AsyncClient
    pool: Pool
    caller: Caller
    auditing: Any
    ledger: Failing
    reader: Principal = CLAIRE

    async def get(self, address: str) -> httpx.Response:
        self.caller.enter("", "", self.reader)
        return await self.http.get(f"/audit{address}")

    async def send(self, address: str, **fields: str) -> httpx.Response:
        self.caller.enter("", "", self.reader)
        return await self.http.post(f"/audit{address}", data=fields)

    async def did(self, act: Act, who: Principal = JEAN, content: str = "", **details: Any) -> int:
        """Put a record into the ledger."""
        async with self.pool.connection() as connection:
            event = Event(act, who, details, {"question": content} if content else {})
            return await self.ledger.append(connection, event)

    async def acts(self) -> list[tuple[str, dict[str, Any]]]:
        """What the ledger holds: acts with their details."""
        async with self.pool.connection() as connection:
            read = [json.loads(record.body) async for record in self.ledger.records(connection)]
        return [(body["act"], body["details"]) for body in read]

    async def collection(self, name: str) -> Collection:
        """One of that name."""
        async with self.pool.connection() as connection:
            return await Catalog().create_collection(connection, name, owner="/DGS")


@pytest.fixture
async def review(pool: Pool, tmp_path: Path) -> AsyncIterator[Review]:
    """All pages of the review; nothing is in the register yet."""
    auditing, ledger, caller = auditing_of(pool, tmp_path), Failing(), Caller(LocalIdentity(CLAIRE))
    application = FastAPI(openapi_url=None)
    shell = Shell(caller, pool, load_policy(), ledger, Notice("essai", demonstration=False, local=False, root="/a"))
    mount_review(application, shell, auditing, Catalog(), Unsealing(72, approval=False))
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://essai") as client:
        yield Review(client, pool, caller, auditing, ledger)
