"""Files that come with a message: listed in the conversation, with what became of each, and taken away again."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ingestion import AttachedFile, FileState, Notice, NotTaken
from tests.ui.two_people import Page, Web
from ui.chat.attached_files import FileList, files_id, files_step

NOTE = b"Une note."


class Visit:
    """Bob's page, which sends files."""

    def __init__(self, web: Web, http: httpx.AsyncClient, page: Page, identifier: str) -> None:
        self.page, self.identifier = page, identifier
        self._web, self._http = web, http

    async def send(self, *names: str) -> list[str]:
        path, headers = f"/project/file?session_id={self.identifier}", self._web.headers("bob")
        files = [{"file": (name, NOTE)} for name in names]
        return [(await self._http.post(path, files=one, headers=headers)).json()["id"] for one in files]

    async def press(self, action: dict[str, Any], who: str = "bob") -> httpx.Response:
        body = {"sessionId": self.identifier, "action": action}
        return await self._http.post("/project/action", json=body, headers=self._web.headers(who))


def _lists(heard: Iterable[tuple[str, Any]]) -> list[str]:
    """What the list of files said, each time that it was drawn."""
    steps = [step for event, step in heard if event in ("new_message", "update_message")]
    return [step["output"] for step in steps if step["id"].startswith("files-")]


def _buttons(heard: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    return [action for event, action in heard if event == "action" and action["name"] == "detach"]


async def test_files_are_listed_with_what_became_of_each_and_the_question_is_answered(
    web: Web, http: httpx.AsyncClient
) -> None:
    identifier = str(uuid4())
    async with web.page("bob", sessionId=identifier) as page:
        await page.begin()
        visit = Visit(web, http, page, identifier)
        heard = await page.ask(files=await visit.send("note.txt", "refusé.pdf", "illisible.pdf"))
        first, *_, last = _lists(heard)
        assert first.count("envoi…") == 3
        assert last.startswith("**Fichiers joints (1)**")
        assert "- note.txt\u202f: prêt (3 passages)" in last
        assert "- illisible.pdf\u202f: **inutilisable** — Le fichier est abîmé." in last
        assert "- refusé.pdf\u202f: **inutilisable** — ce fichier est protégé par un mot de passe." in last
        assert [button["label"] for button in _buttons(heard)] == ["Retirer note.txt", "Retirer illisible.pdf"]
        assert "La note sur le congé dit cela" in str(heard)


async def test_files_without_a_word_are_no_question(web: Web, http: httpx.AsyncClient) -> None:
    identifier = str(uuid4())
    async with web.page("bob", sessionId=identifier) as page:
        await page.begin()
        visit = Visit(web, http, page, identifier)
        heard = await page.ask("  ", files=await visit.send("note.txt", "autre.txt"))
        assert "Que voulez-vous savoir de ces fichiers" in str(heard)
        assert "Sources trouvées" not in str(heard)
        [shown] = [step for event, step in heard if event == "update_message" and step["type"] == "user_message"]
        assert shown["output"] == "note.txt, autre.txt"


async def test_a_file_is_taken_away_by_its_button_on_ones_own_page_alone(web: Web, http: httpx.AsyncClient) -> None:
    identifier = str(uuid4())
    async with web.page("bob", sessionId=identifier) as page:
        await page.begin()
        visit = Visit(web, http, page, identifier)
        first, second = _buttons(await page.ask(files=await visit.send("note.txt", "autre.txt")))
        assert (await visit.press(first, "alice")).status_code == 404
        before = len(page.heard)
        assert (await visit.press(first)).status_code == 200
        assert _lists(page.heard[before:]) == ["**Fichiers joints (1)**\n\n- autre.txt\u202f: prêt (3 passages)"]
        await visit.press(first)  # on a page that was not drawn anew
        assert "n’est plus joint" in str(page.heard[-1])
        before = len(page.heard)
        await visit.press(second)
        assert _lists(page.heard[before:]) == []


async def test_a_conversation_that_is_opened_again_lists_its_files(web: Web, http: httpx.AsyncClient) -> None:
    identifier = str(uuid4())
    async with web.page("bob", sessionId=identifier, threadId=web.theirs.conversation) as page:
        await page.begin()
        await page.ask(files=await Visit(web, http, page, identifier).send("note.txt"))
    async with web.page("bob", threadId=web.theirs.conversation) as page:
        await page.begin()
        await page.until("resume_thread")
        [thread] = [value for event, value in page.heard if event == "resume_thread"]
        assert thread["steps"][-1]["id"] == f"files-{web.theirs.conversation}"
        assert "note.txt" in thread["steps"][-1]["output"]
        assert [button["label"] for button in _buttons(page.heard)] == ["Retirer note.txt"]


async def test_a_file_of_another_page_cannot_be_named(web: Web, http: httpx.AsyncClient) -> None:
    identifier = str(uuid4())
    async with web.page("bob", sessionId=identifier) as page, web.page("alice") as other:
        await page.begin()
        await other.begin()
        sent = await Visit(web, http, page, identifier).send("note.txt")
        assert _lists(await other.ask(files=sent)) == []
        assert _lists(await page.ask(files=sent)) != []
        assert _lists(await page.ask(files=sent)) == []  # it was taken out of the page's folder


def test_a_name_is_no_markdown() -> None:
    file = AttachedFile(uuid4(), "[x](http://exemple.invalid) <b>.txt", FileState.READY, passages=1)
    said = FileList.of([file]).markdown()
    assert "prêt (1 passage)" in said
    assert "\\[x\\]" in said
    assert "<b>" not in said


@pytest.mark.parametrize("reason", ["x.pdf\u202f: trop gros.", "trop gros."])
def test_a_reason_says_the_name_once(reason: str) -> None:
    known = FileList({}, ["x.pdf"])
    known.learn(NotTaken("x.pdf", reason))
    known.learn(Notice("Aucun traitement ne travaille."))
    assert known.markdown() == (
        "**Fichiers joints (0)**\n\n- x.pdf\u202f: **inutilisable** — trop gros.\n\n*Aucun traitement ne travaille.*"
    )


def test_the_list_stands_in_the_exchange_that_brought_its_files() -> None:
    conversation, exchange = uuid4(), uuid4()
    step = files_step(conversation, FileList({}, ["x.pdf"]), exchange)
    assert (step["id"], step["parentId"]) == (files_id(conversation), str(exchange))
    assert files_step(conversation, FileList({}))["parentId"] is None
