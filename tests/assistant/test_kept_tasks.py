"""Tasks belong to the conversation in which they were asked for, and to its owner."""

from uuid import uuid4

import pytest

from assistant.conversation import Reply, Source
from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound
from assistant.tasks.order import OrderedText, TaskOrder
from assistant.tasks.request import GIVEN
from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from ui.database import Pool

TEXTS = {"texte": (OrderedText("Texte collé", "Le congé dure seize semaines."), OrderedText("a.pdf", document="a.pdf"))}
ORDER = TaskOrder("resume", 3, "Résumé", {"longueur": "court"}, TEXTS, ("Aide",))
OTHER = Principal("s-autre", "autre", frozenset(), frozenset())


async def test_a_task_comes_back_as_it_was_filled_in_and_for_its_owner_alone(pool: Pool, agent: Principal) -> None:
    conversations, conversation, exchange = Conversations(PostgresLedger()), uuid4(), uuid4()
    async with pool.connection() as connection:
        await conversations.ask(connection, agent, conversation, exchange, ORDER.heading, ORDER)
        [kept] = await conversations.exchanges(connection, agent, conversation, frozenset())
        assert (kept.question, kept.task) == ("Résumé — Texte collé, a.pdf", ORDER)
        assert await conversations.task(connection, agent, exchange) == ORDER
        with pytest.raises(ConversationNotFound):
            await conversations.task(connection, OTHER, exchange)


async def test_a_task_is_done_again_as_it_was_and_edited_it_becomes_a_question(pool: Pool, agent: Principal) -> None:
    conversations, conversation, exchange = Conversations(PostgresLedger()), uuid4(), uuid4()
    renewed, edited = uuid4(), uuid4()
    async with pool.connection() as connection:
        await conversations.ask(connection, agent, conversation, exchange, ORDER.heading, ORDER)
        await conversations.renew(connection, agent, exchange, renewed)
        assert await conversations.task(connection, agent, renewed) == ORDER
        await conversations.rewrite(connection, agent, renewed, edited, "Combien de semaines ?")
        [kept] = await conversations.exchanges(connection, agent, conversation, frozenset())
        assert (kept.question, kept.task) == ("Combien de semaines ?", None)
        with pytest.raises(ConversationNotFound):
            await conversations.task(connection, agent, edited)


async def test_an_answer_that_stands_on_a_pasted_text_needs_no_collection(pool: Pool, agent: Principal) -> None:
    conversations, conversation, exchange = Conversations(PostgresLedger()), uuid4(), uuid4()
    reply = Reply("Seize semaines [1].", (Source(GIVEN, "Texte collé", "x", 1, "Texte collé", (), None, 0, 29),))
    async with pool.connection() as connection:
        await conversations.ask(connection, agent, conversation, exchange, ORDER.heading, ORDER)
        await conversations.reply(connection, agent, exchange, reply)
        [kept] = await conversations.exchanges(connection, agent, conversation, frozenset())
    assert kept.reply == reply
