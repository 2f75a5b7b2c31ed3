"""A process that forwards the ledger until it is killed: the database's address, the SIEM's, its certificate."""

import asyncio
import ssl
import sys

from policies.audit.formats import Format
from policies.audit.forwarding import Forwarding
from policies.audit.transports import transport_to
from ui.connections import CancellablePool


async def forward(database: str, address: str, ca: str) -> None:
    transport = transport_to(address, ssl.create_default_context(cafile=ca))
    async with CancellablePool(database, open=False) as pool:
        await Forwarding(pool, address, transport, Format.ECS, "serveur", None, lease_s=0).run()


if __name__ == "__main__":
    asyncio.run(forward(*sys.argv[1:]))
