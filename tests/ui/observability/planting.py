"""Things that are planted wherever somebody can write, and the search for them in all that a server tells."""

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import uuid4

import httpx
import socketio  # type: ignore[import-untyped]

from tests.ui.observability.conftest import Watched, planted
from tests.ui.observability.launched import EXPLODES
from tests.ui.observability.receiving import FAILS
from tests.ui.two_people import Page
from ui.home import address_of

NIR = "2 55 08 14 168 025 38"

# Where what people write belongs.
STORES = ("blobs", "index", "models", "chat")


def forms(text: str) -> set[str]:
    """As logs, addresses, JSON and packed data would have it."""
    told = text.encode()
    packed = {base64.b64encode(b" " * shift + told).decode()[4 * (shift > 0) : -4] for shift in range(3)}
    escaped = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1]}
    return {text, quote(text), quote_plus(text), told.hex(), text.replace(" ", ""), *packed, *escaped}


def found(things: dict[str, str], told: dict[str, str]) -> list[tuple[str, str]]:
    """Which of the things are told, and where."""
    return [(name, where) for name, text in things.items() for where, all_ in told.items() if _stands(text, all_)]


def _stands(text: str, told: str) -> bool:
    return any(form in told for form in forms(text))


def everything(watched: Watched) -> dict[str, str]:
    """All that the server has told of itself until now."""
    files = [path for path in watched.home.rglob("*") if path.is_file()]
    beside = [path for path in files if path.relative_to(watched.home).parts[0].partition("-")[0] not in STORES]
    return {
        "log": "".join(watched.lines),
        "spans": watched.collector.raw.decode("utf-8", "replace"),
        "metrics": watched.scrape(),
        "files": "".join(path.read_bytes().decode("utf-8", "replace") for path in beside),
    }


def things() -> dict[str, str]:
    """What is planted: in a question, a document, the name of a file, a conversation's title, a collection's name."""
    words = {
        what: planted(what) for what in ("question", "document", "fichier", "collection", "titre", "rate", "panne")
    }
    return words | {
        "nir": NIR,
        "name": f"Hildegarde d’Épinay-{uuid4().hex[:8]}",
        "email": f"hildegarde.{uuid4().hex[:8]}@sante.exemple.fr",
    }


async def lived(watched: Watched, things: dict[str, str], folder: Path) -> None:
    """A day of the server: what is given, found, asked and refused, and what goes wrong."""
    person = f"{things['name']}, {things['email']}, {NIR}"
    note, broken = folder / f"{things['fichier']}.txt", folder / f"{things['rate']}.pdf"
    note.write_text(f"Le télétravail est ouvert trois jours par semaine aux agents. {things['document']} {person}")
    broken.write_bytes(b"%PDF-1.4\n" + things["rate"].encode())
    await _import(watched, things["collection"], [note, broken])
    question = f"Combien de jours de télétravail ? {things['question']} {person}"
    async with httpx.AsyncClient(base_url=watched.address, timeout=60) as http:
        await http.post("/v1/search", json={"question": question})
        for more in ("", f" {FAILS} {things['panne']}", f" {EXPLODES}"):
            await http.post("/v1/chat/completions", json=completion(f"{question}{more}"))
        await http.post("/recherche", data={"question": question})
        await http.get(f"/passage/{things['question']}?q={things['titre']}")
        await http.get(f"/{things['titre']}", headers={"Host": "ailleurs.fr"})
        await http.post("/v1/search", content=things["question"].encode())
    await _chat(watched, f"Combien de jours ? {things['question']} {things['name']}", f"{EXPLODES} {things['panne']}")


def completion(question: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}]}


async def _import(watched: Watched, collection: str, paths: list[Path]) -> None:
    """As the command line does, through the folder's socket."""
    with address_of(watched.home) as address:
        transport = httpx.AsyncHTTPTransport(uds=address)
        async with httpx.AsyncClient(transport=transport, base_url="http://assistant", timeout=60) as http:
            await http.post("/collections", json={"name": collection, "description": "Essai"})
            body = {"collection": collection, "paths": [str(path) for path in paths], "detach": False}
            done = await http.post("/ingest", json=body)
            summary = json.loads(done.text.splitlines()[-1])
            assert (summary["added"], len(summary["failed"])) == (1, 1)


async def _chat(watched: Watched, *questions: str) -> None:
    page, socket = Page(str(uuid4())), socketio.AsyncClient(reconnection=False)
    socket.on("*", page.hear)
    opened = {"sessionId": page.name, "clientType": "webapp"}
    headers = {"Origin": watched.address}
    await socket.connect(
        watched.address, headers=headers, auth=opened, transports=["websocket"], socketio_path="/ws/socket.io"
    )
    page.socket = socket
    try:
        await socket.emit("connection_successful")
        await page.until("task_end")
        for question in questions:
            await page.ask(question)
    finally:
        await socket.disconnect()
