"""The servers that a browser visits, each a process of its own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from tests.keycloak import CLIENT, Realm

PROJECT = Path(__file__).parent.parent.parent


class Server:
    """A server in a process of its own, on a free port, with a data folder that outlives it."""

    def __init__(self, command: Sequence[str], home: Path, ready: str) -> None:
        self.home = home
        self.environment: dict[str, str] = {}
        self._command, self._ready = command, ready
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        given = {"ASSISTANT_HOME": str(self.home), "ASSISTANT_MODEL_THREADS": "1", "PYTHONPATH": str(PROJECT)}
        environment = os.environ | given | self.environment
        self._process = subprocess.Popen(  # noqa: S603  # our own command
            [*self._command, str(self.port)], env=environment, stdout=subprocess.PIPE, text=True, cwd=self.home
        )
        assert self._process.stdout is not None
        said = ""
        while self._ready not in said:
            line = self._process.stdout.readline()
            assert line, f"the server ended before it was ready: {said}"
            said += line
        # What nobody reads would stop it, once the pipe is full.
        Thread(target=self._process.stdout.read, daemon=True).start()

    def stop(self) -> None:
        """End it as Ctrl+C does."""
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=60)


def scripted_server(home: Path) -> Server:
    """The chat with an assistant that follows a script, quick and always the same."""
    return Server([sys.executable, str(Path(__file__).parent / "scripted.py"), str(home)], home, "prêt")


@dataclass(frozen=True)
class Signed:
    """A server that asks who is there, the realm that knows, and the address at which people come."""

    server: Server
    realm: Realm
    url: str


def environment(realm: Realm, home: Path) -> dict[str, str]:
    """The settings of such a server: rights are looked up again every second, so that tests need not wait."""
    secret = home / "client-secret"
    secret.touch(mode=0o600)
    secret.write_text(realm.secret)
    return {
        "ASSISTANT_KEYCLOAK": realm.url,
        "ASSISTANT_KEYCLOAK_CLIENT": CLIENT,
        "ASSISTANT_KEYCLOAK_SECRET_FILE": str(secret),
        "ASSISTANT_SESSION_RECHECK_SECONDS": "1",
    }
