"""The product as its image runs it: on a root that it cannot write, as an account without any right."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.ports import free_port
from ui.control.client import open_client
from ui.settings import Settings

PROJECT = Path(__file__).parents[2]
CONFINED = Path(__file__).with_name("confined.sh")
ASSISTANT = Path(sys.executable).with_name("assistant")
ACCOUNT = "10001"
DATA = Path("/srv")
STARTS_WITHIN_S = 240.0


def confined(*command: str) -> list[str]:
    return ["unshare", "--mount", str(CONFINED), ACCOUNT, str(DATA), *command]


def possible() -> bool:
    """Whether this machine lets us make such a place, and other accounts read the project."""
    if os.geteuid() != 0 or not DATA.is_dir():
        return False
    tried = subprocess.run(confined(sys.executable, "-c", "import ui"), capture_output=True, check=False)  # noqa: S603
    return tried.returncode == 0


pytestmark = [
    pytest.mark.skipif(not possible(), reason="this takes root, mount namespaces and a project that all may read"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """A server at work there, and its port."""
    port, log = free_port(), Path(tmp_path_factory.mktemp("confined")) / "log"
    environment = {"PATH": os.defpath, "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}  # noqa: S108
    environment |= {"ASSISTANT_HOME": str(DATA / "home"), "ASSISTANT_PORT": str(port), "ASSISTANT_AIDE": "off"}
    with log.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *confined(str(ASSISTANT), "serve"), env=environment, stdout=asyncio.subprocess.PIPE, stderr=said
        )
    assert process.stdout
    async with asyncio.timeout(STARTS_WITHIN_S):
        while b"http://" not in (line := await process.stdout.readline()):
            assert line, log.read_text()
    yield process, port
    if process.returncode is None:
        process.terminate()
    await process.wait()


async def test_it_becomes_ready_and_answers(served: tuple[asyncio.subprocess.Process, int]) -> None:
    _, port = served
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        for path in ("/healthz", "/readyz", "/", "/console", "/recherche"):
            assert (await client.get(path)).status_code == 200, path


async def test_it_has_no_right_of_roots_and_can_get_none(served: tuple[asyncio.subprocess.Process, int]) -> None:
    process, _ = served
    lines = (await asyncio.to_thread(Path(f"/proc/{process.pid}/status").read_text)).splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    assert status["Uid"].split() == [ACCOUNT] * 4
    assert status["NoNewPrivs"] == "1"
    assert {status[name].strip("0") for name in ("CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb")} == {""}


async def test_a_document_is_read_and_found_there(served: tuple[asyncio.subprocess.Process, int]) -> None:
    process, _ = served
    seen_from_here = Path(f"/proc/{process.pid}/root{DATA}")
    document = seen_from_here / "note.txt"
    await asyncio.to_thread(document.write_text, "Le télétravail est ouvert deux jours par semaine.")
    async with open_client(Settings(home=seen_from_here / "home")) as client:
        await client.call("POST", "/collections", {"name": "Notes", "description": "Notes de service"})
        order = {"collection": "Notes", "paths": [str(DATA / "note.txt")], "detach": False}
        *_, summary = [event async for event in client.stream("/ingest", order)]
        assert (summary["added"], summary["failed"]) == (1, []), summary
        found = await client.call("POST", "/search", {"question": "télétravail", "collections": ["Notes"]})
    assert "deux jours par semaine" in str(found)


async def test_nothing_else_can_be_written() -> None:
    folders = (PROJECT, PROJECT / "ui" / "chat", Path(sys.prefix), Path("/var/tmp"), Path("/etc"), Path("/usr"))  # noqa: S108
    script = "for folder; do touch $folder/trace && exit 1; done; touch /tmp/trace"
    tried = await asyncio.create_subprocess_exec(
        *confined("sh", "-c", script, "sh", *map(str, folders)), stderr=asyncio.subprocess.PIPE
    )
    _, said = await tried.communicate()
    assert tried.returncode == 0, said
    assert said.count(b"Read-only file system") == len(folders)
