"""A person at work through the network alone: over the proxy, signed in by Keycloak, with the chat's own socket.

It blocks, so that many of them can be threads, or Locust's users.
"""

import datetime as dt
import html
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import requests
import socketio  # type: ignore[import-untyped]

from tests.keycloak import FORM, PASSWORD

WAITS_S = 120.0  # for an answer, on a busy machine
TAKEN_S = 10.0  # within which a question that was taken is in the conversation
PAGE = "text/html"
TRIES = 10
REPLY = "assistant_message"
AGAIN = {0, 408, 429, 502, 503, 504}  # 0: no answer at all


class NotAnswered(Exception):
    """What was asked has no answer in time."""


@dataclass
class Answer:
    """The seconds to the first word of an answer and to its end, and whether its page was cut off meanwhile."""

    first: float
    took: float
    interrupted: bool


class Person:
    """A browser with a session of its own."""

    def __init__(self, url: str, username: str, certificate: str) -> None:
        self.url, self.username, self._certificate = url, username, certificate
        trust = ssl.create_default_context(cafile=certificate)
        self.http = httpx.Client(
            base_url=url,
            verify=trust,
            timeout=60,
            follow_redirects=True,
            trust_env=False,
            headers={"Origin": url, "Accept": PAGE},
        )

    def sign_in(self) -> None:
        """Come by way of Keycloak."""
        # Keycloak takes this machine for a secure context, and so does a browser: it is sent secure cookies.
        with httpx.Client(timeout=60, trust_env=False) as keycloak:
            begun = self.http.get("/", follow_redirects=False)
            while begun.is_redirect and begun.headers["location"].startswith(("/", self.url)):
                begun = self.http.get(begun.headers["location"], follow_redirects=False)
            page = keycloak.get(begun.headers["location"])
            form = FORM.search(page.text)
            assert form, page.text
            cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in keycloak.cookies.jar)
            sent = keycloak.post(
                html.unescape(form[1]),
                data={"username": self.username, "password": PASSWORD},
                headers={"Cookie": cookies},
            )
            assert sent.is_redirect, sent.text
            self.http.get(sent.headers["location"]).raise_for_status()

    def get(self, path: str) -> httpx.Response:
        """A page, as a browser that asks again where nobody is there."""
        return self.asked("GET", path)

    def asked(self, method: str, path: str, **values: Any) -> httpx.Response:
        """An answer other than those that mean «later»."""
        for attempt in range(TRIES):
            try:
                answer = self.http.request(method, path, **values)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in AGAIN:
                return answer
            time.sleep(min(0.2 * 2**attempt, 3.0))
        raise NotAnswered(f"{method} {path}: {answer.status_code if answer else 'nobody'}")

    def upload(self, collection: str, name: str, content: bytes) -> str:
        """One file, as the console's page sends it: begun, sent, closed; gives the upload's address."""
        here = f"/console/collections/{collection}/versements"
        begun = self.asked("POST", here, headers={"Accept": "application/json"})
        address: str = begun.raise_for_status().json()["versement"]
        headers = {"Nom-Fichier": quote(name), "Taille-Fichier": str(len(content))}
        told = self.asked("PUT", f"{address}/fichiers", content=content, headers=headers).raise_for_status().json()
        assert not told["refus"], told
        assert self.asked("POST", f"{address}/fin").is_success
        return address

    def cookies(self) -> str:
        """As a browser sends them."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies.jar)

    def socket_session(self) -> requests.Session:
        """What opens the chat's socket, which trusts the same server."""
        session = requests.Session()
        session.verify = self._certificate
        session.trust_env = False
        return session


class Chat:
    """The chat's page: its socket comes back by itself, as a browser's does, and takes up the conversation."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._page, self._thread = str(uuid4()), ""
        self._news = threading.Condition()
        self._heard: dict[str, int] = {}
        self.breaks = self.sent_again = 0
        self._since = 0  # ends of what the page does, since it was connected
        self.socket = socketio.Client(
            http_session=person.socket_session(), websocket_extra_options={"origin": person.url}
        )
        self.socket.on("connect", self._connected)
        self.socket.on("disconnect", self._gone)
        self.socket.on("first_interaction", self._begun)
        for event in ("task_start", "task_end", "stream_token"):
            self.socket.on(event, lambda *_, event=event: self._hear(event))

    def open(self) -> None:
        """Open the page, and wait until one can ask."""
        self.socket.connect(
            self._person.url,
            headers=lambda: {"Cookie": self._person.cookies()},
            auth=lambda: {"sessionId": self._page, "clientType": "webapp", "threadId": self._thread},
            transports=["websocket"],
            socketio_path="/ws/socket.io",
            wait_timeout=30,
        )
        self._until("ready", 0)

    def close(self) -> None:
        """Leave the page."""
        self.socket.disconnect()

    def ask(self, question: str) -> Answer:
        """Ask, and wait for the end of the answer; where the page was cut off, read it in the conversation.

        What was on its way as the page was cut off, and is not in the conversation then, is asked again, as somebody
        does who looks at the page.
        """
        begun = time.monotonic()
        while True:
            self._until("ready", 0)
            breaks, before = self.breaks, dict(self._heard)
            self._send(question)
            self._until("task_start", before.get("task_start", 0))
            written, ended = before.get("stream_token", 0), self._heard.get("task_end", 0)
            first = self._until("stream_token", written, "task_end") - begun
            self._until("task_end", ended)
            took, interrupted = time.monotonic() - begun, self.breaks > breaks
            if not interrupted or self._kept(question):
                return Answer(first, took, interrupted)
            self.sent_again += 1

    def _send(self, question: str) -> None:
        message = {
            "id": str(uuid4()),
            "name": "x",
            "type": "user_message",
            "output": question,
            "createdAt": dt.datetime.now(dt.UTC).isoformat(),
        }
        with suppress(socketio.exceptions.BadNamespaceError):  # the page was cut off in this moment
            self.socket.emit("client_message", {"message": message, "fileReferences": []})

    def _kept(self, question: str) -> bool:
        """Whether the conversation has the question, once it has its answer too."""
        begun = time.monotonic()
        while time.monotonic() < begun + WAITS_S:
            steps = self._person.get(f"/project/thread/{self._thread}").json().get("steps", [])
            asked = [place for place, step in enumerate(steps) if step["output"] == question]
            if asked and any(step["type"] == REPLY for step in steps[asked[0] :]):
                return True
            if not asked and time.monotonic() > begun + TAKEN_S:
                return False
            time.sleep(0.5)
        raise NotAnswered(f"{question}: {[(step['type'], step['output'][:40]) for step in steps]}")

    def _connected(self) -> None:
        self.socket.emit("connection_successful")

    def _gone(self, *_: Any) -> None:
        with self._news:
            self.breaks += 1
            self._since = 0
            self._heard["ready"] = 0
            self._news.notify_all()

    def _begun(self, told: Any) -> None:
        self._thread = told["thread_id"]

    def _hear(self, event: str) -> None:
        with self._news:
            self._heard[event] = self._heard.get(event, 0) + 1
            self._since += event == "task_end"
            # The page begins with an end of its own, then that of what its conversation shows.
            if self._since == 2:
                self._heard["ready"] = 1
            self._news.notify_all()

    def _until(self, event: str, before: int, otherwise: str = "") -> float:
        """Wait until it is heard, or a page that was cut off has come back; gives the moment."""
        breaks, others = self.breaks, self._heard.get(otherwise, 0)

        def heard() -> bool:
            came = self._heard.get(event, 0) > before or self._heard.get(otherwise, 0) > others
            return came or (event != "ready" and self.breaks > breaks and bool(self._heard.get("ready")))

        with self._news:
            if not self._news.wait_for(heard, WAITS_S):
                raise NotAnswered(f"{event}: {self._heard}")
        return time.monotonic()
