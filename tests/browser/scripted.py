"""A server for the browser: the real chat, its database and pages, with an assistant that follows a script.

Run by the browser tests as a process of its own: `python tests/browser/scripted.py HOME PORT`.
"""

import asyncio
import datetime as dt
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import uvicorn

from assistant.answer import Answer, Answered, AskEvent, Citation, SourcesFound, TextStreamed, Timings, Turn, Waiting
from assistant.conversations import Conversations
from assistant.follow_up.stand_alone import stand_alone
from ingestion import BlobMissing
from policies import Action, Policy, PostgresLedger, Principal, load_policy
from retrieval.catalog import Catalog
from retrieval.corpus import (
    Chunk,
    Collection,
    Document,
    DocumentMetadata,
    DocumentState,
    Locator,
    Passage,
    Surroundings,
)
from retrieval.e5 import NAME
from retrieval.errors import CollectionNotFound
from retrieval.facets import FacetCounts
from retrieval.question import validate_question
from retrieval.reasons import explained
from retrieval.results import Found
from retrieval.search import today
from retrieval.sparse import SparseEncoder
from tests.ui.auditing import auditing_of
from tests.ui.drawn import Drawn
from tests.ui.held_files import HeldFiles
from tests.ui.scripted_tasks import ScriptedTasks
from ui.access import open_access
from ui.announcements import Announcements, watched
from ui.app import web_application
from ui.database import DatabaseSettings, Pool, open_database
from ui.health import Health
from ui.leaving import Leaving
from ui.server import configuration, port_bound
from ui.settings import Settings, read_settings
from ui.text_search import Texts
from ui.wire import TextSearchRequest

TEXT = (
    "Vérifier une réponse\nChaque phrase porte le numéro de sa source. Cliquez sur le numéro pour lire le passage.\n"
    "Une réponse sans source ne doit pas être utilisée. " + "Le reste du document suit. " * 200
)
SPAN = (21, 109)
NOTE = "Le cabinet réserve cette note à ses membres."
HOSTILE = (
    "Voici ![piège](http://exemple.invalid/pixel.png) et [lien](http://exemple.invalid) "
    "<img src=http://exemple.invalid/x>. "
)


class Script:
    """Answers slowly, with two citations; what it says depends on the question."""

    def __init__(self, passages: tuple[Passage, ...], readers: "Readers") -> None:
        self._passages, self._readers = passages, readers

    async def ask(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        history: Sequence[Turn] = (),
        on: dt.date | None = None,
        conversation_id: UUID | None = None,
    ) -> AsyncGenerator[AskEvent, None]:
        open_to = {collection.id for collection in await self._readers.permitted(principal, names)}
        passages = tuple(passage for passage in self._passages if passage.collection_id in open_to)
        asked = stand_alone(question, history)
        understood = asked if asked != question else ""
        yield SourcesFound(passages, ("Aide",), understood)
        if "attendre" in question:
            yield Waiting(2)
            await asyncio.sleep(1)
        text = f"Chaque phrase porte le numéro de sa source [1]. Vérifiez-la donc toujours [2]. Tour {len(history)}."
        if "piège" in question:
            text = HOSTILE + text
        if "ARS" in question:
            text = "L’ARS répond [1]. Une ARS par région [1]."
        if "longue" in question:
            text = "Une phrase de plus [1]. " * 400
        for piece in text.split(" "):
            await asyncio.sleep(0.05)
            yield TextStreamed(piece + " ")
        citations = tuple(Citation(n, passage, "", supported=n == 1) for n, passage in enumerate(passages, start=1))
        took, today = Timings(1, 1, 1), dt.date(2026, 11, 24)
        yield Answered(
            Answer(
                uuid4(),
                question,
                text,
                False,
                citations,
                passages,
                ("Aide",),
                (),
                "script",
                took,
                on or today,
                (),
                understood,
            )
        )


class Absent:
    """A service that is not there, nor any part of it: pages are put together with it, and nobody opens them."""

    def __getattr__(self, name: str) -> "Absent":
        return Absent()


class Some(SimpleNamespace):
    """The services that a test of the chat needs."""

    def __getattr__(self, name: str) -> Absent:
        return Absent()


class Glossary:
    """Knows one acronym."""

    async def acronyms(self, text: str, collections: Sequence[UUID]) -> tuple[tuple[str, str], ...]:
        return (("ARS", "agence régionale de santé"),) if "ARS" in text else ()


@dataclass(frozen=True)
class Finding:
    """Finds all passages that a person may read, and for «rien» none."""

    passages: tuple[Passage, ...]
    readers: "Readers"

    @property
    def counts(self) -> FacetCounts:
        return FacetCounts(self.readers.pool, self.readers)

    async def find(self, person: Principal, asked: TextSearchRequest) -> Texts:
        question = validate_question(asked.question)
        open_to = {one.id: one.name for one in await self.readers.permitted(person, asked.collections)}
        given = [one for one in self.passages * 6 if one.collection_id in open_to and "rien" not in question]
        around = Surroundings("Ce qui précède.", "Ce qui suit.")
        passages = tuple(replace(one, around=around, similarity=0.91) for one in given[: asked.k])
        found = Found(passages, tuple(open_to.values()), tuple(open_to), 0.9, 1.0, 1.0, asked.on or today(), NAME)
        reasons = [explained(one, question, NAME, SparseEncoder()) for one in passages]
        return Texts(found, reasons, await self.counts.of(person, found.on, asked.collections, asked.filters))


@dataclass(frozen=True)
class Readers:
    """Who may read what, by the product's own rules."""

    pool: Pool
    catalog: Catalog
    policy: Policy

    async def permitted(self, principal: Principal, names: Sequence[str] = ()) -> list[Collection]:
        async with self.pool.connection() as connection:
            held = await self.catalog.collections(connection)
        allowed = self.policy.permitted(principal, Action.READ, (collection.rule for collection in held))
        wanted = [one for one in held if one.id in allowed and (not names or one.name in names)]
        if names and not wanted:
            raise CollectionNotFound(names[0])
        return wanted

    async def open_to(self, principal: Principal) -> frozenset[UUID]:
        return frozenset(one.id for one in await self.permitted(principal))

    async def attached(self, principal: Principal, conversation_id: UUID) -> Collection | None:
        return None

    async def opened(self, principal: Principal, collection_id: UUID, name: str) -> Collection:
        [collection] = await self.permitted(principal, [name])
        if collection.id != collection_id:
            raise CollectionNotFound(name)
        return collection


async def serve(settings: Settings) -> None:
    """Serve until the process is told to end; says «prêt» when people can come."""
    ledger = PostgresLedger()
    async with open_database(DatabaseSettings(settings.home / "postgres")) as pool:
        readers = Readers(pool, Catalog(), load_policy())
        passages = await _guide(pool, readers.catalog)
        if settings.keycloak:
            passages += (await _note(pool, readers.catalog),)
        services: Any = Some(
            pool=pool,
            announcements=Announcements(pool, readers.policy, ledger),
            health=Health(pool, settings.home, checks={}, folders={}),
            policy=readers.policy,
            auditing=auditing_of(pool, settings.home),
            ledger=ledger,
            catalog=readers.catalog,
            lexicons=Glossary(),
            search=readers,
            texts=Finding(passages, readers),
            ask=Script(passages, readers),
            conversations=Conversations(ledger),
            originals=Drawn(BlobMissing()),
            attachments=HeldFiles(),
            tasks=ScriptedTasks(pause=0.5),
            index=None,
            engines=SimpleNamespace(first=SimpleNamespace(name="script")),
            model_in_use=SimpleNamespace(demonstration=True, choice=None, on_change=lambda renew: None),
        )
        async with open_access(settings, pool, ledger) as access, watched(services.announcements, look_s=0.1):
            config = configuration(web_application(settings, services, access, Leaving(0)))
            with port_bound(settings.host, settings.port) as listener:
                print("prêt", flush=True)
                await uvicorn.Server(config).serve(sockets=[listener])


async def _guide(pool: Pool, catalog: Catalog) -> tuple[Passage, ...]:
    """Two passages of a guide that everybody may read."""
    metadata = DocumentMetadata(title="Guide de l’agent", url="https://www.exemple.gouv.fr/guide")
    await _collection(pool, catalog, "Droit")
    aide = await _collection(pool, catalog, "Aide")
    version = await _document(
        pool, catalog, Document("guide.md", aide.id, metadata, 1, "x", DocumentState.PENDING), TEXT
    )
    here = Chunk(0, TEXT[SPAN[0] : SPAN[1]], Locator(3, ("Lire une réponse", "Vérifier une réponse"), *SPAN))
    there = Chunk(1, TEXT[109:160], Locator(None, ("Lire une réponse",), 109, 160))
    return tuple(Passage(aide.id, "Aide", "guide.md", version, metadata, each, 1.0) for each in (here, there))


async def _note(pool: Pool, catalog: Catalog) -> Passage:
    """A passage of a note for the group /Cabinet."""
    metadata = DocumentMetadata(title="Note réservée")
    cabinet = await _collection(pool, catalog, "Cabinet", frozenset({"/Cabinet"}))
    version = await _document(
        pool, catalog, Document("note.md", cabinet.id, metadata, 1, "y", DocumentState.PENDING), NOTE
    )
    chunk = Chunk(0, NOTE, Locator(None, (), 0, len(NOTE)))
    return Passage(cabinet.id, "Cabinet", "note.md", version, metadata, chunk, 1.0)


async def _collection(pool: Pool, catalog: Catalog, name: str, readers: frozenset[str] = frozenset()) -> Collection:
    async with pool.connection() as connection:
        held = {collection.name: collection for collection in await catalog.collections(connection)}
        return held.get(name) or await catalog.create_collection(connection, name, owner="DGS", readers=readers)


async def _document(pool: Pool, catalog: Catalog, document: Document, text: str) -> int:
    async with pool.connection() as connection:
        return (await catalog.put_documents(connection, [(document, text)]))[document.id]


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # how uvicorn ends a process that was interrupted
        asyncio.run(serve(read_settings().replaced(home=Path(sys.argv[1]), port=int(sys.argv[2]))))
