"""Which of Chainlit's routes are answered: these, and no other.

Its own way to upload, elements, MCP, audio, sharing, copilot and Chainlit's own ways of signing in stay out;
a route that a later version brings stays out until it stands here.
"""

import re
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from policies.principal import Principal
from ui.gate import refuse

CHAINLIT = "access_token"

ALLOWED = {
    # the page's parts (the page itself is ours)
    r"/assets/[\w.-]+": "GET HEAD",
    r"/favicon": "GET HEAD",
    r"/logo": "GET HEAD",
    r"/avatars/[\w .-]+": "GET HEAD",
    # who is there
    r"/auth/config": "GET",
    r"/user": "GET",
    # what the page needs to know
    r"/project/translations": "GET",
    r"/project/settings": "GET",
    # conversations
    r"/project/threads": "POST",
    r"/project/thread": "PUT DELETE",
    r"/project/thread/[0-9a-f-]{36}": "GET",
    r"/ws/socket\.io/?": "GET POST WEBSOCKET",
}

# Events of the socket, by the same rule.
ALLOWED_EVENTS = frozenset(
    {
        "connect",
        "connection_successful",
        "clear_session",
        "disconnect",
        "stop",
        "client_message",
        "edit_message",
        "chat_settings_change",
    }
)


def allowed(method: str, path: str) -> bool:
    """Whether the chat answers this request."""
    return any(re.fullmatch(pattern, path) and method in methods.split() for pattern, methods in ALLOWED.items())


class ChatRoutes:
    """ASGI middleware around Chainlit: 404 for all that is not in the table.

    Who acts was found out before. Chainlit knows people by a cookie of its own: this writes it into each
    request (`note` signs it), in place of whatever the browser sent, and never lets one out.
    """

    def __init__(self, app: ASGIApp, note: Callable[[Principal], str]) -> None:
        self._app = app
        self._note = note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope.get("method", "WEBSOCKET")
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif not allowed(method, scope["path"]):
            await refuse(scope, send, 404, "Cette page n’existe pas.")
        else:
            await self._app(self._noted(scope), receive, send)

    def _noted(self, scope: Scope) -> Scope:
        headers = MutableHeaders(raw=list(scope["headers"]))
        del headers["authorization"], headers["cookie"]
        if person := scope.get("state", {}).get("principal"):  # not for what is open to everybody
            headers["cookie"] = f"{CHAINLIT}={self._note(person)}"
        return {**scope, "headers": headers.raw}
