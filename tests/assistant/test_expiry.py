"""Conversations end in time: the shortest of three holds, and a hold keeps them."""

import datetime as dt
import json
from uuid import UUID, uuid4

import pytest

from assistant.conversation import Reply, Source
from assistant.conversations import Conversations
from assistant.expiry import Expiry
from policies import Act, LedgerUnavailable, PostgresLedger, Principal
from policies.retention import months_before
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from retrieval.catalog import Catalog
from ui.database import Pool

NOW = dt.datetime(2026, 11, 26, 2, tzinfo=dt.UTC)
SERVICE = Principal("local:0", "service", frozenset(), frozenset())
PSEUDONYMS = Pseudonyms(b"tests")


@pytest.fixture
def expiry(pool: Pool) -> Expiry:
    return Expiry(pool, PostgresLedger(), PSEUDONYMS, 12, SERVICE, clock=lambda: NOW)


async def begun(pool: Pool, person: Principal, months_ago: int, collection: UUID | None = None) -> UUID:
    """A conversation whose last question was asked so long ago; its answer stands on that collection."""
    conversation, exchange = uuid4(), uuid4()
    sources = (Source(collection, "Aide", "guide.md", 1, "Guide", (), 0, 1, 2),) if collection else ()
    async with pool.connection() as connection:
        conversations = Conversations(PostgresLedger())
        await conversations.ask(connection, person, conversation, exchange, "Une question ?")
        await conversations.reply(connection, person, exchange, Reply("Oui.", sources, model="essai"))
        at = months_before(NOW, months_ago) - dt.timedelta(minutes=1)
        await connection.execute("update conversation set updated_at = %s where id = %s", [at, conversation])
    return conversation


async def left(pool: Pool) -> set[UUID]:
    async with pool.connection() as connection:
        return {one for (one,) in await (await connection.execute("select id from conversation")).fetchall()}


async def collection_of(pool: Pool, months: int | None) -> UUID:
    async with pool.connection() as connection:
        made = await Catalog().create_collection(
            connection, f"Notes {months}", owner="", readers=frozenset(), description=""
        )
        await connection.execute("update collection set conversation_months = %s where id = %s", [months, made.id])
    return made.id


async def test_what_is_past_the_ministrys_time_goes_and_is_recorded(
    pool: Pool, expiry: Expiry, agent: Principal
) -> None:
    old, young = await begun(pool, agent, 12), await begun(pool, agent, 11)
    assert await expiry.apply() == 1
    assert await left(pool) == {young}
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
        exchanges = await (await connection.execute("select count(*) from exchange")).fetchone()
    assert bodies[-1]["act"] == Act.CONVERSATION_DELETED
    assert bodies[-1]["details"] == {"conversation": str(old), "exchanges": 1, "files": 0, "reason": "retention"}
    assert bodies[-1]["principal"]["subject"] == SERVICE.subject
    assert exchanges == (1,)


async def test_the_shortest_of_ministry_collection_and_person_holds(
    pool: Pool, expiry: Expiry, agent: Principal, administrateur: Principal
) -> None:
    strict, lax = await collection_of(pool, 3), await collection_of(pool, 24)
    gone = await begun(pool, agent, 3, strict)
    stays = {await begun(pool, agent, 2, strict), await begun(pool, agent, 4, lax), await begun(pool, agent, 4)}
    gone_too = await begun(pool, administrateur, 1)
    await expiry.choose(administrateur, 1)
    assert {one.id for one in await expiry.due()} == {gone, gone_too}
    await expiry.apply()
    assert await left(pool) == stays
    late = await begun(pool, agent, 12, lax)
    assert [one.id for one in await expiry.due()] == [late]


async def test_a_persons_choice_is_recorded_and_can_be_taken_back(
    pool: Pool, expiry: Expiry, agent: Principal, administrateur: Principal
) -> None:
    await expiry.choose(agent, 3)
    await expiry.choose(agent, 6)
    assert (await expiry.chosen(agent), await expiry.chosen(administrateur)) == (6, None)
    await expiry.choose(agent, None)
    assert await expiry.chosen(agent) is None
    async with pool.connection() as connection:
        told = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
    assert [one["details"] for one in told] == [
        {"months": 3, "before": None},
        {"months": 6, "before": 3},
        {"months": None, "before": 6},
    ]


async def test_a_held_conversation_stays(pool: Pool, expiry: Expiry, agent: Principal) -> None:
    held, gone = await begun(pool, agent, 13), await begun(pool, agent, 13)
    await Projection(pool, PSEUDONYMS).catch_up()
    async with pool.connection() as connection:
        await connection.execute(
            "insert into review_case (title, reason, opened_by, opened_at) values ('d', 'r', 'a', now())"
        )
        await connection.execute(
            "insert into review_hold (case_id, kind, target, reason, placed_by, placed_at) "
            "select max(id), 'conversation', %s, 'r', 'a', now() from review_case",
            [str(held)],
        )
    assert {one.id: one.kept for one in await expiry.due()} == {held: True, gone: False}
    assert await expiry.apply() == 1
    assert await left(pool) == {held}


async def test_what_cannot_be_recorded_stays(pool: Pool, agent: Principal) -> None:
    class Full(PostgresLedger):
        async def append(self, *_: object) -> int:
            raise LedgerUnavailable("plein")

    old = await begun(pool, agent, 13)
    expiry = Expiry(pool, Full(), PSEUDONYMS, 12, SERVICE, clock=lambda: NOW)
    with pytest.raises(LedgerUnavailable, match="plein"):
        await expiry.apply()
    assert await left(pool) == {old}
