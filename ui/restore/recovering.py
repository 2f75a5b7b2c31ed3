"""Going on after PostgreSQL itself was brought back to an earlier moment: from its WAL, or from a copy of its disk.

The data folder is still there, and knows of later checkpoints: no server would sign any more. The ledger goes on as
after a restore, what was erased since that moment goes again, and the index is made to say what the catalogue says.
"""

from psycopg import AsyncConnection

from policies import Principal
from retrieval.rows import one_row
from ui.adapters import database_settings
from ui.auditing import audit_keys
from ui.backup.queries import MOMENT
from ui.database import open_server
from ui.home import own
from ui.migrations import migrate
from ui.restore.continuing import Origin, Restored, finish, go_on
from ui.settings import Settings


async def recover(settings: Settings, principal: Principal) -> Restored:
    """Go on with the database as it is now.

    Raises `HomeTaken`, `HomeUnusable`, `DatabaseUnavailable`, `BackupRefused`, `LedgerBroken`, `ErasuresInvalid`, and
    what `open_services` raises.
    """
    with own(settings.home):
        async with open_server(database_settings(settings)) as url:
            owner = settings.postgres_owner or url
            await migrate(owner, application=url)
            origin = await _origin(settings, owner)
            continued = await go_on(settings, principal, origin, owner)
        return await finish(settings, principal, origin, continued)


async def _origin(settings: Settings, owner: str) -> Origin:
    async with await AsyncConnection.connect(owner) as connection:
        told = await one_row(connection, MOMENT)
    assert told is not None  # noqa: S101 - it counts
    return Origin(
        size=told["records"],
        note=told["note"],
        made_at=None,
        documents=told["documents"],
        blobs=0,
        missing=0,
        keys=audit_keys(settings).public(),
    )
