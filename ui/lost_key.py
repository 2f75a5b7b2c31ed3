"""A new key for a ledger whose key is lost: no server starts without one."""

from policies import Act, Checkpoints, Event, PostgresLedger, Principal, SigningKey
from ui.adapters import database_settings
from ui.audit_keys import AuditKeys
from ui.auditing import audit_keys, origin_of
from ui.database import Pool, open_database
from ui.errors import AuditKeyUnusable
from ui.home import own
from ui.settings import Settings


async def replace_lost_key(settings: Settings, principal: Principal) -> SigningKey:
    """Have a new key sign from now on, and say so in the ledger; gives it.

    Nothing vouches for it but whoever does this: those who verify must be told its public half. Raises
    `AuditKeyUnusable` where the key is not lost, `HomeTaken`, `DatabaseUnavailable`, `LedgerUnavailable`,
    `LedgerBroken`, and `NoteInvalid` where the public half of the lost key is lost too.
    """
    keys = audit_keys(settings)
    if keys.path.exists():
        raise AuditKeyUnusable(
            f"La clé {keys.path} n’est pas perdue. Pour en changer, tapez « assistant audit rotate-key » sans --lost. "
            "Si ce fichier n’est pas la bonne clé, mettez-le de côté d’abord."
        )
    with own(settings.home):
        async with open_database(database_settings(settings)) as pool:
            return await _replace(keys, pool, principal)


async def _replace(keys: AuditKeys, pool: Pool, principal: Principal) -> SigningKey:
    trusted = keys.public()
    new = keys.renew(await origin_of(pool))
    async with pool.connection() as connection:
        replaced = Event(Act.AUDIT_KEY_ROTATED, principal, {"old": "", "new": new.vkey})
        await PostgresLedger().append(connection, replaced)
    await Checkpoints(pool, [new], trusted=trusted, known=keys.latest(), keep=keys.keep_latest).take()
    keys.publish(new)
    return new
