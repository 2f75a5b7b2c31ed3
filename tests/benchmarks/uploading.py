"""A thousand files of all formats dropped at once on the console's page, in Chromium, into the real `assistant serve`.

Beside it in the same run, and first: as many others of the same kinds, sent to the same route over as many connections
by httpx. Reading goes on meanwhile on both sides. In the end the server is stopped, and what it kept of each file is
compared with what was sent, byte by byte.
"""

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from playwright.async_api import Browser, Page, async_playwright, expect
from reportlab.pdfgen.canvas import Canvas

from ingestion.blobs import BlobSettings, open_blobs
from ingestion.parsing import jsonl
from retrieval.metrics import percentile
from tests.browser.conftest import CHROMIUM
from tests.browser.servers import Server
from tests.browser.test_uploads import drop
from tests.ingestion.office_files import cells, docx, odf, paragraph, pptx, shape, xlsx, zipped
from tests.ingestion.test_pdf import lines, pdf
from ui.database import DatabaseSettings, open_database
from ui.home import own

FILES = int(os.environ.get("BENCH_FILES", "1000"))
AT_ONCE = 4  # as the page does
LONGEST = 1_800  # seconds for a side

KEPT = """
select r.blob, r.start, r.length from received r join collection c on c.id = r.collection_id where c.name = %s
"""
STATES = """
select d.state, count(*) from document d join collection c on c.id = d.collection_id where c.name = %s group by 1
"""


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Seconds until all was received, and until all could be found; `ratio` is the page's seconds over httpx's.

    `memory` is the most that the page's own process held, in MB.
    """
    place = home / "uploading"
    shutil.rmtree(place, ignore_errors=True)
    (place / "home").mkdir(parents=True)
    sent = {side: _files(place / side, side) for side in ("httpx", "page")}
    server = Server([_assistant(), "serve", "--port"], place / "home", "est prêt")
    server.start()
    try:
        async with _browser() as browser:
            page = await browser.new_page(locale="fr-FR", viewport={"width": 1280, "height": 860})
            addresses = {side: await _collection(server, page, side) for side in sent}
            before = os.getloadavg()[0]
            bare = await _by_httpx(page, addresses["httpx"], place / "httpx")
            dropped = await _by_page(browser, page, addresses["page"], place / "page")
            load = {"load_before": before, "load_after": os.getloadavg()[0]}
    finally:
        server.stop()
    kept = {side: await _kept(place / "home", side) for side in sent}
    shutil.rmtree(place)
    figures = {side: _compared(sent[side], kept[side]) for side in sent}
    seconds = bare["received_s"], dropped["received_s"]
    return {
        "files": FILES,
        "documents": sum(sent["page"].values()),
        "at_once": AT_ONCE,
        **load,
        **dropped,
        **figures["page"],
        "files_per_second": FILES / seconds[1],
        **{f"{name}_httpx": value for name, value in (bare | figures["httpx"]).items()},
        "ratio": seconds[1] / seconds[0],
    }


async def _by_page(browser: Browser, page: Page, address: str, folder: Path) -> dict[str, Any]:
    """Dropped as a hand drops a folder."""
    await page.goto(address)
    started = time.perf_counter()
    await drop(page, folder)
    await expect(page.get_by_text("Tous les fichiers sont envoyés.")).to_be_visible(timeout=LONGEST * 1000)
    received = time.perf_counter() - started
    await expect(page.get_by_text("Tout est traité.")).to_be_visible(timeout=LONGEST * 1000)
    return {
        "received_s": received,
        "findable_s": time.perf_counter() - started,
        "said": " ".join((await page.locator(".console-counts").inner_text()).split()),
        "memory": await _memory(browser),
    }


async def _by_httpx(page: Page, address: str, folder: Path) -> dict[str, Any]:
    """The same requests, by as few lines as one would write; the page is only looked at in the end."""
    waiting = _below(folder)
    took: list[float] = []
    async with httpx.AsyncClient(timeout=60) as http:
        begun = await http.post(address, headers={"Accept": "application/json"})
        upload = httpx.URL(address).join(begun.raise_for_status().json()["versement"])

        async def work() -> None:
            while waiting:
                path = waiting.pop()
                name = quote(str(path.relative_to(folder.parent)))
                asked = time.perf_counter()
                answer = await http.put(f"{upload}/fichiers", content=path.read_bytes(), headers={"Nom-Fichier": name})
                took.append((time.perf_counter() - asked) * 1000)
                if answer.raise_for_status().json()["refus"]:
                    raise AssertionError(answer.text)

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        received = time.perf_counter() - started
        await http.post(f"{upload}/fin")
    await page.goto(str(upload))
    await expect(page.get_by_text("Tout est traité.")).to_be_visible(timeout=LONGEST * 1000)
    return {
        "received_s": received,
        "findable_s": time.perf_counter() - started,
        "ms_p50": percentile(took, 0.5),
        "ms_p95": percentile(took, 0.95),
    }


def _below(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file())


def _files(at: Path, side: str) -> Counter[str]:
    """The files, no two alike; gives the SHA-256 of what is to be kept: of archives and records, what is in them."""
    expected = Counter[str]()
    for number in range(FILES):
        words = f"La note {number:04d} ({side}) accorde {number} jours de congé pour l’adoption d’un renard polaire."
        kinds = _kinds(words, number)
        suffix, (content, kept) = list(kinds.items())[number % len(kinds)]
        path = at / f"Service {number % 10}" / f"note-{number:04d}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if suffix == "jsonl":
            kept = [record.canonical() for _, record in jsonl.records(path, len(content))]
        expected.update(hashlib.sha256(one).hexdigest() for one in kept)
    return expected


def _kinds(words: str, number: int) -> Mapping[str, tuple[bytes, Sequence[bytes]]]:
    """By suffix, a file and the documents in it."""

    def page(canvas: Canvas) -> None:
        lines(canvas, (words,), top=700, size=11)

    record = f'{{"id": "r{number}", "title": "Note {number}", "text": "{words}"}}'
    inside = {"dedans.txt": words, "autre.md": f"# Autre\n\n{words}"}
    whole = {
        "md": f"# Congé\n\n{words}\n".encode(),
        "txt": words.encode(),
        "html": f"<html><body><p>{words}</p></body></html>".encode(),
        "csv": f"congé;durée\nadoption;{words}\n".encode(),
        "eml": f"Subject: note {number}\nContent-Type: text/plain; charset=utf-8\n\n{words}\n".encode(),
        "pdf": pdf(page),
        "docx": docx(paragraph(words)),
        "xlsx": xlsx(f"<sheetData>{cells('Congé', words)}</sheetData>"),
        "pptx": pptx(shape(words)),
        "odt": odf("text", f"<text:p>{words}</text:p>"),
    }
    return {suffix: (content, [content]) for suffix, content in whole.items()} | {
        "jsonl": (record.encode() + b"\n", []),
        "zip": (zipped(inside), [text.encode() for text in inside.values()]),
    }


async def _kept(home: Path, collection: str) -> tuple[Counter[str], dict[str, int]]:
    """The SHA-256 of what lies on disk of each document, and in what state the documents are."""
    found = Counter[str]()
    with own(home):
        async with (
            open_database(DatabaseSettings(folder=home / "postgres")) as pool,
            open_blobs(BlobSettings(home / "blobs")) as blobs,
            pool.connection() as connection,
        ):
            rows = await (await connection.execute(KEPT, [collection])).fetchall()
            states = dict(await (await connection.execute(STATES, [collection])).fetchall())
            for name, start, length in rows:
                async with blobs.open(name) as path:
                    content = path.read_bytes()
                piece = content if start is None else content[start : start + length]
                found[hashlib.sha256(piece).hexdigest()] += 1
    return found, states


def _compared(sent: Counter[str], kept: tuple[Counter[str], dict[str, int]]) -> dict[str, Any]:
    found, states = kept
    return {
        "lost": (sent - found).total(),
        "duplicates": (found - sent).total(),
        "findable": states.get("indexed", 0),
    }


async def _collection(server: Server, page: Page, name: str) -> str:
    """The address at which files are put into a new collection."""
    environment = {"ASSISTANT_HOME": str(server.home), "PATH": os.environ["PATH"]}
    subprocess.run([_assistant(), "collections", "create", name], env=environment, check=True, capture_output=True)  # noqa: S603, ASYNC221
    await page.goto(f"{server.url}/console/documents")
    collection = await page.locator("#collection option", has_text=name).get_attribute("value")
    return f"{server.url}/console/collections/{collection}/versements"


async def _memory(browser: Browser) -> float:
    """MB that the largest process of pages held at most."""
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    return max(_most_held(one["id"]) for one in processes if one["type"] == "renderer")


def _most_held(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1000


def _assistant() -> str:
    return str(Path(sys.executable).parent / "assistant")


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()
