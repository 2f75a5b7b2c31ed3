"""Pictures of pages for who reviews them, in tests/browser/pictures; `PICTURES=1` makes them anew."""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

PICTURES = Path(__file__).parent / "pictures"
COLOURS = 64

# A picture is to change with its page alone, and to say nothing of the machine that made it.
STEADY = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    walk.currentNode.data = walk.currentNode.data
      .replace(/\\d{2}\\/\\d{2}\\/\\d{4} \\d{2}:\\d{2}:\\d{2}/g, "27/11/2026 10:30:00")
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "6f1b1c2e-4f0e-4b43-9d39-3a6d2d3f9a41")
      .replace(/\\d+(,\\d)?\\sGio/g, "12,0 Gio")
      .replace(/\\/(tmp|dev\\/shm)\\/\\S*\\//g, "/srv/assistant/");
  }
}"""


async def keep_picture(page: Page, name: str) -> None:
    """Keep the whole page as it is, under that name and its width; without a name, or unless asked for, nothing."""
    if name and page.viewport_size and os.environ.get("PICTURES"):
        await page.evaluate(STEADY)
        taken = Image.open(BytesIO(await page.screenshot(full_page=True)))
        path = PICTURES / f"{name}-{page.viewport_size['width']}.png"
        taken.convert("RGB").quantize(COLOURS).save(path, optimize=True)
