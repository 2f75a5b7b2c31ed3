"""What a person does in the chat, and where they see what comes of it."""

from playwright.async_api import Locator, Page, expect

ANSWER = '[data-step-type="assistant_message"] .message-content'
SOURCES = '[data-step-type="tool"]'
SOURCE = f"{SOURCES} li"


async def ask(page: Page, question: str) -> None:
    """Type a question and send it, once the chat has begun."""
    await expect(page.get_by_role("button", name="Choisir où chercher")).to_be_visible()
    await page.locator("#chat-input").click()
    await page.keyboard.type(question)
    await expect(page.locator("#chat-submit")).to_be_enabled()
    await page.locator("#chat-input").press("Enter")


async def answered(page: Page) -> Locator:
    """The last answer, when it is complete."""
    await expect(page.get_by_role("button", name="Régénérer").last).to_be_enabled()
    await expect(page.locator("#stop-button")).to_have_count(0)
    return page.locator(ANSWER).last
