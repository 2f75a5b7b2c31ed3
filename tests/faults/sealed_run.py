"""The product's processes at work in a sealed network, as a program of its own: `python -m tests.faults.sealed_run`.

It prints what it saw: who tried to reach somebody, and who holds a secret where others can read it.
"""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.faults.sealed import seal
from tests.ports import free_port

# Before anything starts a thread: see there.
WATCH = seal() if __name__ == "__main__" else None

import httpx  # noqa: E402

from tests.installation.people import Chat, Person  # noqa: E402
from ui.database import start_server  # noqa: E402
from ui.home import address_of  # noqa: E402

ASSISTANT = str(Path(sys.executable).with_name("assistant"))
PLANTED = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('203.0.113.9', 4443))"
READY_S = 120
QUESTION = "Combien de jours dure le congé de paternité ?"
NOTE = "# Congé de paternité\n\nLe congé de paternité dure vingt-cinq jours.\n"

# Settings whose values are secrets; each gets a file.
SECRETS = ("SECRET", "LLM_KEY", "QDRANT_KEY", "RERANKER_KEY", "KEYCLOAK_SECRET", "SIEM_AUTHORIZATION")
OF_A_SOURCE = {"ASSISTANT_SOURCE_NUAGE_ADDRESS": "https://nuage.exemple.fr/depot"}


class Run:
    """Processes and commands with the same settings; `seen` are the names of all processes that ran for them."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.planted = {name: secrets.token_hex(24) for name in (*SECRETS, "SOURCE_NUAGE_SECRET")}
        self.seen: set[str] = set()
        self.leaks: set[str] = set()
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        given = {"ASSISTANT_HOME": str(folder / "home"), "ASSISTANT_AIDE": "off", "ASSISTANT_MODEL_THREADS": "1"}
        self.settings = kept | given | OF_A_SOURCE | dict(settings) | dict(map(self.in_file, self.planted.items()))

    def in_file(self, secret: tuple[str, str]) -> tuple[str, str]:
        """The variable that names the file of a secret."""
        name, value = secret
        path = self.folder / f"{name.lower()}.secret"
        path.write_text(value)
        return f"ASSISTANT_{name}_FILE", str(path)

    @contextmanager
    def process(self, *command: str, ready: str) -> Iterator[None]:
        """One that stays, and is told to stop in the end."""
        log = self.folder / f"{len(list(self.folder.glob('*.log')))}.log"
        with log.open("wb") as out:
            one = subprocess.Popen(command, env=self.settings, stdout=out, stderr=out)  # noqa: S603 - our own
        end = time.monotonic() + READY_S
        while ready not in log.read_text():
            if one.poll() is not None or time.monotonic() > end:
                one.kill()
                raise RuntimeError(log.read_text())
            time.sleep(0.05)
        try:
            yield
            self.look()
        finally:
            one.send_signal(signal.SIGTERM)
            one.wait(READY_S)
        if one.returncode not in (0, -signal.SIGTERM):
            raise RuntimeError(log.read_text())

    def command(self, *words: str) -> str:
        """What a command prints."""
        done = subprocess.run([ASSISTANT, *words], env=self.settings, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def look(self) -> None:
        """Note which processes there are, and what they show of themselves to others of this account."""
        for process in _of_this_run():
            shown = b"".join(_read(process / name) for name in ("environ", "cmdline"))
            name = _read(process / "comm").decode().strip()
            self.seen.add(name)
            self.leaks |= {f"{secret} in {name}" for secret, value in self.planted.items() if value.encode() in shown}


def on_one_machine(folder: Path, model: Path) -> Run:
    """`assistant serve` with all that it starts by itself, a person at its pages, and commands."""
    port = str(free_port())
    engine = {"KIND": "llama-server", "MODEL": str(model), "CONTEXT": "1024"}
    run = Run(
        folder, {"ASSISTANT_PORT": port} | {f"ASSISTANT_ENGINE_PETIT_{name}": one for name, one in engine.items()}
    )
    with run.process(ASSISTANT, "serve", ready="est prêt"):
        with _door(run) as door:
            door.post("/collections", json={"name": "Congés"}).raise_for_status()
        _as_a_reader(f"http://127.0.0.1:{port}")
        run.command("ask", QUESTION)
    return run


def as_several_processes(folder: Path, model: Path) -> Run:
    """A web process that has people sign in, a worker, their servers; no model answers."""
    database = start_server(folder / "postgres")
    port, qdrant = free_port(), free_port()
    settings = {
        "ASSISTANT_PORT": str(port),
        "ASSISTANT_WORKER": "off",
        "ASSISTANT_QDRANT": f"http://127.0.0.1:{qdrant}",
        "ASSISTANT_KEYCLOAK": f"http://127.0.0.1:{free_port()}/realms/essai",
        "ASSISTANT_LLM": f"http://127.0.0.1:{free_port()}/v1",
    }
    run = Run(folder, settings)
    run.planted["POSTGRES"] = password = secrets.token_hex(24)  # of a database that asks for none
    run.settings |= [run.in_file(("POSTGRES", database.get_uri().replace("postgres:@", f"postgres:{password}@")))]
    (folder / "note.md").write_text(NOTE)
    with ExitStack() as stack:
        stack.callback(database.cleanup)
        served = (sys.executable, "-m", "tests.qdrant_server", str(folder / "points"), str(qdrant))
        stack.enter_context(run.process(*served, ready=""))
        stack.enter_context(run.process(ASSISTANT, "serve", ready="est prêt"))
        stack.enter_context(run.process(ASSISTANT, "worker", ready="en marche"))
        with _door(run) as door:
            door.post("/collections", json={"name": "Congés"}).raise_for_status()
            door.post("/ingest", json={"collection": "Congés", "paths": [str(folder / "note.md")]}).raise_for_status()
        assert "paternité" in run.command("search", QUESTION)
        _as_somebody_unknown(f"http://127.0.0.1:{port}")
    return run


@contextmanager
def _door(run: Run) -> Iterator[httpx.Client]:
    """That of commands, of which each takes seconds to begin."""
    with (
        address_of(run.folder / "home") as address,
        httpx.Client(transport=httpx.HTTPTransport(uds=address), base_url="http://assistant", timeout=READY_S) as door,
    ):
        yield door


def _as_a_reader(address: str) -> None:
    with httpx.Client(base_url=address, headers={"Authorization": "Bearer x", "Origin": address}, timeout=120) as http:
        note = {"fichiers": ("note.md", NOTE.encode())}
        [collection] = re.findall(r"/console/collections/[0-9a-f-]{36}(?=[\"?])", http.get("/console/collections").text)
        assert http.post(f"{collection}/versements", files=note).status_code == 303
        while "vingt-cinq" not in http.post("/recherche", data={"question": QUESTION}).text:
            continue
        for path in ("/", "/recherche", "/taches", "/console", "/console/collections", "/accessibilite", "/readyz"):
            assert http.get(path).is_success, path
        asked = {"messages": [{"role": "user", "content": QUESTION}]}
        assert http.post("/v1/chat/completions", json=asked).is_success
    chat = Chat(Person(address, "", certificate=""))
    chat.open()
    chat.ask(QUESTION)
    chat.close()


def _as_somebody_unknown(address: str) -> None:
    with httpx.Client(base_url=address, headers={"Accept": "text/html"}) as http:
        assert http.get("/").status_code == 303
        assert http.get("/connexion").status_code == 503  # there is no Keycloak
        assert http.get("/v1/models", headers={"Authorization": "Bearer a.b.c"}).status_code == 503


def _of_this_run() -> list[Path]:
    """What is in our network, and what was started from there and left even that, as readers of files do."""
    parents, found = dict[int, int](), set[int]()
    for process in Path("/proc").glob("[0-9]*"):
        if stat := _read(process / "stat"):
            parents[int(process.name)] = int(stat.rpartition(b")")[2].split()[1])
            if _network(process) == _network(Path("/proc/self")):
                found.add(int(process.name))
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return [Path("/proc", str(one)) for one in found - {os.getpid()}]


def _network(process: Path) -> str:
    try:
        return os.readlink(process / "ns" / "net")
    except OSError:
        return ""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended, or lets nobody look into it
        return b""


SCENES = {"one machine": on_one_machine, "several processes": as_several_processes}


def main(scene: str, folder: Path, model: Path) -> None:
    """Print what was seen as one line of JSON."""
    assert WATCH is not None
    subprocess.run([sys.executable, "-c", PLANTED], check=True)  # noqa: S603 - our own
    planted = sorted(one.address for one in WATCH.attempts())
    run = SCENES[scene](folder, model)
    report: dict[str, Any] = {
        "planted": planted,
        "attempts": sorted(f"{one.address}:{one.port}" for one in WATCH.attempts()),
        "leaks": sorted(run.leaks),
        "seen": sorted(run.seen),
    }
    print(json.dumps(report))


def arguments(given: Sequence[str]) -> tuple[str, Path, Path]:
    """A scene, a folder for it, a model's file."""
    scene, folder, model = given
    return scene, Path(folder), Path(model)


if __name__ == "__main__":
    main(*arguments(sys.argv[1:]))
