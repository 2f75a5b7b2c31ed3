"""Every event of the chat's socket, for two people: what is somebody else's is as if it were not there."""

from pathlib import Path
from types import ModuleType

import pytest
from socketio.exceptions import ConnectionError as Refused  # type: ignore[import-untyped]

from assistant.conversations import Conversations
from policies import PostgresLedger
from tests.retrieval.small_corpus import Corpus
from tests.ui.two_people import ALICE, BOB, MARK, Web
from ui.sign_in.authentication import COOKIE

# What a page may say over its socket; each speaks of its own page alone, which the server knows by the socket.
EVENTS = {
    "connect": "opens a page: with a session, and a name of its own",
    "connection_successful": "asks for what the page shows",
    "client_message": "asks a question, with files that this page has sent",
    "edit_message": "asks a question of this page in other words; what is of another page is not known on it",
    "chat_settings_change": "chooses collections, by names that are checked when a question is asked",
    "stop": "ends the answer",
    "clear_session": "says that the page will not come back",
    "disconnect": "leaves",
}


def test_every_event_of_the_socket_is_in_the_table(web: Web, chat: ModuleType) -> None:
    assert set(chat.sio.handlers["/"]) == EVENTS.keys(), "say in the table who may send this event"
    assert set(chat.sio.handlers) == {"/"}


async def test_no_page_opens_without_a_session_or_from_another_site(web: Web) -> None:
    for change in (
        {"Cookie": ""},
        {"Cookie": f"{COOKIE}=x"},
        {"Cookie": "access_token=x", "Authorization": "Bearer bob"},
        {"Origin": "https://exemple.invalid"},
        {"Origin": "null"},
        {"Origin": ""},
    ):
        headers = {name: value for name, value in (web.headers("bob") | change).items() if value}
        with pytest.raises(Refused):
            async with web.page("bob", headers=headers):
                raise AssertionError(change)


@pytest.mark.parametrize("name", ["", "..", "../..", "/", "x", "{5d7ba2a6-0d1c-4c43-9f3a-6f0f7ad0c2f5}"])
async def test_the_name_of_a_page_is_no_path_to_a_folder(web: Web, front: Path, name: str) -> None:
    """Chainlit removes the folder of that name when the page is left."""
    with pytest.raises(Refused):
        async with web.page("bob", sessionId=name) as page:
            await page.socket.emit("clear_session")
    assert (front / "front" / "index.html").exists()


async def test_nobody_takes_over_a_page_of_somebody_else(web: Web) -> None:
    async with web.page("bob", sessionId=web.theirs.page) as page:
        with pytest.raises(Refused):
            async with web.page("alice", sessionId=web.theirs.page):
                raise AssertionError
        await page.begin()
        assert MARK in str(await page.ask())


async def test_a_conversation_of_bobs_is_not_there_for_alice_who_begins_one_of_her_own(
    web: Web, corpus: Corpus
) -> None:
    heard = []
    for things in (web.theirs, web.nobodys):
        async with web.page("alice", threadId=things.conversation) as page:
            await page.begin()
            opened = [event for event, *_ in page.heard]
            assert "resume_thread_error" in opened
            assert MARK not in str(page.heard)
            answer = str(await page.ask())
            assert "Commune" in answer
            assert MARK not in answer
            assert things.conversation not in answer
            heard.append(set(opened))
    assert heard[0] == heard[1]
    async with corpus.pool.connection() as connection:
        conversations = Conversations(PostgresLedger())
        assert len(await conversations.page(connection, ALICE, 9)) == 2
        assert [str(one.id) for one in await conversations.page(connection, BOB, 9)] == [web.theirs.conversation]


async def test_a_collection_of_bobs_is_offered_to_him_alone_and_is_not_found_by_alice(web: Web) -> None:
    said = []
    for things in (web.theirs, web.nobodys):
        async with web.page("alice") as page:
            await page.begin()
            assert MARK not in str(page.heard)
            await page.socket.emit("chat_settings_change", {"collections": [things.collection]})
            steps = [step for event, step in await page.ask() if event == "new_message"]
            said.append([things.hidden_in(step["output"]) for step in steps if step["output"]])
    assert said[0] == said[1]
    assert "…" in said[0][0]
