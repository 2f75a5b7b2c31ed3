"""The console in a real browser, over real stores: no page has a fault. A whole day in it is in test_day.py.

What pages look like in each of their states is in tests/browser/console.
"""

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.async_api import Page

from tests.browser.faults import faults
from tests.browser.servers import Server
from ui.pages import PARIS

WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
# Of an address, what says which one of many pages of the same kind it is.
WHICH = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|(?<=/)\d+|(?<==)[^&]*")
TABS = re.compile(r"onglet=\w+")
FILES = re.compile(r"\.(json|jsonl|html)$|/export$|/original$")
MARKED = "DIFFUSION RESTREINTE\n\nLa présente note sur le congé d’un renard polaire ne sort pas du ministère."


def assistant(server: Server, *arguments: str) -> str:
    """The command line beside the server."""
    command = [str(Path(sys.executable).parent / "assistant"), *arguments]
    environment = {"ASSISTANT_HOME": str(server.home), "PATH": os.environ["PATH"]}
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603


@pytest.fixture
def filled(real: Server, tmp_path: Path) -> Iterator[None]:
    """Something on every kind of page."""
    (tmp_path / "marque.md").write_text(MARKED)
    (tmp_path / "vide.md").write_text("")
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "Que veut dire le numéro ?", "expected": ["guide-agent.md"]}\n')
    assistant(real, "collections", "create", "Vue", "--description", "Pour regarder.")
    assistant(real, "ingest", str(tmp_path / "marque.md"), "--collection", "Vue")
    tomorrow = f"{dt.datetime.now(PARIS) + dt.timedelta(days=1):%d/%m/%Y %H:%M}"
    assistant(real, "announcements", "publish", "Maintenance samedi de 8 h à 10 h.", "--until", tomorrow)
    yield
    assistant(real, "collections", "delete", "Vue", "--yes")


def kind(address: str) -> str:
    """Which page of the console an address leads to, whatever it is about."""
    parts = urlsplit(address)
    tabs = "".join(TABS.findall(parts.query))
    return WHICH.sub("_", parts.path) + (f"?{tabs}" if tabs else "")


async def test_no_page_of_the_console_has_a_fault_wide_or_narrow(page: Page, real: Server, filled: None) -> None:
    left, seen = [f"{real.url}/console"], set[str]()
    while left:
        address = left.pop(0)
        if kind(address) in seen:
            continue
        seen.add(kind(address))
        answer = await page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert await page.locator("h1").count() == 1, address
        assert await faults(page) == [], address
        await page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{address}: {wider} pixels too wide for a telephone"
        await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        links = await page.locator("a[href]:not([download])").evaluate_all("all => all.map(one => one.href)")
        left += [
            one
            for one in (urljoin(address, link) for link in links)
            if one.startswith(f"{real.url}/console") and not FILES.search(urlsplit(one).path) and "#" not in one
        ]
    for part in ("collections", "documents", "publication", "travaux", "essai", "evaluation", "taches", "modeles"):
        assert f"/console/{part}" in seen
    assert {"/console/glossaire", "/console/annonces", "/console/personnes", "/console/quarantaine"} <= seen
