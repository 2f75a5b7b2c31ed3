"""Who may have a conversation as a file, what of it, and what is on record then."""

import json
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from assistant.conversation import WITHHELD, Reply, Source
from assistant.conversations import Conversations
from policies import PostgresLedger, Principal
from retrieval import Catalog, Collection, Search
from tests.retrieval.small_corpus import Corpus
from ui.export.routes import ExportServices, export_router
from ui.identity import Caller, LocalIdentity
from ui.pages import Notice

TEXT = "Le préavis dure un mois."


@pytest.fixture
async def collection(corpus: Corpus) -> Collection:
    return await corpus.collection("Droit", {"préavis": TEXT})


@pytest.fixture
async def kept(corpus: Corpus, agent: Principal, collection: Collection) -> tuple[UUID, UUID]:
    """A conversation of two exchanges, and the first of them."""
    conversations, conversation_id, first, second = Conversations(PostgresLedger()), uuid4(), uuid4(), uuid4()
    source = Source(collection.id, "Droit", "préavis", 1, "préavis", (), 2, 0, 5)
    async with corpus.pool.connection() as connection:
        for exchange_id, answer in ((first, "Un mois [1]."), (second, "Deux mois [1].")):
            await conversations.ask(connection, agent, conversation_id, exchange_id, "Quel est le préavis légal ?")
            await conversations.reply(connection, agent, exchange_id, Reply(answer, (source,), model="essai"))
    return conversation_id, first


@pytest.fixture
async def client(corpus: Corpus, search: Search, agent: Principal) -> AsyncIterator[httpx.AsyncClient]:
    identity = LocalIdentity(agent)
    caller, ledger = Caller(identity), PostgresLedger()
    caller.enter("", "", agent)
    notice = Notice("essai", demonstration=False, local=True)
    services = ExportServices(caller, corpus.pool, search, Conversations(ledger), Catalog(), ledger, notice)
    app = FastAPI(openapi_url=None)
    app.include_router(export_router(services))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://essai") as client:
        yield client


async def _acts(corpus: Corpus) -> list[dict[str, object]]:
    async with corpus.pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
    return [body for body in bodies if body["act"] == "conversation.exported"]


@pytest.mark.parametrize(("ending", "begins"), [("docx", b"PK"), ("odt", b"PK"), ("md", b"---\n")])
async def test_the_owner_gets_a_file_and_that_is_on_record(
    ending: str, begins: bytes, client: httpx.AsyncClient, kept: tuple[UUID, UUID], corpus: Corpus
) -> None:
    answer = await client.get(f"/conversation/{kept[0]}/export", params={"format": ending})
    assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
    assert answer.headers["content-disposition"] == f'attachment; filename="preavis-legal.{ending}"'
    assert answer.headers["cache-control"] == "no-store"
    [record] = await _acts(corpus)
    details = record["details"]
    assert isinstance(details, dict)
    assert (details["conversation"], details["format"], len(details["exchanges"])) == (str(kept[0]), ending, 2)


async def test_a_single_answer_leaves_alone(client: httpx.AsyncClient, kept: tuple[UUID, UUID], corpus: Corpus) -> None:
    answer = await client.get(f"/conversation/{kept[0]}/export", params={"format": "md", "exchange": str(kept[1])})
    assert "Un mois" in answer.text
    assert "Deux mois" not in answer.text
    [record] = await _acts(corpus)
    assert record["details"] == {"conversation": str(kept[0]), "exchanges": [str(kept[1])], "format": "md"}


async def test_an_answer_from_what_one_may_no_longer_read_is_withheld(
    client: httpx.AsyncClient, kept: tuple[UUID, UUID], corpus: Corpus, collection: Collection
) -> None:
    async with corpus.pool.connection() as connection:
        await connection.execute("update collection set readers = '{/AILLEURS}' where id = %s", [collection.id])
    answer = await client.get(f"/conversation/{kept[0]}/export", params={"format": "md"})
    assert answer.status_code == 200
    assert WITHHELD in answer.text
    assert "mois" not in answer.text
    assert "préavis, page" not in answer.text


@pytest.mark.parametrize("named", ["x", str(UUID(int=1))])
async def test_what_is_not_there_or_anothers_is_not_found(
    named: str, client: httpx.AsyncClient, kept: tuple[UUID, UUID], corpus: Corpus
) -> None:
    for path in (f"/conversation/{named}/export", f"/conversation/{kept[0]}/export?exchange={named}"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert "n’est pas la vôtre" in answer.text
    other = Principal("s-autre", "autre", frozenset(), frozenset())
    async with corpus.pool.connection() as connection:
        await connection.execute("update conversation set owner = %s", [other.subject])
    assert (await client.get(f"/conversation/{kept[0]}/export")).status_code == 404
    assert await _acts(corpus) == []


async def test_an_unknown_format_is_refused_with_those_there_are(
    client: httpx.AsyncClient, kept: tuple[UUID, UUID]
) -> None:
    answer = await client.get(f"/conversation/{kept[0]}/export", params={"format": "exe"})
    assert answer.status_code == 422
    assert "Choisissez docx, odt ou md." in answer.text
