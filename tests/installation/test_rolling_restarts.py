"""Each part of an installation is restarted under load, and all of it backed up: nothing that people asked or sent is
lost, or done twice.
"""

import asyncio
import gc
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from policies.principal import Role
from tests.installation.people import Chat, Person
from tests.installation.processes import Installation, is_there, staffed
from tests.keycloak import Keycloak

pytestmark = [
    pytest.mark.skipif(not is_there(), reason="`make test` builds llama-server first"),
    # The people's websocket client leaves a socket open that the server has closed.
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NOTE = "Le congé de proche aidant dure trois mois au plus et se demande un mois avant son début."
ASKING = ("camille", "dominique", "sacha")
SENDING = "gestion"
STAFF = [*((name, [Role.AGENT]) for name in ASKING), (SENDING, [Role.AGENT, Role.GESTIONNAIRE])]
PAUSE_S = 2.0


@dataclass
class Shift:
    """People at work until they are told to stop; what they did, and what they were not given."""

    installation: Installation
    certificate: str
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    again: int = 0  # how often somebody had to ask a second time
    _over: threading.Event = field(default_factory=threading.Event)
    _done: threading.Condition = field(default_factory=threading.Condition)
    _acts: Counter[str] = field(default_factory=Counter)

    def begin(self, collection: str) -> None:
        """All come and work."""
        works: list[tuple[str, Callable[[Person], Callable[[int], None]]]] = [
            *((name, self._asks) for name in ASKING),
            (SENDING, lambda person: self._sends(person, collection)),
        ]
        self._threads = [threading.Thread(target=self._work, args=work, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def go_on(self, acts: int = 1) -> None:
        """Until each of them has done so much more."""
        with self._done:
            before = Counter(self._acts)
            names = (*ASKING, SENDING)
            more = self._done.wait_for(
                lambda: self.failures or all(self._acts[name] >= before[name] + acts for name in names), 300
            )
        assert more, f"nobody gets on: {self._acts}"
        assert self.failures == []

    def end(self) -> None:
        """All finish what they are at, and leave."""
        self._over.set()
        for thread in self._threads:
            thread.join(300)
        assert self.failures == []

    def is_answered(self, question: str) -> bool:
        """Whether it has an answer, or a refusal, that is whole."""
        query = "select from exchange where question = %s and reply ->> 'ending' = 'complete'"
        try:
            with psycopg.connect(self.installation.postgres) as connection:
                return connection.execute(query, [question]).fetchone() is not None
        except psycopg.OperationalError:  # the database is away: nobody can know
            return False

    def _work(self, name: str, work: Callable[[Person], Callable[[int], None]]) -> None:
        try:
            person = Person(self.installation.url, name, self.certificate)
            person.sign_in()
            act = work(person)
            turn = 0
            while not self._over.is_set():
                turn += 1
                act(turn)
                with self._done:
                    self._acts[name] += 1
                    self._done.notify_all()
        except Exception as error:  # noqa: BLE001 - the test says it
            with self._done:
                self.failures.append(f"{name}: {error!r}")
                self._done.notify_all()

    def _asks(self, person: Person) -> Callable[[int], None]:
        chat = Chat(person)
        chat.open()

        def ask(turn: int) -> None:
            question = f"Combien de temps dure le congé de proche aidant, demande {turn} de {person.username} ?"
            self.asked.append(question)
            chat.ask(question)
            while not self.is_answered(question):  # as somebody does who reads that a part is away
                self.again += 1
                self._over.wait(PAUSE_S)
                chat.ask(question)
            assert person.asked("POST", "/recherche", data={"question": "proche aidant"}).is_success

        return ask

    def _sends(self, person: Person, collection: str) -> Callable[[int], None]:
        def send(turn: int) -> None:
            name = f"note-{turn}.txt"
            self.sent.append(name)
            address = person.upload(collection, name, f"Note {turn}. {NOTE}".encode())
            while "HX-Refresh" not in person.get(f"{address}/avancement").headers:
                time.sleep(0.2)
            self._over.wait(PAUSE_S)  # it is not the number of files that is tried

        return send


@pytest.fixture(scope="module")
def installation(keycloak: Keycloak, gemma: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(Path(tmp_path_factory.mktemp("installation")), gemma, keycloak.certificate)
    with made.running(asyncio.run(staffed(keycloak, made.url, STAFF))):
        yield made
    gc.collect()  # where the filters above still hold


def _rows(installation: Installation, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(installation.postgres) as connection:
        return connection.execute(query).fetchall()


def test_each_part_restarts_while_people_work_and_nothing_is_lost(
    installation: Installation, keycloak: Keycloak, tmp_path: Path
) -> None:
    installation.command("collections", "create", "Notes", "--owner", "/DGS", "--reader", "/DGS", "--json")
    [(collection,)] = _rows(installation, "select id::text from collection")
    shift = Shift(installation, str(keycloak.certificate.public))
    shift.begin(collection)
    shift.go_on()
    backup, identity = tmp_path / "backup.age", tmp_path / "identity"
    before = set(shift.sent[:-1])  # the last one is on its way
    _back_up(installation, backup, identity)
    for process in (*installation.web, *installation.workers):
        process.restart()
        shift.go_on()
    assert shift.again == 0  # there was always another one
    installation.llama.kill()
    for start in (installation.llama.start, installation.qdrant.restart, installation.restart_postgres):
        start()
        shift.go_on()
    shift.end()

    kept = Counter(question for (question,) in _rows(installation, "select question from exchange"))
    assert set(kept) == set(shift.asked)
    assert kept.total() <= len(shift.asked) + shift.again
    acts = Counter(json.loads(bytes(body))["act"] for (body,) in _rows(installation, "select body from ledger_record"))
    assert acts["question.asked"] >= len(shift.asked)
    assert {name for (name,) in _rows(installation, "select name from received")} == set(shift.sent)
    assert len(_rows(installation, "select from document")) == len(shift.sent)
    assert {state for (state,) in _rows(installation, "select state from document")} == {"indexed"}
    installation.command("audit", "verify")

    elsewhere = installation.elsewhere()
    told = installation.command("restore", backup, "--identity", identity, "--json", environment=elsewhere)
    assert (told["verified"]["finding"], told["unreachable"]) == (None, [])
    assert told["lost"] > 0  # what people did after it
    listed = installation.command("documents", "list", "Notes", "--json", environment=elsewhere)
    assert before <= {document["name"] for document in listed["documents"]}


def _back_up(installation: Installation, backup: Path, identity: Path) -> None:
    """Through the first web process, while people work; it is read to its end, and its ledger proven."""
    public = installation.command("backup", "keys", "--out", identity, "--json")["public"]
    installation.command("backup", backup, "--to", public)
    installation.command("backup", "verify", backup, "--identity", identity)
