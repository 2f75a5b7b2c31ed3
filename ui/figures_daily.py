"""What is done for figures once a day: letting go what is past its time, and looking for what people did not get."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from assistant.figures import forget_figures
from assistant.gaps import Gaps
from policies.retention import months_before
from ui.failures import EXPECTED
from ui.identity import service_principal
from ui.meanwhile import meanwhile

EVERY_S = 900.0

_log = logging.getLogger(__name__)


@asynccontextmanager
async def counted_daily(gaps: Gaps, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Have it done meanwhile, by whichever process looks first on a day."""
    async with meanwhile(_go_on(gaps, every_s)):
        yield


async def _go_on(gaps: Gaps, every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            await once_a_day(gaps)
        except EXPECTED as error:
            _log.warning("Figures are not looked after for now (%s).", type(error).__name__)


async def once_a_day(gaps: Gaps) -> bool:
    """What is due today; says whether anything was."""
    if not await gaps.due():
        return False
    reports = gaps.reports
    async with reports.permission.pool.connection() as connection:
        await forget_figures(connection, months_before(reports.now(), reports.months))
    async for _ in gaps.look(service_principal()):
        pass
    return True
