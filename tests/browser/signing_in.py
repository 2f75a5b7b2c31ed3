"""People of a realm, and how they sign in and out in the browser."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from playwright.async_api import Page, expect

from policies.principal import Role
from tests.browser.servers import Signed
from tests.keycloak import PASSWORD, Realm

Visit = Callable[[], Awaitable[Page]]


@dataclass(frozen=True)
class Person:
    """Somebody in a realm."""

    username: str
    subject: str


async def somebody(realm: Realm, groups: Sequence[str] = (), roles: Sequence[Role] = (Role.AGENT,)) -> Person:
    """Make a person whom nobody else's test knows."""
    username = f"camille-{uuid4().hex[:8]}"
    async with realm.people() as people:
        return Person(username, await people.add(username, groups, roles))


async def fill_in(page: Page, person: Person, password: str = PASSWORD) -> None:
    """Sign in on Keycloak's page, which is shown."""
    await page.locator("#username").fill(person.username)
    await page.locator("#password").fill(password)
    await page.locator("#kc-login").click()


async def sign_in(page: Page, signed: Signed, person: Person) -> None:
    """Come to the chat, by way of Keycloak, and wait until it has begun."""
    await page.goto(signed.url)
    await fill_in(page, person)
    await chat_begun(page)


async def chat_begun(page: Page) -> None:
    """Wait until one can ask."""
    await expect(page.get_by_role("button", name="Choisir où chercher")).to_be_visible()


async def sign_out(page: Page) -> None:
    """Leave by the chat's own button."""
    await page.locator("#user-nav-button").click()
    await page.get_by_role("menuitem", name="Se déconnecter").click()
    await expect(page.locator("h1")).to_have_text("Vous êtes déconnecté")
