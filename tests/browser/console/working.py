"""Work that a page finds as a state needs it: still going on, or ended by an error."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from policies import Principal
from ui.long_work import LongWork


async def goes_on(work: LongWork, person: Principal, kind: str, *steps: Any, about: Any = None) -> None:
    """That has told these steps, and never ends by itself."""

    begun = asyncio.Event()

    async def told() -> AsyncGenerator[Any, None]:
        for step in steps:
            yield step
        begun.set()
        await asyncio.Event().wait()

    work.start(person, kind, told(), about)
    await begun.wait()


async def ended(
    work: LongWork, person: Principal, kind: str, *steps: Any, error: Exception | None = None, about: Any = None
) -> None:
    """That has told these steps and is over, by this error or well."""

    async def told() -> AsyncGenerator[Any, None]:
        for step in steps:
            yield step
        if error:
            raise error

    work.start(person, kind, told(), about)
    await work.ended(person, kind)
