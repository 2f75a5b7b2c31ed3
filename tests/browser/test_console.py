"""The console in a real browser, over real stores: no fault on any page, and a whole day of who keeps collections.

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
from playwright.async_api import Locator, Page, expect

from tests.browser.faults import faults
from tests.browser.servers import Server
from tests.browser.signing_in import Visit
from tests.browser.test_uploads import folder
from ui.pages import PARIS

WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
# Of an address, what says which one of many pages of the same kind it is.
WHICH = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|(?<=/)\d+|(?<==)[^&]*")
TABS = re.compile(r"onglet=\w+")
FILES = re.compile(r"\.(json|jsonl|html)$|/export$|/original$")
MARKED = "DIFFUSION RESTREINTE\n\nLa présente note sur le congé d’un renard polaire ne sort pas du ministère."
REFUSED = "Note marquée, refusée."


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


class Hand:
    """Does what a person does on a page, by mouse or by keyboard alone."""

    def __init__(self, page: Page, *, keyboard: bool) -> None:
        self.page = page
        self._keyboard = keyboard

    async def press(self, what: Locator) -> None:
        """A link or a button; the page that follows is there."""
        if self._keyboard:
            await self._reach(what)
        async with self.page.expect_navigation():
            await (self.page.keyboard.press("Enter") if self._keyboard else what.click())

    async def tick(self, what: Locator) -> None:
        """A box, or one of several choices."""
        if not self._keyboard:
            await what.check(force=True)
        else:
            await self._reach(what)
            await self.page.keyboard.press("Space")
        await expect(what).to_be_checked()

    async def write(self, what: Locator, text: str) -> None:
        """Into a field, in the place of what stands there."""
        if not self._keyboard:
            await what.click()
        else:
            await self._reach(what)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(text)

    async def choose(self, what: Locator, label: str) -> None:
        """One of a list that opens."""
        if not self._keyboard:
            await what.select_option(label=label)
        else:
            await self._reach(what)
            await self.page.keyboard.type(label)
            await expect(what.locator("option:checked")).to_have_text(label)

    async def _reach(self, what: Locator) -> None:
        """By the tab key alone; a thing that takes no focus is never reached."""
        await expect(what).to_be_visible()
        for _ in range(400):
            if await what.evaluate("one => one === document.activeElement"):
                return
            radio = await what.evaluate(
                "one => one.type === 'radio' && document.activeElement.name === one.name && one.name !== ''"
            )
            await self.page.keyboard.press("ArrowDown" if radio else "Tab")
        raise AssertionError(f"the keyboard does not reach {what}")


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
async def test_a_whole_day_of_who_keeps_a_collection(visit: Visit, real: Server, tmp_path: Path, way: str) -> None:
    page = await visit()
    hand, name = Hand(page, keyboard=way == "keyboard"), f"Congés du jour ({way})"
    await page.goto(f"{real.url}/console")

    await hand.press(page.get_by_role("link", name="Collections", exact=True))  # made
    await hand.press(page.get_by_role("link", name="Nouvelle collection"))
    await hand.press(page.get_by_role("button", name="Créer la collection"))
    await expect(page.locator("#name")).to_have_attribute("aria-invalid", "true")
    await hand.write(page.locator("#name"), name)
    await hand.write(page.locator("#description"), "Les congés, pour essai.")
    await _published_at_once(hand)
    await hand.press(page.get_by_role("button", name="Créer la collection"))
    await expect(page.locator("h1")).to_have_text(name)
    collection = page.url.partition("?")[0]

    await page.goto(f"{collection}/versements")  # filled, with 30 files
    files = sorted(one for one in folder(tmp_path).rglob("*") if one.is_file() and one.name != ".DS_Store")
    again = [tmp_path / f"autre-{place}{one.suffix}" for place, one in enumerate(files)]
    for one, other in zip(files, again, strict=True):
        other.write_bytes(one.read_bytes())
    (tmp_path / "marque.md").write_text(MARKED)
    (tmp_path / "abroge.md").write_text("# Note ancienne\n\nLe congé de l’ours blanc dure trois jours.\n")
    every = [*files, *again, tmp_path / "marque.md", tmp_path / "abroge.md"]
    assert len(every) == 30
    await page.locator("#fichiers").set_input_files(every)
    await expect(page.get_by_text("Tout est traité.")).to_be_visible()

    await page.goto(f"{real.url}/console/quarantaine")  # decided
    await hand.press(page.get_by_role("link", name="marque.md").last)
    await hand.tick(page.get_by_label(re.compile("Refuser|Écarter|Ne pas")).first)
    await hand.write(page.locator("#reason"), REFUSED)
    await hand.press(page.get_by_role("button", name="Décider"))
    await expect(page.locator("h1")).to_have_text("Quarantaine")

    await page.goto(
        f"{real.url}/console/documents?collection={collection.rpartition('/')[2]}&texte=ancienne"
    )  # corrected
    await hand.press(page.get_by_role("link", name="Note ancienne"))
    await hand.write(page.locator("#title"), "Note sur l’ours blanc")
    await hand.press(page.get_by_role("button", name="Enregistrer"))
    await expect(page.locator("#title")).to_have_value("Note sur l’ours blanc")
    await hand.press(page.get_by_role("link", name="Abroger ce texte, et dire par quoi"))  # repealed
    await page.locator("#repealed_on").fill("2026-01-01")
    await hand.press(page.get_by_role("button", name="Noter l’abrogation"))
    await expect(page.locator("main")).to_contain_text("abrogé", ignore_case=True)

    await page.goto(f"{real.url}/console/essai")  # asked
    await hand.write(page.locator("#question"), "Combien de jours dure le congé pour l’adoption d’un renard polaire ?")
    await hand.press(page.get_by_role("button", name="Chercher", exact=True))
    await expect(page.locator("main")).to_contain_text("quarante-deux jours")
    await expect(page.locator("main")).not_to_contain_text("ne sort pas du ministère")

    await page.goto(f"{real.url}/console/travaux")  # tried again
    await hand.press(page.get_by_role("button", name="Relancer tout ce qui est en échec ici"))
    await expect(page.locator("h1")).to_have_text("Travaux")

    await page.goto(f"{collection}/suppression")  # deleted
    await hand.write(page.locator("#typed"), "autre chose")
    await hand.press(page.get_by_role("button", name="Supprimer la collection"))
    await expect(page.locator("#typed")).to_have_attribute("aria-invalid", "true")
    await hand.write(page.locator("#typed"), name)
    await hand.press(page.get_by_role("button", name="Supprimer la collection"))
    await page.goto(f"{real.url}/console/collections/corbeille")  # recovered
    section = page.locator("section", has=page.get_by_role("heading", name=name))
    await hand.press(section.get_by_role("button", name="Rétablir"))
    await page.goto(f"{real.url}/console/documents?collection={collection.rpartition('/')[2]}&texte=ours+blanc")
    await expect(page.locator("tbody tr")).to_have_count(1)
    assistant(real, "collections", "delete", name, "--now", "--yes")


async def _published_at_once(hand: Hand) -> None:
    """Without a draft, which is chosen unless somebody says otherwise."""
    box = hand.page.locator("#reviewed")
    if not hand._keyboard:
        await box.uncheck(force=True)
        return
    await hand._reach(box)
    await hand.page.keyboard.press("Space")
    await expect(box).not_to_be_checked()
