"""A program has no more requests under way than it may, streams included; one that ends makes room."""

from contextlib import AsyncExitStack

import httpx

from tests.ui.v1.conftest import AT_ONCE
from tests.ui.v1.scripted import ASKED, Script

CHAT = "/chat/completions"


async def test_one_too_many_is_told_so_until_another_is_broken_off(http: httpx.AsyncClient, script: Script) -> None:
    script.endless = True
    async with AsyncExitStack() as others:
        for _ in range(AT_ONCE - 1):
            await others.enter_async_context(http.stream("POST", CHAT, json={"messages": ASKED, "stream": True}))
        async with http.stream("POST", CHAT, json={"messages": ASKED, "stream": True}):
            for path, body in ((CHAT, {"messages": ASKED}), ("/search", {"question": "Combien ?"})):
                refused = await http.post(path, json=body)
                assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_at_once")
        script.endless = False
        while (await http.post("/search", json={"question": "Combien ?"})).status_code == 429:
            continue  # the server has not heard yet that a reader left
