"""The page of a passage: what it shows, to whom, and that opening it is recorded."""

import datetime as dt
import json
from collections.abc import AsyncIterator, Callable, Sequence
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from assistant.conversation import Source
from policies.audit.event import Act
from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection, Document, DocumentMetadata, DocumentState
from retrieval.errors import CollectionNotFound
from retrieval.rows import Connection
from ui.chat.passage_links import PassageLinks
from ui.chat.passages import PassageServices, passage_router, state
from ui.database import Pool
from ui.identity import Caller, LocalIdentity
from ui.pages import Notice

TEXT = "Avant. <b>Le passage</b> cité. Après."
COLLECTION = UUID("00000000-0000-0000-0000-000000000001")
SOURCE = Source(COLLECTION, "Aide", "guide.md", 1, "", ("Lire", "Vérifier <i>"), 3, 7, 24)
METADATA = DocumentMetadata("Guide <de> l’agent", url="https://exemple.gouv.fr/guide", date=dt.date(2026, 3, 1))
TODAY = dt.date(2026, 6, 1)


class Readers:
    """Knows the collections of the catalogue; `shut` are those that the person may not read."""

    def __init__(self, pool: Pool, catalog: Catalog) -> None:
        self.pool, self.catalog = pool, catalog
        self.shut: set[str] = set()

    async def permitted(self, principal: Principal, names: Sequence[str]) -> list[Collection]:
        if self.shut & set(names):
            raise CollectionNotFound(names[0])
        async with self.pool.connection() as connection:
            return [await self.catalog.collection(connection, name) for name in names]


@pytest.fixture
def readers(pool: Pool) -> Readers:
    return Readers(pool, Catalog())


@pytest.fixture
async def page(
    pool: Pool, agent: Principal, readers: Readers, ledger: PostgresLedger, links: PassageLinks
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages, with one document in the collection «Aide»."""
    async with pool.connection() as connection:
        aide = await _aide(connection, readers.catalog, COLLECTION)
        document = Document("guide.md", aide.id, METADATA, 1, "a", DocumentState.PENDING)
        await readers.catalog.put_document(connection, document, TEXT)
    notice = Notice("Gemma 3 270M (modèle de démonstration)", demonstration=True, local=True)
    app = FastAPI()
    caller = Caller(LocalIdentity(agent))
    app.include_router(passage_router(PassageServices(caller, pool, readers, readers.catalog, ledger, links, notice)))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://essai") as client:
        yield client


async def _aide(connection: Connection, catalog: Catalog, collection_id: UUID) -> Collection:
    """The collection «Aide», under that identifier."""
    await catalog.create_collection(connection, "Aide", owner="DGS")
    await connection.execute("update collection set id = %s", [collection_id])
    return await catalog.collection(connection, "Aide")


async def _acts(pool: Pool, ledger: PostgresLedger) -> list[str]:
    async with pool.connection() as connection:
        return [json.loads(record.body)["act"] async for record in ledger.records(connection)]


async def test_the_page_marks_the_passage_and_says_where_and_what_it_is(
    page: httpx.AsyncClient, pool: Pool, ledger: PostgresLedger, links: PassageLinks
) -> None:
    response = await page.get(links.link(SOURCE))
    text = response.text
    assert response.status_code == 200
    assert '<mark id="passage">&lt;b&gt;Le passage&lt;/b&gt;</mark>' in text
    for part in ("Guide &lt;de&gt; l’agent", "Lire › Vérifier &lt;i&gt;", "<dd>3</dd>", "1er mars 2026", "En vigueur"):
        assert part in text
    assert 'href="https://exemple.gouv.fr/guide"' in text
    assert 'lang="fr"' in text
    assert "modèle de démonstration" in text
    assert response.headers["Cache-Control"] == "no-store"
    assert await _acts(pool, ledger) == [Act.DOCUMENT_OPENED]


async def test_what_a_person_may_no_longer_read_is_not_there(
    page: httpx.AsyncClient, readers: Readers, pool: Pool, ledger: PostgresLedger, links: PassageLinks
) -> None:
    readers.shut.add("Aide")
    response = await page.get(links.link(SOURCE))
    assert response.status_code == 404
    assert "passage" in response.text
    assert "Le passage" not in response.text
    assert await _acts(pool, ledger) == []


NOWHERE: dict[str, Callable[[PassageLinks], str]] = {
    "no link": lambda links: "/passage",
    "altered": lambda links: links.link(SOURCE).replace("start=7", "start=0"),
    "other collection": lambda links: links.link(Source(COLLECTION, "Nulle part", "guide.md", 1, "", (), None, 0, 1)),
    "other document": lambda links: links.link(Source(COLLECTION, "Aide", "rien.md", 1, "", (), None, 0, 1)),
    "other version": lambda links: links.link(Source(COLLECTION, "Aide", "guide.md", 9, "", (), None, 0, 1)),
}


@pytest.mark.parametrize("address", NOWHERE.values(), ids=NOWHERE.keys())
async def test_a_passage_that_is_not_there_is_a_french_404(
    address: Callable[[PassageLinks], str], page: httpx.AsyncClient, links: PassageLinks
) -> None:
    response = await page.get(address(links))
    assert response.status_code == 404
    assert "Ce passage n’existe pas" in response.text


async def test_a_later_collection_of_the_same_name_is_not_what_was_cited(
    page: httpx.AsyncClient, readers: Readers, pool: Pool, links: PassageLinks
) -> None:
    async with pool.connection() as connection:
        await readers.catalog.delete_collection(connection, COLLECTION)
        aide = await _aide(connection, readers.catalog, uuid4())
        document = Document("guide.md", aide.id, METADATA, 1, "b", DocumentState.PENDING)
        await readers.catalog.put_document(connection, document, "Tout autre chose, jamais cité.")
    response = await page.get(links.link(SOURCE))
    assert response.status_code == 404
    assert "autre chose" not in response.text


async def test_an_older_version_opens_and_says_that_there_is_a_newer_one(
    page: httpx.AsyncClient, readers: Readers, pool: Pool, links: PassageLinks
) -> None:
    async with pool.connection() as connection:
        aide = await readers.catalog.collection(connection, "Aide")
        document = Document("guide.md", aide.id, METADATA, 1, "b", DocumentState.PENDING)
        await readers.catalog.put_document(connection, document, "Tout autre chose.")
    text = (await page.get(links.link(SOURCE))).text
    assert "Le passage" in text
    assert "remplacée depuis par une version plus récente" in text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://[exemple"])
async def test_only_web_addresses_are_linked(
    url: str, page: httpx.AsyncClient, readers: Readers, pool: Pool, links: PassageLinks
) -> None:
    async with pool.connection() as connection:
        aide = await readers.catalog.collection(connection, "Aide")
        metadata = DocumentMetadata("Piège", url=url)
        document = Document("piege.md", aide.id, metadata, 1, "c", DocumentState.PENDING)
        await readers.catalog.put_document(connection, document, TEXT)
    response = await page.get(links.link(Source(COLLECTION, "Aide", "piege.md", 1, "", (), None, 0, 5)))
    assert response.status_code == 200
    assert url not in response.text


STATES = [
    (None, None, "En vigueur (dates d’effet non précisées)"),
    (dt.date(2025, 1, 1), None, "En vigueur depuis le 1er janvier 2025"),
    (dt.date(2027, 2, 3), None, "En vigueur à partir du 3 février 2027"),
    (None, dt.date(2026, 6, 1), "Abrogé le 1er juin 2026"),
    (dt.date(2025, 1, 1), dt.date(2026, 8, 15), "En vigueur jusqu’au 15 août 2026 exclu"),
]


@pytest.mark.parametrize(("start", "end", "words"), STATES)
def test_the_state_is_said_in_french(start: dt.date | None, end: dt.date | None, words: str) -> None:
    assert state(DocumentMetadata("Titre", in_force_from=start, repealed_on=end), TODAY) == words
