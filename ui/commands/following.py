"""Long work on the server, followed on the screen."""

from typing import Any

from ui.commands.screen import Screen
from ui.control.client import open_client
from ui.settings import read_settings


async def follow(path: str, body: Any, show: Screen) -> dict[str, Any]:
    """Ask for it, show each event, and give the last one: its outcome. Raises `UiError`."""
    event: dict[str, Any] = {}
    async with open_client(read_settings()) as client:
        with show:
            async for event in client.stream(path, body):
                show.update(event)
    return {key: value for key, value in event.items() if key != "kind"}
