"""The pages of the console over real stores, for people of several roles."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from policies import PostgresLedger
from retrieval import Collection, Search
from tests.retrieval.small_corpus import Corpus
from tests.ui.made_services import made_services
from tests.ui.two_people import ADELE, ALICE, BOB, CLAIRE, GINA, GUSTAVE
from ui.access import Access
from ui.console.routes import mount_console
from ui.console.shell import Shell
from ui.database import Pool
from ui.identity import Caller, LocalIdentity
from ui.pages import Notice
from ui.realm.directory import LocalDirectory

PEOPLE = {person.username: person for person in (ADELE, GUSTAVE, GINA, ALICE, BOB, CLAIRE)}
NOTICE = Notice("essai", demonstration=False, local=False, root="/a")

Fields = Mapping[str, str | Sequence[str]]


@dataclass
class Console:
    """A browser without scripts for each person; `services` are what the pages stand on."""

    http: httpx.AsyncClient
    pool: Pool
    caller: Caller
    services: Any
    corpus: Corpus

    async def get(self, who: str, path: str) -> httpx.Response:
        """A page of the console, by its address below it."""
        self.caller.enter("", "", PEOPLE[who])
        return await self.http.get(f"/console{path}")

    async def post(self, who: str, path: str, fields: Fields | None = None, *, follow: bool = True) -> httpx.Response:
        """A form that was sent, and the page that it leads to."""
        self.caller.enter("", "", PEOPLE[who])
        return await self.http.post(f"/console{path}", data=dict(fields or {}), follow_redirects=follow)

    async def collection(self, name: str, owner: str = "/DAJ", readers: Sequence[str] = (), **texts: str) -> Collection:
        """A collection with these texts, which can be found."""
        made = await self.corpus.collection(name, texts, frozenset(readers))
        async with self.pool.connection() as connection:
            await connection.execute("update collection set owner = %s where id = %s", [owner, made.id])
            return await self.services.catalog.collection_by_id(connection, UUID(str(made.id)))  # type: ignore[no-any-return]

    async def acts(self) -> list[tuple[str, dict[str, Any]]]:
        """What the ledger holds: acts with their details."""
        async with self.pool.connection() as connection:
            read = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
        return [(body["act"], body["details"]) for body in read]


@pytest.fixture
async def console(corpus: Corpus, search: Search, tmp_path: Path) -> AsyncIterator[Console]:
    """All pages of the console."""
    caller = Caller(LocalIdentity(ADELE))
    async with made_services(tmp_path / "home", corpus, search) as services:
        application = FastAPI(openapi_url=None)
        shell = Shell(caller, corpus.pool, services.policy, services.ledger, NOTICE)
        refusals: Any = None
        access = Access(caller._identity, LocalDirectory(ADELE), refusals)
        mount_console(application, shell, services, access)
        transport = httpx.ASGITransport(app=_below(application, NOTICE.root))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://essai{NOTICE.root}") as client:
            yield Console(client, corpus.pool, caller, services, corpus)


def _below(application: FastAPI, root: str) -> FastAPI:
    """As a proxy shows it, under a path."""
    outer = FastAPI(openapi_url=None)
    outer.mount(root, application)
    return outer
