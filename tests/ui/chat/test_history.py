"""What Chainlit reads and writes goes to the conversations of the person, and of nobody else."""

import datetime as dt
from collections.abc import Sequence
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from assistant.conversation import WITHHELD, Ending, Reply, Source
from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound
from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from retrieval.corpus import Collection
from retrieval.errors import CollectionNotFound
from tests.ui.held_files import HeldFiles
from ui.chat.exchanges import ReadableExchanges
from ui.chat.passage_links import PassageLinks
from ui.database import Pool
from ui.identity import Caller, LocalIdentity

COLLECTION = UUID("00000000-0000-0000-0000-000000000001")
SOURCE = Source(COLLECTION, "Aide", "guide.md", 1, "Guide de l’agent", ("Lire",), 3, 0, 9)
OTHER = Principal("s-autre", "autre", frozenset(), frozenset())


class Desk:
    """Two people before the same database; `at(person)` is the history that one of them sees."""

    def __init__(self, pool: Pool, ledger: PostgresLedger, links: PassageLinks) -> None:
        self.pool, self.links = pool, links
        self.readable = [Collection(COLLECTION, "Aide", "", "/DGS", frozenset(), dt.datetime.now(dt.UTC))]
        self.conversations = Conversations(ledger)
        self.files = HeldFiles()

    def at(self, person: Principal) -> Any:
        from ui.chat.history import ChatHistory

        exchanges = ReadableExchanges(self.pool, self.conversations, self)
        caller = Caller(LocalIdentity(person))
        return ChatHistory(self.pool, self.conversations, exchanges, self.links, caller, self.files)

    async def permitted(self, principal: Principal, names: Sequence[str]) -> list[Collection]:
        return self.readable

    async def open_to(self, principal: Principal) -> frozenset[UUID]:
        return frozenset(one.id for one in self.readable)

    async def attached(self, principal: Principal, conversation_id: UUID) -> Collection | None:
        return None

    async def opened(self, principal: Principal, collection_id: UUID, name: str) -> Collection:
        raise CollectionNotFound(name)

    async def exchange(self, person: Principal, reply: Reply) -> tuple[str, str]:
        conversation_id, exchange_id = uuid4(), uuid4()
        async with self.pool.connection() as connection:
            await self.conversations.ask(connection, person, conversation_id, exchange_id, "Comment vérifier ?")
            await self.conversations.reply(connection, person, exchange_id, reply)
        return str(conversation_id), str(exchange_id)


@pytest.fixture
def desk(chat: ModuleType, pool: Pool, ledger: PostgresLedger, links: PassageLinks) -> Desk:
    return Desk(pool, ledger, links)


def _types() -> tuple[Any, Any, Any]:
    from chainlit.types import Feedback, Pagination, ThreadFilter

    return Feedback, Pagination, ThreadFilter


async def test_an_answer_from_a_collection_that_was_closed_is_withheld_with_its_sources(
    desk: Desk, agent: Principal
) -> None:
    conversation_id, _ = await desk.exchange(agent, Reply("Secret [1].", (SOURCE,)))
    desk.readable = []
    thread = await desk.at(agent).get_thread(conversation_id)
    assert [step["type"] for step in thread["steps"]] == ["user_message", "run", "assistant_message"]
    assert thread["steps"][-1]["output"] == WITHHELD
    assert "Secret" not in str(thread)
    assert "Guide" not in str(thread)


async def test_a_conversation_is_drawn_as_it_was_written(desk: Desk, agent: Principal) -> None:
    conversation_id, exchange_id = await desk.exchange(agent, Reply("Oui [1].", (SOURCE,)))
    thread = await desk.at(agent).get_thread(conversation_id)
    question, run, sources, answer = thread["steps"]
    assert [step["type"] for step in thread["steps"]] == ["user_message", "run", "tool", "assistant_message"]
    assert (question["output"], run["id"], run["parentId"]) == ("Comment vérifier ?", exchange_id, question["id"])
    assert sources["parentId"] == answer["parentId"] == exchange_id
    assert desk.links.link(SOURCE) in sources["output"]
    assert desk.links.link(SOURCE) in answer["output"]


async def test_an_answer_that_was_stopped_says_so(desk: Desk, agent: Principal) -> None:
    conversation_id, _ = await desk.exchange(agent, Reply("Le dé", ending=Ending.STOPPED))
    thread = await desk.at(agent).get_thread(conversation_id)
    assert thread["steps"][-1]["output"].endswith("*Réponse interrompue.*")


async def test_an_answer_says_what_its_search_did_without(desk: Desk, agent: Principal) -> None:
    conversation_id, _ = await desk.exchange(agent, Reply("Oui.", partial=("Une partie de l’index ne répond pas.",)))
    thread = await desk.at(agent).get_thread(conversation_id)
    assert thread["steps"][-1]["output"] == "Oui.\n\n*Une partie de l’index ne répond pas.*"


async def test_the_list_comes_in_pages(desk: Desk, agent: Principal) -> None:
    _, pagination, filters = _types()
    ids = [(await desk.exchange(agent, Reply("")))[0] for _ in range(3)]
    first = await desk.at(agent).list_threads(pagination(first=2), filters())
    second = await desk.at(agent).list_threads(pagination(first=2, cursor=first.pageInfo.endCursor), filters())
    assert [thread["id"] for thread in first.data + second.data] == ids[::-1]
    assert (first.pageInfo.hasNextPage, second.pageInfo.hasNextPage) == (True, False)


async def test_a_name_alone_renames_and_a_name_with_a_user_begins(desk: Desk, agent: Principal) -> None:
    conversation_id, _ = await desk.exchange(agent, Reply(""))
    history = desk.at(agent)
    await history.update_thread(conversation_id, name="Première question", user_id=agent.subject)
    assert (await history.get_thread(conversation_id))["name"] == "Comment vérifier"
    await history.update_thread(conversation_id, name="Nouveau nom")
    await history.update_thread(conversation_id, metadata={"id": "x"})
    assert (await history.get_thread(conversation_id))["name"] == "Nouveau nom"


async def test_feedback_is_kept_with_its_reason_and_can_be_withdrawn(desk: Desk, agent: Principal) -> None:
    feedback, _, _ = _types()
    conversation_id, exchange_id = await desk.exchange(agent, Reply("Oui."))
    history = desk.at(agent)
    given = await history.upsert_feedback(feedback(forId=exchange_id, value=0, comment="source abrogée"))
    run = (await history.get_thread(conversation_id))["steps"][1]
    assert (run["feedback"]["value"], run["feedback"]["comment"]) == (0, "source abrogée")
    await history.delete_feedback(given)
    assert "feedback" not in (await history.get_thread(conversation_id))["steps"][1]


async def test_a_deleted_conversation_is_gone(desk: Desk, agent: Principal) -> None:
    conversation_id, _ = await desk.exchange(agent, Reply(""))
    await desk.at(agent).delete_thread(conversation_id)
    assert desk.files.erased == 1
    assert await desk.at(agent).get_thread(conversation_id) is None


async def test_a_second_person_finds_nothing_and_changes_nothing(desk: Desk, agent: Principal) -> None:
    feedback, pagination, filters = _types()
    conversation_id, exchange_id = await desk.exchange(agent, Reply("Oui."))
    stranger = desk.at(OTHER)
    assert (await stranger.list_threads(pagination(first=10), filters())).data == []
    assert (await stranger.list_threads(pagination(first=10), filters(search="vérifier"))).data == []
    assert await stranger.get_thread(conversation_id) is None
    assert await stranger.get_thread_author(conversation_id) == ""
    for attempt in (
        stranger.update_thread(conversation_id, name="À moi"),
        stranger.delete_thread(conversation_id),
        stranger.upsert_feedback(feedback(forId=exchange_id, value=1)),
        stranger.delete_feedback(exchange_id),
    ):
        with pytest.raises(ConversationNotFound):
            await attempt
    thread = await desk.at(agent).get_thread(conversation_id)
    assert (thread["name"], "feedback" in thread["steps"][1]) == ("Comment vérifier", False)


async def test_nonsense_is_no_conversation(desk: Desk, agent: Principal) -> None:
    assert await desk.at(agent).get_thread("pas-un-identifiant") is None
    assert await desk.at(agent).get_user("quelqu’un") is None
