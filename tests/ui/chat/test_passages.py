"""The page of a passage: what it shows, to whom, and that opening it is recorded."""

import datetime as dt
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from html import unescape
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from assistant.conversation import Source
from assistant.errors import ConversationNotFound
from assistant.tasks.request import GIVEN
from ingestion import BlobMissing, Block, FileUnreadable
from ingestion.errors import ReaderUnavailable, TooSlow
from policies.audit.event import Act
from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection, Document, DocumentMetadata, DocumentState, DocumentText
from retrieval.errors import CollectionNotFound
from retrieval.rows import Connection
from tests.retrieval.catalogued import enter
from tests.ui.drawn import Drawn
from ui.chat.original import NOT_KEPT, NOT_SHOWN
from ui.chat.passage_links import OPENED_S, Look, PassageLinks
from ui.chat.passages import PassageServices, passage_router
from ui.database import Pool
from ui.identity import Caller, LocalIdentity
from ui.pages import Notice

TEXT = "Avant. <b>Le passage</b> cité. Après."
COLLECTION = UUID("00000000-0000-0000-0000-000000000001")
SOURCE = Source(COLLECTION, "Aide", "guide.md", 1, "", ("Lire", "Vérifier <i>"), 3, 7, 24)
METADATA = DocumentMetadata("Guide <de> l’agent", url="https://exemple.gouv.fr/guide", date=dt.date(2026, 3, 1))


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

    async def open_to(self, principal: Principal) -> frozenset[UUID]:
        return frozenset()

    async def attached(self, principal: Principal, conversation_id: UUID) -> Collection | None:
        return None

    async def opened(self, principal: Principal, collection_id: UUID, name: str) -> Collection:
        [collection] = await self.permitted(principal, [name])
        if collection.id != collection_id:
            raise CollectionNotFound(name)
        return collection


@pytest.fixture
def readers(pool: Pool) -> Readers:
    return Readers(pool, Catalog())


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Given:
    """One text, pasted by one person."""

    owner: Principal | None = None

    async def pasted(self, person: Principal, document_id: str) -> DocumentText:
        if person != self.owner:
            raise ConversationNotFound
        return DocumentText(GIVEN, document_id, 1, DocumentMetadata("Texte collé"), "Le congé\ndure <seize> semaines.")


@pytest.fixture
def given() -> Given:
    return Given()


@pytest.fixture
def originals() -> Drawn:
    return Drawn()


@pytest.fixture
async def page(
    pool: Pool,
    agent: Principal,
    readers: Readers,
    ledger: PostgresLedger,
    originals: Drawn,
    links: PassageLinks,
    given: Given,
    clock: Clock,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages, with one document in the collection «Aide»."""
    async with pool.connection() as connection:
        aide = await _aide(connection, readers.catalog, COLLECTION)
        document = Document("guide.md", aide.id, METADATA, 1, "a", DocumentState.PENDING)
        await enter(connection, document, TEXT)
    notice = Notice("Gemma 3 270M (modèle de démonstration)", demonstration=True, local=True)
    app = FastAPI()
    caller = Caller(LocalIdentity(agent))
    services = PassageServices(caller, pool, readers, readers.catalog, ledger, originals, links, notice, given, clock)
    app.include_router(passage_router(services))
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
    assert '<mark id="passage" tabindex="-1" autofocus>&lt;b&gt;Le passage&lt;/b&gt;</mark>' in text
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


async def test_a_pasted_text_opens_for_who_pasted_it_and_for_nobody_else(
    page: httpx.AsyncClient, given: Given, agent: Principal, links: PassageLinks
) -> None:
    link = links.link(Source(GIVEN, "Cette conversation", "x/textes/0", 1, "", (), None, 9, 21))
    refused = await page.get(link)
    given.owner = agent
    opened = await page.get(link)
    assert refused.status_code == 404
    assert opened.status_code == 200
    assert '<p><mark id="passage" tabindex="-1" autofocus>dure &lt;seize&gt;</mark> semaines.</p>' in opened.text
    for absent in ("État", "vigueur", "Original"):
        assert absent not in opened.text


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
        await enter(connection, document, "Tout autre chose, jamais cité.")
    response = await page.get(links.link(SOURCE))
    assert response.status_code == 404
    assert "autre chose" not in response.text


async def test_an_older_version_opens_and_says_that_there_is_a_newer_one(
    page: httpx.AsyncClient, readers: Readers, pool: Pool, links: PassageLinks
) -> None:
    async with pool.connection() as connection:
        aide = await readers.catalog.collection(connection, "Aide")
        document = Document("guide.md", aide.id, METADATA, 1, "b", DocumentState.PENDING)
        await enter(connection, document, "Tout autre chose.")
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
        await enter(connection, document, TEXT)
    response = await page.get(links.link(Source(COLLECTION, "Aide", "piege.md", 1, "", (), None, 0, 5)))
    assert response.status_code == 200
    assert url not in response.text


def _links(text: str) -> dict[str, str]:
    """Where the page leads, by the words of the link."""
    found = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', text)
    return {unescape(words): unescape(address) for address, words in found}


def _picture(text: str) -> str:
    [address] = re.findall(r'<img src="([^"]+)"', text)
    return unescape(address)


async def test_the_original_stands_beside_its_text_and_its_picture_needs_no_record_of_its_own(
    page: httpx.AsyncClient, originals: Drawn, pool: Pool, ledger: PostgresLedger, links: PassageLinks
) -> None:
    text = (await page.get(links.link(SOURCE))).text
    assert "Page 3 sur 3" in text
    assert '<rect x="0.1" y="0.2"' in text
    [measured] = originals.wanted
    assert (measured.number, measured.passage, measured.is_drawn) == (3, "<b>Le passage</b>", False)
    picture = await page.get(_picture(text))
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    assert picture.headers["Cache-Control"] == "no-store"
    assert picture.content.startswith(b"\x89PNG")
    assert await _acts(pool, ledger) == [Act.DOCUMENT_OPENED]


async def test_pages_are_turned_and_made_larger_by_links_each_an_opening(
    page: httpx.AsyncClient, originals: Drawn, pool: Pool, ledger: PostgresLedger, links: PassageLinks
) -> None:
    ways = _links((await page.get(links.link(SOURCE))).text)
    assert "Page suivante" not in ways
    before = (await page.get(ways["Page précédente"])).text
    assert "Page 2 sur 3" in before
    assert "<rect" not in before
    assert "autofocus" not in before
    larger = (await page.get(_links(before)["150\u202f%"])).text
    assert originals.wanted[-1].width == 1500
    assert "Page 2 sur 3" in larger
    assert "Page 3 sur 3" in (await page.get(_links(larger)["Revenir au passage cité"])).text
    assert await _acts(pool, ledger) == [Act.DOCUMENT_OPENED] * 4


async def test_a_picture_is_good_for_the_opening_that_it_came_with(
    page: httpx.AsyncClient, clock: Clock, links: PassageLinks
) -> None:
    address = _picture((await page.get(links.link(SOURCE))).text)
    clock.now += OPENED_S + 1
    assert (await page.get(address)).status_code == 404
    assert (await page.get(links.picture(SOURCE, Look(3), "somebody else", clock.now))).status_code == 404
    assert (await page.get("/passage/image")).status_code == 404


async def test_a_picture_of_what_one_may_no_longer_read_is_not_there(
    page: httpx.AsyncClient, readers: Readers, links: PassageLinks
) -> None:
    address = _picture((await page.get(links.link(SOURCE))).text)
    readers.shut.add("Aide")
    picture = await page.get(address)
    assert picture.status_code == 404
    assert "Le passage" not in picture.text


@pytest.mark.parametrize("number", ["0", "4", "99999999"])
async def test_a_page_that_the_document_does_not_have_is_said_to_be_missing_and_its_text_is_there(
    number: str, page: httpx.AsyncClient, agent: Principal, clock: Clock, links: PassageLinks
) -> None:
    text = (await page.get(links.link(SOURCE, Look(int(number))))).text
    assert f"il n’y a pas de page {number}" in text
    assert "Le passage" in text
    assert "<img" not in text
    assert (await page.get(links.picture(SOURCE, Look(int(number)), agent.subject, clock()))).status_code == 404


FAILURES = [
    (FileUnreadable("a.pdf", "ce PDF est endommagé", "…"), NOT_SHOWN, 422),
    (TooSlow("a.pdf", 20), NOT_SHOWN, 422),
    (ReaderUnavailable(), NOT_SHOWN, 422),
    (BlobMissing(), NOT_KEPT, 404),
]


@pytest.mark.parametrize(("error", "said", "status"), FAILURES)
async def test_where_the_original_cannot_be_drawn_the_text_stands_alone_with_a_sentence(
    error: Exception,
    said: str,
    status: int,
    page: httpx.AsyncClient,
    originals: Drawn,
    agent: Principal,
    clock: Clock,
    links: PassageLinks,
) -> None:
    originals.error = error
    response = await page.get(links.link(SOURCE))
    assert response.status_code == 200
    assert said in response.text
    assert "Le passage" in response.text
    assert "<img" not in response.text
    picture = await page.get(links.picture(SOURCE, Look(3), agent.subject, clock()))
    assert picture.status_code == status


async def test_a_document_without_pages_is_shown_with_its_headings_and_tables(
    page: httpx.AsyncClient, originals: Drawn, readers: Readers, pool: Pool, links: PassageLinks
) -> None:
    originals.has_pages = False
    originals.known = (
        Block("Durées", ("Durées",)),
        Block("Motif | Jours", ("Durées",)),
        Block("Décès | 3", ("Durées",), header="Motif | Jours"),
        Block("- un justificatif", ("Durées",)),
    )
    held = "\n".join(block.text for block in originals.known)
    async with pool.connection() as connection:
        document = Document("a.docx", COLLECTION, METADATA, 1, "d", DocumentState.PENDING)
        await enter(connection, document, held)
    start = held.index("3")
    text = (await page.get(links.link(Source(COLLECTION, "Aide", "a.docx", 1, "", (), None, start, start + 1)))).text
    assert "<h3>Durées</h3>" in text
    assert '<th scope="col">Motif</th><th scope="col">Jours</th>' in text
    assert '<td>Décès</td><td><mark id="passage" tabindex="-1" autofocus>3</mark></td>' in text
    assert "<li>- un justificatif</li>" in text
    assert 'class="told"' not in text


async def test_the_quotation_to_copy_names_its_document_in_administrative_form(
    page: httpx.AsyncClient, links: PassageLinks
) -> None:
    text = (await page.get(links.link(SOURCE))).text
    quoted = "«\u202f&lt;b&gt;Le passage&lt;/b&gt;\u202f» (Guide &lt;de&gt; l’agent, page 3, 1er mars 2026, version 1)"
    assert quoted in text
