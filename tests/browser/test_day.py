"""A whole day of an administrator whom Keycloak knows, over the real stores: by mouse, and by keyboard alone."""

import asyncio
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from policies.principal import Role
from tests.browser.all_formats import DURATION, SECRET, thirty_files
from tests.browser.hands import Hand, keyboard, mouse
from tests.browser.servers import Server, Signed, environment
from tests.browser.signing_in import Person, Visit, somebody
from tests.keycloak import CLIENT, PASSWORD, Keycloak, provisioned
from ui.commands.provisioning import shape_of

QUESTION = "Combien de jours dure le congé pour l’adoption d’un renard polaire ?"


@pytest.fixture(scope="module")
def served(keycloak: Keycloak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    """`assistant serve` behind Keycloak, in a realm of its own."""
    home = Path(tmp_path_factory.mktemp("served"))
    server = Server([str(Path(sys.executable).parent / "assistant"), "serve", "--port"], home, "est prêt")
    realm = asyncio.run(provisioned(keycloak, shape_of(server.url, CLIENT)))
    server.environment = environment(realm, home) | {"ASSISTANT_AIDE": "off"}
    server.start()
    yield Signed(server, realm, server.url)
    server.stop()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    """Of all formats."""
    return thirty_files(Path(tmp_path_factory.mktemp("formats")))


@pytest.mark.parametrize(
    ("holding", "name", "group"),
    [(mouse, "Congés à la souris", "/Cabinet"), (keyboard, "Congés au clavier", "/DAJ")],
    ids=["mouse", "keyboard"],
)
async def test_a_whole_day_of_an_administrator(
    visit: Visit,
    served: Signed,
    files: Sequence[Path],
    holding: Callable[[Page], AbstractAsyncContextManager[Hand]],
    name: str,
    group: str,
) -> None:
    administrator = await somebody(served.realm, roles=[Role.ADMINISTRATEUR])
    reader, stranger = await somebody(served.realm, groups=[group]), await somebody(served.realm, groups=["/DGS"])
    page = await visit()
    async with holding(page) as hand:
        await page.goto(f"{served.url}/console")
        await sign_in(hand, administrator)
        await create_collection(hand, name)
        await grant(hand, group, reader)
        await bring(hand, files)
        await decide_on_what_was_kept_aside(hand, name)
        await correct(hand, name, "Note ancienne", "Note sur l’ours blanc")
        await mark_as_repealed(hand, name)
        await ask_as(hand, reader)
        await expect_answer(page)
        await search_as(hand, stranger)
        await expect(page.locator("#essai")).not_to_contain_text(DURATION)
        await retry_what_failed(hand)
        await delete(hand, name)
        await recover(hand, name)
        await find_document(hand, "ours blanc")
        await expect(page.locator("tbody tr")).to_have_count(1)


async def sign_in(hand: Hand, person: Person) -> None:
    """On Keycloak's page, which is shown."""
    page = hand.page
    await hand.write(page.locator("#username"), person.username)
    await hand.write(page.locator("#password"), PASSWORD)
    await hand.press(page.locator("#kc-login"))
    await expect(page.locator("h1")).to_have_text("Tableau de bord")


async def create_collection(hand: Hand, name: str) -> None:
    """After a form that lacks the name. What is brought into it can be found at once."""
    page = hand.page
    await hand.press(_part(page, "Collections"))
    await hand.press(page.get_by_role("link", name="Nouvelle collection"))
    await hand.press(page.get_by_role("button", name="Créer la collection"))
    await expect(page.locator("#name")).to_have_attribute("aria-invalid", "true")
    await hand.write(page.locator("#name"), name)
    await hand.write(page.locator("#description"), "Les congés, pour essai.")
    await hand.choose(page.locator("#reviewed"), chosen=False)
    await hand.press(page.get_by_role("button", name="Créer la collection"))
    await expect(page.locator("h1")).to_have_text(name)


async def grant(hand: Hand, group: str, reader: Person) -> None:
    """The right to read, once the rule was tried for somebody of that group."""
    page = hand.page
    await hand.press(page.get_by_role("link", name="Accès", exact=True))
    await hand.choose(page.get_by_label("Les agents de certains groupes"))
    await hand.choose(page.get_by_label(group, exact=True))
    await hand.write(page.locator("#person"), reader.username)
    await hand.press(page.get_by_role("button", name="Voir", exact=True))
    await expect(page.get_by_role("status")).to_contain_text(reader.username)
    await expect(page.get_by_role("status")).to_contain_text(re.compile(r"poser des questions\s:\s*oui"))
    await hand.press(page.get_by_role("button", name="Enregistrer les accès"))
    await expect(page.locator("main")).to_contain_text("Les accès sont enregistrés.")
    await expect(page.locator("main")).to_contain_text(re.compile(rf"Lue par les agents de ces groupes.*{group}"))


async def bring(hand: Hand, files: Sequence[Path]) -> None:
    """All of them at once; they are read as far as they can be."""
    page = hand.page
    await hand.press(page.get_by_role("link", name="Résumé"))
    await hand.press(page.get_by_role("link", name="Verser des documents"))
    await hand.bring(*files)
    await expect(page.get_by_text("Tout est traité.")).to_be_visible()
    await expect(page.locator("#avancement")).to_contain_text(f"{len(files)} fichiers reçus")
    await expect(_those_that_are(page, "trouvable")).to_contain_text(f"{len(files) - 2}")
    await expect(_those_that_are(page, "en échec")).to_contain_text("1")
    await expect(_those_that_are(page, "en quarantaine")).to_contain_text("1")


def _those_that_are(page: Page, state: str) -> Locator:
    """Of the files that were brought: how many, as a link to them."""
    return page.locator(".console-counts").get_by_role("link", name=re.compile(state, re.IGNORECASE))


async def decide_on_what_was_kept_aside(hand: Hand, collection: str) -> None:
    """It stays out."""
    page = hand.page
    await hand.press(_those_that_are(page, "en quarantaine"))
    await hand.press(page.get_by_role("link", name="marquée.md"))
    await hand.press(page.get_by_role("link", name="Voir ce qui a été trouvé, et décider"))
    await hand.choose(page.get_by_label("Refuser"))
    await hand.write(page.locator("#reason"), "Note marquée, refusée.")
    await hand.press(page.get_by_role("button", name="Décider"))
    await expect(page.locator("h1")).to_have_text("Quarantaine")
    await expect(_row(page, collection)).to_have_count(0)


async def correct(hand: Hand, collection: str, title: str, new: str) -> None:
    """The title of the document that has it there."""
    page = hand.page
    await hand.press(_part(page, "Documents"))
    await find_document(hand, title)
    await hand.press(_row(page, collection).get_by_role("link", name=title))
    await hand.write(page.locator("#title"), new)
    await hand.press(page.get_by_role("button", name="Enregistrer"))
    await expect(page.locator("h1")).to_have_text(new)


async def mark_as_repealed(hand: Hand, collection: str) -> None:
    """The document that is open, and by what."""
    page = hand.page
    await hand.press(page.get_by_role("link", name="Abroger ce texte, et dire par quoi"))
    await hand.write(page.locator("#texte"), "Note nouvelle")
    await hand.press(page.get_by_role("button", name="Chercher", exact=True))
    await hand.choose(page.get_by_label(re.compile(f"Note nouvelle.*{collection}", re.DOTALL)))
    await hand.write_first_of_january(page.locator("#repealed_on"), 2026)
    await hand.press(page.get_by_role("button", name="Noter l’abrogation"))
    await expect(page.locator("main")).to_contain_text("L’abrogation est notée.")
    await expect(page.locator("#replaced_by")).to_have_value("Note nouvelle")


async def ask_as(hand: Hand, person: Person) -> None:
    """A question, answered by the model."""
    page = hand.page
    await hand.press(_part(page, "Essai"))
    await hand.write(page.locator("#question"), QUESTION)
    await _try_as(hand, person, "Chercher et répondre")


async def expect_answer(page: Page) -> None:
    """From what that person may read, and without what was refused."""
    await expect(page.locator("#essai-reponse")).to_be_visible()
    await expect(page.locator("#essai")).to_contain_text(DURATION)
    await expect(page.locator("#essai")).not_to_contain_text(SECRET)


async def search_as(hand: Hand, person: Person) -> None:
    """The same question, which the form still holds."""
    await _try_as(hand, person, "Chercher")


async def _try_as(hand: Hand, person: Person, how: str) -> None:
    page = hand.page
    await hand.write(page.locator("#voir"), person.username)
    await hand.press(page.get_by_role("button", name=how, exact=True))
    await expect(page.locator("#essai")).to_contain_text(f"avec les yeux de « {person.username} »")
    await expect(page.locator("#essai")).to_contain_text(QUESTION)


async def retry_what_failed(hand: Hand) -> None:
    """For a damaged file."""
    page = hand.page
    await hand.press(_part(page, "Travaux"))
    await hand.write(page.locator("#motif"), "endommagé")
    await hand.press(page.get_by_role("button", name="Filtrer"))
    await hand.press(page.get_by_role("button", name="Relancer tout ce qui est en échec ici"))
    await expect(page.locator("main")).to_contain_text("C’est relancé")


async def delete(hand: Hand, collection: str) -> None:
    """After a name that was not its own."""
    page = hand.page
    await hand.press(_part(page, "Collections"))
    await hand.press(page.get_by_role("link", name=collection))
    await hand.press(page.get_by_role("link", name="Suppression"))
    await hand.write(page.locator("#typed"), "autre chose")
    await hand.press(page.get_by_role("button", name="Supprimer la collection"))
    await expect(page.locator("#typed")).to_have_attribute("aria-invalid", "true")
    await hand.write(page.locator("#typed"), collection)
    await hand.press(page.get_by_role("button", name="Supprimer la collection"))
    await expect(page.locator("h1")).to_have_text("Collections")
    await expect(page.get_by_role("link", name=collection)).to_have_count(0)


async def recover(hand: Hand, collection: str) -> None:
    """From the bin; its documents are listed."""
    page = hand.page
    await hand.press(page.get_by_role("link", name="Corbeille"))
    section = page.locator("section", has=page.get_by_role("heading", name=collection))
    await hand.press(section.get_by_role("button", name="Rétablir"))
    await expect(page.locator("h1")).to_have_text(collection)
    await hand.press(page.get_by_role("link", name="Ses documents"))


async def find_document(hand: Hand, words: str) -> None:
    """In the list that is open."""
    await hand.write(hand.page.locator("#texte"), words)
    await hand.press(hand.page.get_by_role("button", name="Filtrer"))


def _row(page: Page, collection: str) -> Locator:
    """Of a table, what is about that collection."""
    return page.get_by_role("row").filter(has_text=collection)


def _part(page: Page, name: str) -> Locator:
    """Of the console, in its menu."""
    return page.get_by_role("navigation", name="Parties de la console").get_by_role("link", name=name, exact=True)
