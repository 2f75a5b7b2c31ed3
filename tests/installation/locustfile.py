"""Virtual people for Locust, at a real mix of acts: `tests.installation.soak` starts it.

`SOAK_CERTIFICATE` is what vouches for the server, `SOAK_COLLECTION` the collection into which files are sent;
`SOAK_QUESTIONS` a file with one question a line.
"""

import itertools
import os
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from locust import User, between, task

from tests.installation.people import Chat, Person

CERTIFICATE = os.environ["SOAK_CERTIFICATE"]
COLLECTION = os.environ["SOAK_COLLECTION"]
QUESTIONS = Path(os.environ["SOAK_QUESTIONS"]).read_text(encoding="utf-8").splitlines()
PASSAGE = re.compile(r'href="(/passage\?[^"]+)"')

_numbers: dict[str, "itertools.count[int]"] = {}


class AtWork(User):
    """Somebody who signs in, and works with pauses to read and think."""

    abstract = True
    wait_time = between(60, 150)
    name = ""

    def on_start(self) -> None:
        number = next(_numbers.setdefault(self.name, itertools.count()))
        assert self.host
        self.person = Person(self.host, f"{self.name}-{number}", CERTIFICATE)
        with self.told("connexion"):
            self.person.sign_in()

    @contextmanager
    def told(self, act: str) -> Iterator[None]:
        """Have Locust know how long an act takes, and whether it fails."""
        begun, failure = time.perf_counter(), None
        try:
            yield
        except Exception as error:  # noqa: BLE001 - Locust counts it
            failure = error
        took = (time.perf_counter() - begun) * 1000
        self.environment.events.request.fire(
            request_type="acte", name=act, response_time=took, response_length=0, exception=failure, context={}
        )

    def page(self, act: str, path: str, method: str = "GET", **values: Any) -> str:
        """Open a page; what it shows."""
        with self.told(act):
            return self.person.asked(method, path, **values).raise_for_status().text
        return ""


class Agent(AtWork):
    """Asks some four questions an hour, reads passages, looks for texts."""

    name, weight = "agent", 16

    def on_start(self) -> None:
        super().on_start()
        self.chat = Chat(self.person)
        with self.told("ouvrir le chat"):
            self.chat.open()

    def on_stop(self) -> None:
        self.chat.close()

    @task(1)
    def ask(self) -> None:
        with self.told("question"):
            answer = self.chat.ask(random.choice(QUESTIONS))  # noqa: S311 - a mix, no secret
            self.first_word(answer.first)

    def first_word(self, seconds: float) -> None:
        self.environment.events.request.fire(
            request_type="acte",
            name="premier mot",
            response_time=seconds * 1000,
            response_length=0,
            exception=None,
            context={},
        )

    @task(5)
    def look_for_texts(self) -> None:
        found = self.page("recherche", "/recherche", "POST", data={"question": random.choice(QUESTIONS)})  # noqa: S311
        if passages := PASSAGE.findall(found):
            self.page("passage", passages[0].replace("&amp;", "&"))

    @task(2)
    def come_back(self) -> None:
        self.page("page du chat", "/")


class Keeper(AtWork):
    """Sends files and watches what becomes of them."""

    name, weight = "gestion", 3

    @task(2)
    def send(self) -> None:
        with self.told("versement"):
            note = f"Note {uuid4()}. Le télétravail est ouvert deux jours par semaine, sur demande écrite."
            self.person.upload(COLLECTION, f"note-{uuid4()}.txt", note.encode())

    @task(1)
    def jobs(self) -> None:
        self.page("console : travaux", "/console/travaux")

    @task(1)
    def documents(self) -> None:
        self.page("console : documents", f"/console/documents?collection={COLLECTION}")


class Auditor(AtWork):
    """Reads the register."""

    name, weight = "audit", 1

    @task
    def register(self) -> None:
        self.page("registre", "/audit")
