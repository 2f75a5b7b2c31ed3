"""A page that sends without end is read no faster than a person can work: the rest waits on its own side."""

import asyncio

from starlette.types import Message, Receive

BURST = 200  # messages
A_SECOND = 20.0


def paced(receive: Receive, burst: int = BURST, a_second: float = A_SECOND) -> Receive:
    """The same messages; beyond `burst` no more than `a_second` of them."""
    loop = asyncio.get_running_loop()
    allowed, looked = float(burst), loop.time()

    async def receive_paced() -> Message:
        nonlocal allowed, looked
        now = loop.time()
        allowed, looked = min(burst, allowed + (now - looked) * a_second) - 1, now
        if allowed < 0:
            await asyncio.sleep(-allowed / a_second)
        return await receive()

    return receive_paced
