"""What axe-core finds on a page, by the rules of WCAG 2.1 at levels A and AA, which RGAA 4.1 stands on."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

AXE = Axe()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
OPTIONS: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}

# Chainlit's own list of conversations, as the declaration of accessibility says.
KNOWN = {"list": 'data-sidebar="menu"', "nested-interactive": 'data-sidebar="menu-button"'}


async def faults(page: Page) -> list[str]:
    """One line for each element that breaks a rule; those that are known are left out."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.axe_script)
    found = (await page.evaluate("options => axe.run(options)", OPTIONS))["violations"]
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in found
        for node in fault["nodes"]
        if KNOWN.get(fault["id"], "-") not in node["html"]
    ]
