"""The ledger's texts of conversations that are gone go too, unless a hold keeps them; the records stay."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from policies import Act, Event, Json, PostgresLedger, Principal
from policies.review.erasing import Erasing
from policies.review.kept_conversations import is_kept
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from ui.database import Pool

SERVICE = Principal("local:0", "service", frozenset(), frozenset())
PSEUDONYMS = Pseudonyms(b"tests")


class Ledgered:
    """Conversations with what the ledger has of them."""

    def __init__(self, pool: Pool, person: Principal) -> None:
        self.pool, self.person, self.ledger = pool, person, PostgresLedger()
        self.projection = Projection(pool, PSEUDONYMS)
        self.erasing = Erasing(pool, self.ledger, self.projection, SERVICE)

    async def begin(self) -> UUID:
        """A conversation with a question and an answer on record."""
        conversation = uuid4()
        async with self.pool.connection() as connection:
            await connection.execute(
                "insert into conversation (id, owner, title) values (%s, %s, 't')", [conversation, self.person.subject]
            )
            await self.record(Act.QUESTION_ASKED, conversation, question="Q ?")
            await self.record(Act.ANSWER_GIVEN, conversation, answer="R.")
        return conversation

    async def record(self, act: Act, conversation: UUID, **content: str) -> None:
        async with self.pool.connection() as connection:
            event = Event(act, self.person, {"conversation": str(conversation)}, content)
            await self.ledger.append(connection, event)

    async def delete(self, conversation: UUID) -> None:
        async with self.pool.connection() as connection:
            await connection.execute("delete from conversation where id = %s", [conversation])

    async def hold(self, kind: str, target: str) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(
                "insert into review_case (title, reason, opened_by, opened_at) values ('d', 'r', 'a', now())"
            )
            await connection.execute(
                "insert into review_hold (case_id, kind, target, reason, placed_by, placed_at) "
                "select max(id), %s, %s, 'r', 'a', now() from review_case",
                [kind, target],
            )

    async def release(self) -> None:
        async with self.pool.connection() as connection:
            await connection.execute("update review_hold set released_by = 'b', released_at = now()")

    async def texts(self) -> Sequence[str]:
        async with self.pool.connection() as connection:
            rows = await (await connection.execute("select text from ledger_content order by record")).fetchall()
        return [bytes(text).decode() for (text,) in rows]

    async def acts(self) -> Sequence[str]:
        async with self.pool.connection() as connection:
            rows = await connection.execute(
                "select convert_from(body, 'UTF8')::jsonb ->> 'act' from ledger_record order by index"
            )
            return [act for (act,) in await rows.fetchall()]

    async def kept(self, conversation: UUID) -> bool:
        await self.projection.catch_up()
        async with self.pool.connection() as connection:
            return await is_kept(connection, PSEUDONYMS, conversation, self.person.subject)


@pytest.fixture
def held(pool: Pool, agent: Principal) -> Ledgered:
    return Ledgered(pool, agent)


async def test_texts_of_a_deleted_conversation_go_and_those_of_others_stay(held: Ledgered) -> None:
    gone, stays = await held.begin(), await held.begin()
    await held.record(Act.REVIEW_CONTENT_ASKED, gone, reason="Un signalement à vérifier.")
    await held.delete(gone)
    assert await held.erasing.of_gone() == 2
    assert await held.texts() == ["Q ?", "R.", "Un signalement à vérifier."]
    assert (await held.acts())[-1] == Act.CONTENT_PURGED
    assert await held.erasing.of_gone() == 0
    assert not await held.kept(stays)


async def test_an_answer_that_comes_after_the_deletion_goes_too(held: Ledgered) -> None:
    gone = await held.begin()
    await held.delete(gone)
    await held.erasing.of_gone()
    await held.record(Act.ANSWER_GIVEN, gone, answer="Trop tard.")
    assert await held.erasing.of_gone() == 1
    assert await held.texts() == []


@pytest.mark.parametrize("by", ["conversation", "person"])
async def test_what_a_hold_keeps_goes_when_it_is_released(held: Ledgered, by: str) -> None:
    gone = await held.begin()
    await held.projection.catch_up()
    await held.hold(by, str(gone) if by == "conversation" else PSEUDONYMS.of(held.person.subject))
    assert await held.kept(gone)
    await held.delete(gone)
    assert await held.erasing.of_gone() == 0
    assert await held.texts() == ["Q ?", "R."]
    await held.release()
    assert await held.erasing.of_gone() == 2
    assert not await held.kept(gone)


async def test_a_hold_on_a_collection_keeps_the_conversations_with_its_passages(held: Ledgered) -> None:
    cites, does_not, collection = await held.begin(), await held.begin(), str(uuid4())
    async with held.pool.connection() as connection:
        passages: list[Json] = [{"collection_id": collection, "document_id": "d"}]
        event = Event(Act.ANSWER_GIVEN, held.person, {"conversation": str(cites), "cited": passages})
        await held.ledger.append(connection, event)
    await held.hold("collection", collection)
    assert (await held.kept(cites), await held.kept(does_not)) == (True, False)
