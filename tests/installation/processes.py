"""The processes of an installation with several servers, started by hand on this machine as `deploy/compose.yaml`
names them: PostgreSQL, Qdrant's stand-in, llama-server, web processes and workers, and the proxy before them.
"""

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from assistant.engines.llama_server import PROMPT_CACHE
from policies.principal import Role
from tests.certificate import Certificate
from tests.keycloak import CLIENT, Keycloak, People, Realm, provisioned
from tests.ports import free_port
from ui.commands.provisioning import shape_of
from ui.database import start_server
from ui.engine_settings import PROGRAM as LLAMA_SERVER

PROJECT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
ASSISTANT = str(BIN / "assistant")
STARTS_WITHIN_S = 180.0  # on a busy machine
PLACES = 4  # answers that llama-server makes at once
CONTEXT = 2048  # tokens of each
WORDS = 48  # tokens at most that it writes


@dataclass
class Process:
    """A process of its own; what it writes goes to `log`. It is there once `ready` says so."""

    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], bool]
    environment: Mapping[str, str]

    def start(self) -> None:
        """Start it and wait until it is there."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(  # noqa: S603  # our own commands
                self.command, env=inherited | dict(self.environment), stdout=log, stderr=log, cwd=self.log.parent
            )

    def wait(self) -> None:
        """Until it is there."""
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self.ready():
            assert self.running.poll() is None, f"{self.name} ended: {self.log.read_text()[-4000:]}"
            assert time.monotonic() < deadline, f"{self.name} is not ready: {self.log.read_text()[-4000:]}"
            with suppress(subprocess.TimeoutExpired):
                self.running.wait(0.1)

    def stop(self) -> None:
        """End it as the system does."""
        self.running.send_signal(signal.SIGTERM)
        assert self.running.wait(600) in (0, -signal.SIGTERM), f"{self.name}: {self.log.read_text()[-4000:]}"

    def kill(self) -> None:
        """End it without a word."""
        self.running.kill()
        self.running.wait(60)

    def restart(self) -> None:
        """Stop it, and start it again."""
        self.stop()
        self.start()


def answers(url: str) -> bool:
    """Whether a server says that it is well."""
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


class Installation:
    """All processes, in the order in which they start; `url` is where people come."""

    def __init__(self, folder: Path, model: Path, certificate: Certificate) -> None:
        self._folder, self._model, self._certificate = folder, model, certificate
        self._ports = {name: free_port() for name in ("proxy", "qdrant", "llama", "web-1", "web-2")}
        self.url = f"https://localhost:{self._ports['proxy']}"
        self.trust = ssl.create_default_context(cafile=str(certificate.public))
        self.postgres = ""

    @contextmanager
    def running(self, realm: Realm, workers: int = 2) -> Iterator["Installation"]:
        """All of it, from PostgreSQL to the proxy; afterwards all has ended."""
        with ExitStack() as stack:
            self._postgres = start_server(self._folder / "postgres")
            stack.callback(lambda: self._postgres.cleanup())
            self.postgres = self._postgres.get_uri()
            self._prepare(realm)
            self.qdrant, self.llama = self._qdrant(), self._llama()
            self.web = [self._web(name) for name in ("web-1", "web-2")]
            self.workers = [self._worker(f"worker-{number}") for number in range(1, workers + 1)]
            self.proxy = self._proxy()
            self.command("migrate")
            every = (self.qdrant, self.llama, *self.web, *self.workers, self.proxy)
            for process in every:
                process.launch()
                stack.callback(process.kill)
                if process is self.qdrant:  # the others look for it as they start
                    process.wait()
            for process in every:
                process.wait()
            yield self
            for process in (self.proxy, *self.workers, *self.web):
                process.stop()

    def command(self, *words: str | Path, environment: Mapping[str, str] | None = None) -> Any:
        """What a command of `assistant` gives as JSON, beside the first web process where no other settings are given;
        None where it gives nothing.
        """
        settings = self.environment("web-1") if environment is None else environment
        done = subprocess.run(  # noqa: S603  # our own command
            [ASSISTANT, *words], env=os.environ | dict(settings), capture_output=True, text=True
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        with suppress(json.JSONDecodeError):
            return json.loads(done.stdout)

    def elsewhere(self) -> dict[str, str]:
        """The settings of one machine on which nothing is but the signing key, from its safe; it reaches the place of
        checkpoints.
        """
        home, safe = self._folder / "elsewhere", self._folder / "safe"
        home.mkdir()
        shutil.copytree(self._folder / "shared" / "audit", safe)
        kept = {name: self._settings[name] for name in ("ASSISTANT_CHECKPOINTS", "ASSISTANT_AIDE")}
        return kept | {"ASSISTANT_HOME": str(home), "ASSISTANT_AUDIT_KEY": str(safe / "signing.pem")}

    def restart_postgres(self) -> None:
        """End PostgreSQL, with all that is connected to it, and start it again."""
        self._postgres.cleanup()
        self._postgres = start_server(self._folder / "postgres")
        assert self._postgres.get_uri() == self.postgres

    def logs(self) -> str:
        """What all processes wrote."""
        return "".join(file.read_text(errors="replace") for file in sorted(self._folder.glob("*.log")))

    def environment(self, name: str) -> dict[str, str]:
        """The settings of a process: secrets by the names of their files, a data folder of its own."""
        home = self._folder / name
        home.mkdir(exist_ok=True)
        return self._settings | {"ASSISTANT_HOME": str(home)}

    def _prepare(self, realm: Realm) -> None:
        secrets, shared = self._folder / "secrets", self._folder / "shared"
        secrets.mkdir(mode=0o700)
        shared.mkdir()
        told = {"postgres": self.postgres, "keycloak_secret": realm.secret, "secret": os.urandom(32).hex()}
        for name, value in told.items():
            (secrets / name).touch(mode=0o600)
            (secrets / name).write_text(value)
        self._settings = {f"ASSISTANT_{name.upper()}_FILE": str(secrets / name) for name in told} | {
            "ASSISTANT_QDRANT": f"http://127.0.0.1:{self._ports['qdrant']}",
            "ASSISTANT_KEYCLOAK": realm.url,
            "ASSISTANT_KEYCLOAK_CLIENT": CLIENT,
            "ASSISTANT_URL": self.url,
            "ASSISTANT_TRUSTED_PROXIES": "127.0.0.1",
            "ASSISTANT_BLOBS": str(shared / "blobs"),
            "ASSISTANT_AUDIT_KEY": str(shared / "audit" / "signing.pem"),
            "ASSISTANT_CHECKPOINTS": str(self._folder / "places"),
            "ASSISTANT_WORKER": "off",
            "ASSISTANT_DRAIN_SECONDS": "600",  # a busy machine writes slowly
            "ASSISTANT_AIDE": "off",
            "ASSISTANT_ENGINE_LLAMA_KIND": "server",
            "ASSISTANT_ENGINE_LLAMA_URL": f"http://127.0.0.1:{self._ports['llama']}/v1",
            "ASSISTANT_ENGINE_LLAMA_MODEL": "gemma",
            "ASSISTANT_ENGINE_LLAMA_FORMAT": "completion",
            "ASSISTANT_ENGINE_LLAMA_CONTEXT": str(CONTEXT),
            "ASSISTANT_ENGINE_LLAMA_PLACES": str(PLACES),
        }

    def _process(self, name: str, command: Sequence[str], ready: Callable[[], bool], **environment: str) -> Process:
        return Process(name, command, self._folder / f"{name}.log", ready, environment)

    def _qdrant(self) -> Process:
        port = self._ports["qdrant"]
        command = [sys.executable, "-m", "tests.qdrant_server", str(self._folder / "qdrant"), str(port)]
        return self._process(
            "qdrant", command, lambda: answers(f"http://127.0.0.1:{port}/readyz"), PYTHONPATH=str(PROJECT)
        )

    def _llama(self) -> Process:
        port, context = self._ports["llama"], str(CONTEXT * PLACES)
        served = ["--model", str(self._model), "--alias", "gemma", "--predict", str(WORDS)]
        served += ["--ctx-size", context, "--parallel", str(PLACES), "--cache-ram", str(PROMPT_CACHE), "--no-webui"]
        command = [str(LLAMA_SERVER), *served, "--host", "127.0.0.1", "--port", str(port)]
        return self._process("llama", command, lambda: answers(f"http://127.0.0.1:{port}/health"))

    def _web(self, name: str) -> Process:
        port = self._ports[name]
        command = [ASSISTANT, "serve", "--port", str(port)]
        return self._process(
            name, command, lambda: answers(f"http://127.0.0.1:{port}/readyz"), **self.environment(name)
        )

    def _worker(self, name: str) -> Process:
        log = self._folder / f"{name}.log"

        def ready() -> bool:
            return "Traitement en marche" in log.read_text()

        return self._process(name, [ASSISTANT, "worker"], ready, **self.environment(name), PYTHONUNBUFFERED="1")

    def _proxy(self) -> Process:
        health, home = free_port(), str(self._folder / "caddy")
        command = [str(BIN / "caddy"), "run", "--config", str(PROJECT / "deploy" / "proxy" / "Caddyfile")]
        environment = {
            "PUBLIC_HOST": "localhost",
            "PORT": str(self._ports["proxy"]),
            "HEALTH_PORT": str(health),
            "WEB": " ".join(f"127.0.0.1:{self._ports[name]}" for name in ("web-1", "web-2")),
            "SIGN_IN_HOST": "connexion.invalid",  # people reach Keycloak by its own address here
            "TLS_CERTIFICATE": str(self._certificate.public),
            "TLS_KEY": str(self._certificate.private),
        }
        files = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), home)
        return self._process(
            "proxy", command, lambda: answers(f"http://127.0.0.1:{health}/healthz"), **environment, **files
        )


async def staffed(keycloak: Keycloak, url: str, staff: Iterable[tuple[str, Sequence[Role]]]) -> Realm:
    """A realm for the installation at that address, with these people, all of /DGS."""
    realm = await provisioned(keycloak, shape_of(url, CLIENT))
    async with keycloak.administered(realm.name) as admin:
        people = People(admin)
        for name, roles in staff:
            await people.add(name, ["/DGS"], roles)
    return realm


def is_there() -> bool:
    """Whether this machine has what an installation needs besides Python's packages."""
    return LLAMA_SERVER.exists() and shutil.which("java") is not None
