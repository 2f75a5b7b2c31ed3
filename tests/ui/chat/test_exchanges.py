"""What a conversation that has files still says when it is opened again."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID, uuid4

import pytest

from assistant.ask import Ask
from assistant.conversation import Ending, Reply
from assistant.conversations import Conversations
from policies import PostgresLedger, Principal
from retrieval import Collection, CollectionNotFound, Search
from tests.assistant.asking import answer
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.small_corpus import Corpus
from ui.chat.exchanges import ReadableExchanges
from ui.database import Pool

ONE, OTHER = "Le badge est rendu au poste de garde.", "La cantine ferme à quatorze heures."
QUESTION = "Où le badge est-il rendu ?"

REMOVE: LiteralString = "delete from document where collection_id = %s and id = any(%s)"


@pytest.fixture
def conversation() -> UUID:
    return uuid4()


@pytest.fixture
async def files(corpus: Corpus, agent: Principal, conversation: UUID) -> Collection:
    return await corpus.attached(agent.subject, conversation, {"un": ONE, "autre": OTHER})


async def opened(search: Search, pool: Pool, person: Principal, conversation: UUID) -> list[Ending]:
    exchanges = ReadableExchanges(pool, Conversations(PostgresLedger()), search)
    return [one.reply.ending for one in await exchanges.of(person, conversation) if one.reply]


async def ask(search: Search, pool: Pool, person: Principal, conversation: UUID, said: str, passages: int = 1) -> None:
    """Ask, and keep the answer in the conversation."""
    asking = Ask(search, engines(Scripted(pieces=(said,))), PostgresLedger(), pool, passages=passages)
    reply = Reply.of(await answer(asking.ask(person, QUESTION, conversation_id=conversation)))
    conversations, exchange = Conversations(PostgresLedger()), uuid4()
    async with pool.connection() as connection:
        await conversations.ask(connection, person, conversation, exchange, QUESTION)
        await conversations.reply(connection, person, exchange, reply)


async def remove(pool: Pool, files: Collection, ids: Sequence[str]) -> None:
    async with pool.connection() as connection:
        await connection.execute(REMOVE, [files.id, list(ids)])


async def test_an_answer_goes_with_the_file_on_which_it_stands(
    search: Search, pool: Pool, agent: Principal, conversation: UUID, files: Collection
) -> None:
    await ask(search, pool, agent, conversation, ONE)
    assert await opened(search, pool, agent, conversation) == [Ending.COMPLETE]
    await remove(pool, files, ["autre"])
    assert await opened(search, pool, agent, conversation) == [Ending.COMPLETE]
    await remove(pool, files, ["un"])
    assert await opened(search, pool, agent, conversation) == [Ending.WITHHELD]


async def test_a_refusal_that_names_the_files_opens_again_for_their_owner(
    search: Search, pool: Pool, agent: Principal, conversation: UUID, files: Collection
) -> None:
    await ask(search, pool, agent, conversation, "Le badge coûte cent euros.")
    assert await opened(search, pool, agent, conversation) == [Ending.COMPLETE]
    async with pool.connection() as connection:
        await connection.execute("delete from collection where id = %s", [files.id])
    assert await opened(search, pool, agent, conversation) == [Ending.WITHHELD]


async def test_a_source_of_a_file_opens_for_its_owner_alone(
    search: Search,
    corpus: Corpus,
    agent: Principal,
    administrateur: Principal,
    files: Collection,
) -> None:
    assert await search.opened(agent, files.id, files.name) == files
    with pytest.raises(CollectionNotFound):
        await search.opened(administrateur, files.id, files.name)
    await corpus.collection(files.name, {"x": "Une collection de ce nom."})
    with pytest.raises(CollectionNotFound):
        await search.opened(administrateur, files.id, files.name)
    assert await search.opened(agent, files.id, files.name) == files
