"""The ledger to every SIEM that the settings name."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from pydantic import TypeAdapter

from policies.audit.formats import Format
from policies.audit.forwarding import Forwarding, Standing
from policies.audit.transports import transport_to
from policies.errors import DestinationUnavailable
from policies.review.pseudonyms import Pseudonyms
from ui.database import Pool
from ui.meanwhile import meanwhile
from ui.settings import Settings
from ui.tls import trusting

FIRST_S = 2.0  # a command that is over in a moment begins nothing

_STANDINGS = TypeAdapter(list[Standing])

_log = logging.getLogger(__name__)


@asynccontextmanager
async def forwarding(settings: Settings, pool: Pool, pseudonyms: Pseudonyms) -> AsyncIterator[None]:
    """Bring each of them up to date meanwhile. Raises `SettingsInvalid` where a certificate cannot be used."""
    async with AsyncExitStack() as stack:
        for one in forwardings(settings, pool, pseudonyms):
            task = await stack.enter_async_context(meanwhile(_later(one)))
            task.add_done_callback(_say_why)
        yield


def forwardings(settings: Settings, pool: Pool, pseudonyms: Pseudonyms) -> list[Forwarding]:
    """One for each. Raises `SettingsInvalid`."""
    if not settings.siem:
        return []
    tls = trusting(settings.siem_ca, settings.siem_certificate)
    veil = pseudonyms if settings.siem_names == "pseudonym" else None
    transports = {address: transport_to(address, tls, settings.siem_authorization) for address in settings.siem}
    return [
        Forwarding(
            pool=pool,
            destination=address,
            transport=transport,
            format=Format(settings.siem_format or ("syslog" if transport.syslog else "ecs")),
            host=socket.gethostname(),
            veil=veil,
        )
        for address, transport in transports.items()
    ]


def siem_said(settings: Settings, found: list[Standing]) -> str:
    """How far each is, in French. Raises `DestinationUnavailable` where one takes nothing."""
    held = {one.destination: one for one in found if one.destination in settings.siem}
    if failing := [one for one in held.values() if one.failing_since is not None]:
        raise DestinationUnavailable(" ; ".join(map(_failing, failing)))
    return " ; ".join(_standing(address, held.get(address)) for address in settings.siem)


def standings_json(found: list[Standing]) -> list[dict[str, Any]]:
    """For the data folder's socket."""
    return [*_STANDINGS.dump_python(found, mode="json")]


def standings_of_json(found: Any) -> list[Standing]:
    """What `standings_json` gave."""
    return _STANDINGS.validate_python(found)


def _standing(address: str, standing: Standing | None) -> str:
    if standing is None:
        return f"{address} : rien n’a encore été envoyé"
    return f"{address} : " + (f"enregistrements en attente : {standing.behind}" if standing.behind else "à jour")


def _failing(standing: Standing) -> str:
    return (
        f"{standing.destination} ne reçoit plus rien depuis {standing.failing_since:le %d/%m/%Y à %H:%M UTC} : "
        f"{standing.failure}. Enregistrements en attente : {standing.behind} ; ils partiront dès qu’il répondra"
    )


async def _later(one: Forwarding) -> None:
    await asyncio.sleep(FIRST_S)
    await one.run()


def _say_why(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("The ledger is forwarded no more (%s).", type(error).__name__, exc_info=error)
