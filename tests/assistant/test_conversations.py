"""Conversations belong to one person, and what is done to them is recorded."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from assistant.conversation import WITHHELD, Ending, Feedback, Reply, Source, title_of, turns
from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound
from policies.audit.event import Act
from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from retrieval.rows import Connection
from ui.database import Pool
from ui.migrations import FOLDER

COLLECTION = UUID("00000000-0000-0000-0000-000000000001")
SOURCE = Source(COLLECTION, "Aide", "guide.md", 2, "Guide de l’agent", ("Lire", "Vérifier"), 3, 10, 42)
REPLY = Reply("Oui [1].", (SOURCE,), doubtful=(1,), model="essai")
READABLE = frozenset({COLLECTION})
OTHER = Principal("s-autre", "autre", frozenset(), frozenset())


@pytest.fixture
def ledger() -> PostgresLedger:
    return PostgresLedger()


@pytest.fixture
def conversations(ledger: PostgresLedger) -> Conversations:
    return Conversations(ledger)


async def _answered(pool: Pool, conversations: Conversations, person: Principal, question: str) -> tuple[UUID, UUID]:
    """A conversation with one exchange."""
    conversation_id, exchange_id = uuid4(), uuid4()
    async with pool.connection() as connection:
        await conversations.ask(connection, person, conversation_id, exchange_id, question)
        await conversations.reply(connection, person, exchange_id, REPLY)
    return conversation_id, exchange_id


async def _acts(pool: Pool, ledger: PostgresLedger) -> list[str]:
    async with pool.connection() as connection:
        return [json.loads(record.body)["act"] async for record in ledger.records(connection)]


async def test_an_exchange_comes_back_as_it_was_kept(
    pool: Pool, conversations: Conversations, agent: Principal
) -> None:
    conversation_id, exchange_id = await _answered(pool, conversations, agent, "Comment vérifier ?")
    async with pool.connection() as connection:
        [exchange] = await conversations.exchanges(connection, agent, conversation_id, READABLE)
        conversation = await conversations.conversation(connection, agent, conversation_id)
    assert (exchange.id, exchange.question, exchange.reply) == (exchange_id, "Comment vérifier ?", REPLY)
    assert conversation.title == "Comment vérifier"


async def test_what_a_search_did_without_is_kept_with_the_answer_and_older_answers_have_nothing_of_it(
    pool: Pool, conversations: Conversations, agent: Principal
) -> None:
    conversation_id, exchange_id = await _answered(pool, conversations, agent, "Comment vérifier ?")
    kept = replace(REPLY, partial=("Une partie de l’index ne répond pas.",))
    for reply, older in ((kept, False), (REPLY, True)):
        async with pool.connection() as connection:
            await conversations.reply(connection, agent, exchange_id, reply)
            if older:
                await connection.execute("update exchange set reply = reply - 'partial'")
            [exchange] = await conversations.exchanges(connection, agent, conversation_id, READABLE)
        assert exchange.reply == reply


@pytest.mark.parametrize("readable", [frozenset(), frozenset({uuid4()})])
async def test_an_answer_is_withheld_from_who_may_no_longer_read_what_it_stands_on(
    readable: frozenset[UUID], pool: Pool, conversations: Conversations, agent: Principal
) -> None:
    conversation_id, _ = await _answered(pool, conversations, agent, "Comment vérifier ?")
    async with pool.connection() as connection:
        exchanges = await conversations.exchanges(connection, agent, conversation_id, readable)
    assert exchanges[0].reply == Reply(WITHHELD, ending=Ending.WITHHELD)
    assert exchanges[0].question == "Comment vérifier ?"
    assert turns(exchanges) == []


async def test_a_refusal_is_withheld_from_who_may_no_longer_read_where_it_searched(
    pool: Pool, conversations: Conversations, agent: Principal
) -> None:
    conversation_id, exchange_id = await _answered(pool, conversations, agent, "Comment vérifier ?")
    refusal = Reply("Rien dans « Aide » ni « Paie ».", (SOURCE,), named=(COLLECTION, uuid4()), refused=True)
    async with pool.connection() as connection:
        await conversations.reply(connection, agent, exchange_id, refusal)
        both = await conversations.exchanges(connection, agent, conversation_id, READABLE | set(refusal.named))
        one = await conversations.exchanges(connection, agent, conversation_id, READABLE)
    assert both[0].reply == refusal
    assert one[0].reply == Reply(WITHHELD, ending=Ending.WITHHELD)


@pytest.mark.parametrize("refused", [True, False])
async def test_of_replies_kept_before_names_were_refusals_alone_are_withheld(
    refused: bool, pool: Pool, conversations: Conversations, agent: Principal
) -> None:
    conversation_id, exchange_id = await _answered(pool, conversations, agent, "Comment vérifier ?")
    async with pool.connection() as connection:
        await conversations.reply(connection, agent, exchange_id, replace(REPLY, refused=refused))
        await connection.execute("update exchange set reply = reply - 'named'")
        await connection.execute((FOLDER / "0005_refusals.sql").read_bytes())
        [exchange] = await conversations.exchanges(connection, agent, conversation_id, READABLE)
    assert exchange.reply == (Reply(WITHHELD, ending=Ending.WITHHELD) if refused else REPLY)


async def test_the_newest_conversations_come_first_and_pages_follow_each_other(
    pool: Pool, conversations: Conversations, agent: Principal
) -> None:
    ids = [(await _answered(pool, conversations, agent, f"Question {n}"))[0] for n in range(3)]
    async with pool.connection() as connection:
        first = await conversations.page(connection, agent, limit=2)
        second = await conversations.page(connection, agent, limit=2, after=first[-1].id)
    assert [conversation.id for conversation in first + second] == ids[::-1]


async def test_words_of_a_question_find_its_conversation(
    pool: Pool, conversations: Conversations, agent: Principal
) -> None:
    wanted, _ = await _answered(pool, conversations, agent, "Quel délai pour l’AAH ?")
    await _answered(pool, conversations, agent, "Autre chose")
    async with pool.connection() as connection:
        await conversations.rename(connection, agent, wanted, "Un titre sans rapport")
        found = await conversations.page(connection, agent, limit=10, words="aah")
    assert [conversation.id for conversation in found] == [wanted]


async def test_another_answer_takes_the_place_of_the_first_and_of_its_feedback(
    pool: Pool, conversations: Conversations, agent: Principal
) -> None:
    conversation_id, exchange_id = await _answered(pool, conversations, agent, "Comment ?")
    renewed_id = uuid4()
    async with pool.connection() as connection:
        await conversations.rate(connection, agent, exchange_id, Feedback(False, "faux"))
        await conversations.renew(connection, agent, exchange_id, renewed_id)
        [exchange] = await conversations.exchanges(connection, agent, conversation_id, READABLE)
    assert (exchange.id, exchange.question, exchange.reply, exchange.feedback) == (renewed_id, "Comment ?", None, None)


async def test_changes_are_recorded_with_what_was_done(
    pool: Pool, conversations: Conversations, ledger: PostgresLedger, agent: Principal
) -> None:
    conversation_id, exchange_id = await _answered(pool, conversations, agent, "Comment ?")
    async with pool.connection() as connection:
        await conversations.rate(connection, agent, exchange_id, Feedback(False, "source abrogée"))
        await conversations.rate(connection, agent, exchange_id, None)
        await conversations.renew(connection, agent, exchange_id, uuid4())
        await conversations.rename(connection, agent, conversation_id, "Autre titre")
        await conversations.delete(connection, agent, conversation_id)
    assert await _acts(pool, ledger) == [
        Act.FEEDBACK_GIVEN,
        Act.FEEDBACK_GIVEN,
        Act.ANSWER_REPLACED,
        Act.CONVERSATION_RENAMED,
        Act.CONVERSATION_DELETED,
    ]
    async with pool.connection() as connection:
        records = [record.body async for record in ledger.records(connection)]
        assert await conversations.page(connection, agent, limit=10) == []
    assert not any("abrogée".encode() in body for body in records)


Deed = Callable[[Conversations, Connection, UUID, UUID], Awaitable[object]]

DEEDS: dict[str, Deed] = {
    "read": lambda c, connection, conversation, _: c.conversation(connection, OTHER, conversation),
    "rename": lambda c, connection, conversation, _: c.rename(connection, OTHER, conversation, "À moi"),
    "delete": lambda c, connection, conversation, _: c.delete(connection, OTHER, conversation),
    "ask in": lambda c, connection, conversation, _: c.ask(connection, OTHER, conversation, uuid4(), "Et ?"),
    "answer": lambda c, connection, _, exchange: c.reply(connection, OTHER, exchange, REPLY),
    "renew": lambda c, connection, _, exchange: c.renew(connection, OTHER, exchange, uuid4()),
    "rewrite": lambda c, connection, _, exchange: c.rewrite(connection, OTHER, exchange, uuid4(), "À moi"),
    "rate": lambda c, connection, _, exchange: c.rate(connection, OTHER, exchange, Feedback(True)),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
async def test_nobody_can_touch_the_conversation_of_another(
    deed: Deed, pool: Pool, conversations: Conversations, ledger: PostgresLedger, agent: Principal
) -> None:
    conversation_id, exchange_id = await _answered(pool, conversations, agent, "Secret")
    with pytest.raises(ConversationNotFound):
        async with pool.connection() as connection:
            await deed(conversations, connection, conversation_id, exchange_id)
    async with pool.connection() as connection:
        assert await conversations.page(connection, OTHER, limit=10) == []
        assert await conversations.page(connection, OTHER, limit=10, after=conversation_id) == []
        assert await conversations.exchanges(connection, OTHER, conversation_id, READABLE) == []
        [exchange] = await conversations.exchanges(connection, agent, conversation_id, READABLE)
        assert (exchange.reply, exchange.feedback) == (REPLY, None)
    assert await _acts(pool, ledger) == []


def test_a_title_is_one_line_cut_at_a_word() -> None:
    assert title_of(" Une\nquestion  courte ? ") == "Une question courte"
    title = title_of("mot " * 50)
    assert len(title) <= 80
    assert title.endswith("mot…")


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Quelles sont les conditions de l’AAH ?", "Conditions de l’AAH"),
        ("Qu’est-ce que l’AAH ?", "AAH"),
        ("Qu'est-ce qu'une clause de non-concurrence ?", "Clause de non-concurrence"),
        ("Comment demander une rupture conventionnelle ?", "Demander une rupture conventionnelle"),
        ("Je voudrais savoir le montant du RSA", "Montant du RSA"),
        ("Combien de jours ?", "Combien de jours"),
        ("Quel délai pour l’AAH ?", "Quel délai pour l’AAH"),
        ("?", "?"),
    ],
)
def test_a_title_is_what_the_question_asks_for(question: str, title: str) -> None:
    assert title_of(question) == title


async def test_a_question_that_is_edited_takes_the_place_of_the_first_and_of_what_followed(
    pool: Pool, conversations: Conversations, ledger: PostgresLedger, agent: Principal
) -> None:
    conversation_id, first = await _answered(pool, conversations, agent, "Quel est le délai légal ?")
    second, third, renewed = uuid4(), uuid4(), uuid4()
    async with pool.connection() as connection:
        for exchange_id in (second, third):
            await conversations.ask(connection, agent, conversation_id, exchange_id, "Et ensuite ?")
            await conversations.reply(connection, agent, exchange_id, REPLY)
        await conversations.rate(connection, agent, second, Feedback(True))
        await conversations.rewrite(connection, agent, second, renewed, "Et avant ?")
        kept, changed = await conversations.exchanges(connection, agent, conversation_id, READABLE)
        assert (kept.id, kept.reply) == (first, REPLY)
        assert (changed.id, changed.question, changed.reply, changed.feedback) == (renewed, "Et avant ?", None, None)
        assert (await conversations.conversation(connection, agent, conversation_id)).title == "Délai légal"
        last = [json.loads(record.body) async for record in ledger.records(connection)][-1]
    assert last["act"] == Act.QUESTION_REPLACED
    assert last["details"] == {
        "conversation": str(conversation_id), "exchange": str(second), "renewed": str(renewed), "later": 1
    }  # fmt: skip


@pytest.mark.parametrize(("given", "then"), [("", "Taux légal"), ("Mon dossier", "Mon dossier")])
async def test_a_title_follows_the_first_question_unless_a_person_gave_it(
    given: str, then: str, pool: Pool, conversations: Conversations, agent: Principal
) -> None:
    conversation_id, exchange_id = await _answered(pool, conversations, agent, "Quel est le délai légal ?")
    async with pool.connection() as connection:
        if given:
            await conversations.rename(connection, agent, conversation_id, given)
        await conversations.rewrite(connection, agent, exchange_id, uuid4(), "Quel est le taux légal ?")
        assert (await conversations.conversation(connection, agent, conversation_id)).title == then


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ("périmé", ["périmé"]),
        ("Périmé, incomplet : la circulaire a changé", ["périmé", "incomplet"]),
        ("source inadaptée, autre", ["source inadaptée", "autre"]),
        ("la circulaire est périmée", []),
        ("Voir : périmé", []),
        ("", []),
    ],
)
async def test_reasons_of_the_small_set_are_recorded_and_free_words_only_as_a_commitment(
    given: str,
    reasons: list[str],
    pool: Pool,
    conversations: Conversations,
    ledger: PostgresLedger,
    agent: Principal,
) -> None:
    conversation_id, exchange_id = await _answered(pool, conversations, agent, "Comment ?")
    async with pool.connection() as connection:
        await conversations.rate(connection, agent, exchange_id, Feedback(False, given))
        [record] = [json.loads(record.body) async for record in ledger.records(connection)]
        [exchange] = await conversations.exchanges(connection, agent, conversation_id, READABLE)
    assert record["details"]["reasons"] == reasons
    assert "circulaire" not in json.dumps(record)
    assert exchange.feedback == Feedback(False, given)


async def test_a_follow_up_question_is_remembered_as_it_was_understood(
    pool: Pool, conversations: Conversations, agent: Principal
) -> None:
    conversation_id, exchange_id = await _answered(pool, conversations, agent, "Et en 2023 ?")
    understood = replace(REPLY, understood="Quel montant en 2023 ?", acronyms=(("ARS", "agence régionale de santé"),))
    async with pool.connection() as connection:
        await conversations.reply(connection, agent, exchange_id, understood)
        [exchange] = exchanges = await conversations.exchanges(connection, agent, conversation_id, READABLE)
    assert exchange.reply == understood
    assert [turn.question for turn in turns(exchanges)] == ["Quel montant en 2023 ?"]


async def test_only_complete_answers_are_remembered(pool: Pool, conversations: Conversations, agent: Principal) -> None:
    conversation_id, _ = await _answered(pool, conversations, agent, "Première")
    stopped_id = uuid4()
    async with pool.connection() as connection:
        await conversations.ask(connection, agent, conversation_id, stopped_id, "Deuxième")
        await conversations.reply(connection, agent, stopped_id, Reply("Déb", ending=Ending.STOPPED))
        remembered = turns(await conversations.exchanges(connection, agent, conversation_id, READABLE))
    assert [turn.question for turn in remembered] == ["Première"]
