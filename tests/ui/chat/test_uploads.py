"""Files that a page sends: bounded, kept for its own messages alone, and gone with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from policies.principal import Principal

LIMIT = 1_000_000  # as the fixture `mounted` sets it
FORM = "multipart/form-data; boundary=x"
NAMES = ["../../etc/note.txt", "C:\\Users\\note.txt", "\u202enote\n\t .txt", "n" * 300 + ".txt"]


@pytest.fixture
async def page(mounted: httpx.AsyncClient, agent: Principal) -> AsyncIterator[Any]:
    """A page of the agent's."""
    async with _opened(agent.subject) as page:
        yield page


@asynccontextmanager
async def _opened(subject: str, name: str = "") -> AsyncIterator[Any]:
    from chainlit.session import WebsocketSession
    from chainlit.user import User

    nobody: Any = None
    page = WebsocketSession(name or str(uuid4()), str(uuid4()), nobody, nobody, {}, "webapp", user=User(subject))
    yield page
    await page.delete()  # type: ignore[no-untyped-call]


async def _send(
    client: httpx.AsyncClient, page: Any, content: bytes = b"Une note.", name: str = "note.txt"
) -> httpx.Response:
    return await client.post(f"/project/file?session_id={page.id}", files={"file": (name, content)})


async def test_a_file_lies_in_the_folder_of_its_page_and_goes_with_it(mounted: httpx.AsyncClient, page: Any) -> None:
    answer = await _send(mounted, page)
    assert answer.status_code == 200
    kept = page.files[answer.json()["id"]]
    assert [path.read_bytes() for path in page.files_dir.iterdir()] == [b"Une note."]
    assert kept["name"] == "note.txt"
    assert Path(kept["path"]).parent == page.files_dir
    await page.delete()
    assert not page.files_dir.exists()


async def test_nobody_fetches_a_file_that_was_sent(mounted: httpx.AsyncClient, page: Any) -> None:
    identifier = (await _send(mounted, page)).json()["id"]
    assert (await mounted.get(f"/project/file/{identifier}?session_id={page.id}")).status_code == 404


async def test_nobody_sends_a_file_to_somebody_elses_page(mounted: httpx.AsyncClient) -> None:
    async with _opened("s-autre") as theirs:
        answer = await _send(mounted, theirs)
        assert answer.status_code == 404
        assert "Rechargez-la" in answer.json()["detail"]
        assert theirs.files == {}
        assert not theirs.files_dir.exists()


async def test_a_file_that_comes_before_its_page_is_connected_waits_for_it(
    mounted: httpx.AsyncClient, agent: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chainlit.server import sio
    from chainlit.session import WebsocketSession

    looked, get = asyncio.Event(), WebsocketSession.get_by_id

    def looking(name: str) -> Any:
        looked.set()
        return get(name)

    monkeypatch.setattr(WebsocketSession, "get_by_id", looking)
    name = str(uuid4())
    file = {"file": ("note.txt", b"Une note.")}
    sending = asyncio.create_task(mounted.post(f"/project/file?session_id={name}", files=file))
    await looked.wait()
    async with _opened(agent.subject, name):
        await sio.handlers["/"]["connect"].__self__._arrivals.tell()
        assert (await sending).status_code == 200


async def test_a_page_that_never_connects_is_not_waited_for_for_ever(
    mounted: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.chat.page.CONNECTING_S", 0.05)
    answer = await mounted.post(f"/project/file?session_id={uuid4()}", files={"file": ("n.txt", b"Une note.")})
    assert answer.status_code == 404


async def test_a_file_of_exactly_the_limit_is_kept_and_one_byte_more_is_not(
    mounted: httpx.AsyncClient, page: Any
) -> None:
    assert (await _send(mounted, page, b"x" * LIMIT)).status_code == 200
    answer = await _send(mounted, page, b"x" * (LIMIT + 1))
    assert answer.status_code == 413
    assert answer.json()["detail"].startswith("le fichier dépasse 1 Mo.")
    assert len(list(page.files_dir.iterdir())) == 1


async def test_a_request_that_never_ends_is_broken_off_at_the_limit(mounted: httpx.AsyncClient, page: Any) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="note.txt"\r\n\r\n'
        while True:
            sent += LIMIT // 10
            assert sent < 3 * LIMIT
            yield b"x" * (LIMIT // 10)

    headers = {"Content-Type": FORM}
    answer = await mounted.post(f"/project/file?session_id={page.id}", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert page.files == {}


@pytest.mark.parametrize("name", ["virus.exe", "image.png", "sans-fin", "note.pdf.exe"])
async def test_a_format_that_nobody_reads_is_refused_with_those_that_are_read(
    name: str, mounted: httpx.AsyncClient, page: Any
) -> None:
    answer = await _send(mounted, page, name=name)
    assert answer.status_code == 415
    assert ".pdf, .txt" in answer.json()["detail"]
    assert page.files == {}


@pytest.mark.parametrize(
    ("content", "type_"), [(b"", FORM), (b"--x--", ""), (b"{}", "application/json"), (b"--x\r\nrubbish", FORM)]
)
async def test_a_request_that_is_no_form_with_a_file_is_refused(
    content: bytes, type_: str, mounted: httpx.AsyncClient, page: Any
) -> None:
    headers = {"Content-Type": type_} if type_ else {}
    answer = await mounted.post(f"/project/file?session_id={page.id}", content=content, headers=headers)
    assert answer.status_code == 400
    assert page.files == {}


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_that_of_a_file_alone_on_one_line(name: str, mounted: httpx.AsyncClient, page: Any) -> None:
    kept = page.files[(await _send(mounted, page, name=name)).json()["id"]]
    assert kept["name"].endswith("txt")
    assert len(kept["name"]) <= 200
    assert kept["name"].isprintable()
    assert not set(kept["name"]) & {"/", "\\"}
    assert Path(kept["path"]).parent == page.files_dir


async def test_what_no_message_named_makes_room_for_what_comes(mounted: httpx.AsyncClient, page: Any) -> None:
    """Two files a conversation, so that four may wait: who takes one off the page says so to nobody."""
    sent = [(await _send(mounted, page)).json()["id"] for _ in range(6)]
    assert list(page.files) == sent[1:]
    assert {path.name for path in page.files_dir.iterdir()} == set(sent[1:])
