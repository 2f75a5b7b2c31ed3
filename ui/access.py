"""How people become known in this process: by Keycloak, or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.audit.ledger import Ledger
from ui.database import Pool
from ui.identity import Identity, LocalIdentity, local_principal
from ui.realm.directory import Directory, LocalDirectory
from ui.settings import Settings
from ui.sign_in.refusals import Refusals, open_refusals

if TYPE_CHECKING:
    from ui.keycloak import Keycloak


@dataclass(frozen=True, slots=True)
class Access:
    """Who acts, whom one can ask about, who is refused, and Keycloak where there is one."""

    identity: Identity
    directory: Directory
    refusals: Refusals
    keycloak: "Keycloak | None" = None


@asynccontextmanager
async def open_access(settings: Settings, pool: Pool, ledger: Ledger) -> AsyncIterator[Access]:
    """Keycloak need not answer now: people who are signed in go on."""
    async with open_refusals(pool, ledger) as refusals:
        if settings.keycloak is None:
            person = local_principal()
            yield Access(LocalIdentity(person), LocalDirectory(person), refusals)
            return
        from ui.keycloak import open_keycloak  # its clients take long to import

        async with open_keycloak(settings, pool, ledger) as keycloak:
            yield Access(keycloak.identity, keycloak.people, refusals, keycloak)
