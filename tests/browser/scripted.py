"""A server for the browser: the real chat, its database and pages, with an assistant that follows a script.

Run by the browser tests as a process of its own: `python tests/browser/scripted.py HOME PORT`.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import uvicorn
from fastapi import FastAPI

from assistant.answer import Answer, Answered, AskEvent, Citation, SourcesFound, TextStreamed, Timings, Turn, Waiting
from assistant.conversations import Conversations
from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Chunk, Collection, Document, DocumentMetadata, DocumentState, Locator, Passage
from retrieval.errors import CollectionNotFound
from ui.authentication import Authentication, AuthenticationSettings
from ui.database import DatabaseSettings, Pool, open_database
from ui.front import FrontSettings, prepare_front
from ui.gate import Gate
from ui.identity import Caller, LocalIdentity, local_principal
from ui.pages import Notice
from ui.passage_links import PassageLinks
from ui.passages import PassageServices, passage_router
from ui.server import configuration, port_bound

TEXT = (
    "Vérifier une réponse\nChaque phrase porte le numéro de sa source. Cliquez sur le numéro pour lire le passage.\n"
    "Une réponse sans source ne doit pas être utilisée. " + "Le reste du document suit. " * 200
)
SPAN = (21, 109)
HOSTILE = (
    "Voici ![piège](http://exemple.invalid/pixel.png) et [lien](http://exemple.invalid) "
    "<img src=http://exemple.invalid/x>. "
)


class Script:
    """Answers slowly, with two citations; what it says depends on the question."""

    def __init__(self, passages: tuple[Passage, ...]) -> None:
        self._passages = passages

    async def ask(
        self, principal: Principal, question: str, names: Sequence[str] = (), history: Sequence[Turn] = ()
    ) -> AsyncGenerator[AskEvent, None]:
        yield SourcesFound(self._passages, ("Aide",))
        if "attendre" in question:
            yield Waiting(2)
            await asyncio.sleep(1)
        text = f"Chaque phrase porte le numéro de sa source [1]. Vérifiez-la donc toujours [2]. Tour {len(history)}."
        if "piège" in question:
            text = HOSTILE + text
        if "longue" in question:
            text = "Une phrase de plus [1]. " * 200
        for piece in text.split(" "):
            await asyncio.sleep(0.05)
            yield TextStreamed(piece + " ")
        citations = tuple(
            Citation(n, passage, "", supported=n == 1) for n, passage in enumerate(self._passages, start=1)
        )
        yield Answered(
            Answer(uuid4(), question, text, False, citations, self._passages, ("Aide",), "script", Timings(1, 1, 1))
        )


class EverythingReadable:
    """All collections are open."""

    def __init__(self, pool: Pool, catalog: Catalog) -> None:
        self._pool, self._catalog = pool, catalog

    async def permitted(self, principal: Principal, names: Sequence[str]) -> list[Collection]:
        async with self._pool.connection() as connection:
            held = await self._catalog.collections(connection)
        wanted = [collection for collection in held if not names or collection.name in names]
        if names and not wanted:
            raise CollectionNotFound(names[0])
        return wanted


async def serve(home: Path, port: int) -> None:
    """Serve until the process is told to end; says «prêt» when people can come."""
    notice = Notice(model="Gemma 3 270M (modèle de démonstration)", demonstration=True, local=True)
    prepare_front(FrontSettings(home, notice))
    from ui.chat import ChatServices, mount_chat  # Chainlit reads its settings while it is imported

    async with open_database(DatabaseSettings(home / "postgres")) as pool:
        catalog, ledger, links = Catalog(), PostgresLedger(), PassageLinks(b"scripted")
        passages = await _passages(pool, catalog)
        search = EverythingReadable(pool, catalog)
        identity = LocalIdentity(local_principal())
        caller = Caller(identity)
        app = FastAPI(openapi_url=None)
        app.include_router(passage_router(PassageServices(caller, pool, search, catalog, ledger, links, notice)))
        mount_chat(app, ChatServices(caller, pool, Script(passages), search, Conversations(ledger), links))
        behind = Authentication(app, identity, caller, AuthenticationSettings(notice))
        config = configuration(Gate(behind, [f"127.0.0.1:{port}"]))
        with port_bound("127.0.0.1", port) as listener:
            print("prêt", flush=True)
            await uvicorn.Server(config).serve(sockets=[listener])


async def _passages(pool: Pool, catalog: Catalog) -> tuple[Passage, ...]:
    metadata = DocumentMetadata(title="Guide de l’agent", url="https://www.exemple.gouv.fr/guide")
    async with pool.connection() as connection:
        held = {collection.name: collection for collection in await catalog.collections(connection)}
        for name in ("Aide", "Droit"):
            if name not in held:
                held[name] = await catalog.create_collection(connection, name, owner="DGS")
        aide = held["Aide"]
        document = Document("guide.md", aide.id, metadata, 1, "x", DocumentState.PENDING)
        version = await catalog.put_document(connection, document, TEXT)
    locator = Locator(3, ("Lire une réponse", "Vérifier une réponse"), *SPAN)
    chunk = Chunk(0, TEXT[SPAN[0] : SPAN[1]], locator)
    other = Chunk(1, TEXT[109:160], Locator(None, ("Lire une réponse",), 109, 160))
    return tuple(Passage(aide.id, "Aide", "guide.md", version, metadata, each, 1.0) for each in (chunk, other))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # how uvicorn ends a process that was interrupted
        asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
