"""What the audit needs in the process that owns the data folder: its keys, checkpoints in time, and their places."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from policies import Act, Checkpoints, Event, Ledger, NoteInvalid, Principal, SigningKey, Tree, Watch
from policies.audit.checkpoints import latest_checkpoint
from policies.audit.erasures import Erasures
from policies.audit.export import Exporting
from policies.audit.formats.message import Veil
from policies.audit.places import Place
from policies.audit.shipping import Shipping
from policies.audit.verification import Verification
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from ui.alerting import alerting_of
from ui.audit_keys import AuditKeys
from ui.audit_places import audit_places, places_of
from ui.database import Pool
from ui.errors import AuditKeyUnusable
from ui.identity import service_principal
from ui.keys import derived, secret_of
from ui.meanwhile import meanwhile
from ui.retaining import Retaining, retaining_of
from ui.settings import Settings
from ui.siem import forwarding


@dataclass(frozen=True, slots=True)
class Auditing:
    """What commands and pages of the audit call."""

    pool: Pool
    ledger: Ledger
    keys: AuditKeys
    tree: Tree
    checkpoints: Checkpoints
    watch: Watch
    pseudonyms: Pseudonyms
    projection: Projection
    shipping: Shipping
    verification: Verification
    exporting: Exporting
    places_at: Callable[[Sequence[str]], Sequence[Place]]
    retaining: Retaining
    veil: Veil | None  # of what leaves in another format than the ledger's own

    def shipped(self) -> list[int]:
        """Up to how many records each place vouches, as far as this process knows; 0: it has not reached it."""
        return [self.shipping.shipped(place) for place in self.shipping.places]

    async def rotate_key(self, principal: Principal) -> SigningKey:
        """Have a new key sign from now on; gives it.

        The ledger says so, and one checkpoint that covers the record is signed by both: who trusts the old key can
        follow. A process that is killed meanwhile goes on with it at its next start. Raises `AuditKeyUnusable`,
        `LedgerUnavailable`, `LedgerBroken`.
        """
        old = self.checkpoints.keys[0]
        # Before the record: no process signs a checkpoint over it with the old key alone.
        new = self.keys.following(old.name) or self.keys.begin(old.name)
        async with self.pool.connection() as connection:
            rotated = Event(Act.AUDIT_KEY_ROTATED, principal, {"old": old.vkey, "new": new.vkey})
            await self.ledger.append(connection, rotated)
        await self.checkpoints.take()
        self.keys.change()
        self.keys.publish(new)
        await self.watch.turn()
        return new


def audit_keys(settings: Settings) -> AuditKeys:
    """Where the keys lie."""
    return AuditKeys(settings.audit_key or settings.home / "audit" / "signing.pem")


@asynccontextmanager
async def open_auditing(settings: Settings, pool: Pool, ledger: Ledger) -> AsyncIterator[Auditing]:
    """Sign and ship checkpoints, read the ledger for the review, raise alerts, tell SIEMs, purge what is past its time.

    Raises `AuditKeyUnusable`, `LedgerUnavailable`, `SettingsInvalid`, `PlaceUnreachable`, `AlertRulesInvalid`,
    `RetentionInvalid`.
    """
    keys = audit_keys(settings)
    checkpoints = await signing(keys, pool)
    erasures = Erasures(derived(secret_of(settings), b"erasures"))
    shipping = Shipping(pool, audit_places(settings), erasures)
    watch = Watch(
        pool, checkpoints, shipping.ship, seconds=settings.checkpoint_seconds, records=settings.checkpoint_records
    )
    pseudonyms = Pseudonyms(derived(secret_of(settings), b"pseudonyms"))
    projection = Projection(pool, pseudonyms)
    auditing = Auditing(
        pool=pool,
        ledger=ledger,
        keys=keys,
        tree=Tree(),
        checkpoints=checkpoints,
        watch=watch,
        pseudonyms=pseudonyms,
        projection=projection,
        shipping=shipping,
        verification=Verification(pool, ledger, keys.public, shipping.places),
        exporting=Exporting(pool, ledger, checkpoints, keys.public),
        places_at=partial(places_of, settings),
        retaining=retaining_of(settings, pool, ledger, projection, pseudonyms),
        veil=pseudonyms if settings.siem_names == "pseudonym" else None,
    )
    alerting = alerting_of(settings, pool, ledger, projection, watch, shipping, auditing.verification)
    async with (
        watch.watching(),
        meanwhile(projection.watch()),
        meanwhile(alerting.watch()),
        meanwhile(auditing.retaining.watch()),
        forwarding(settings, pool, pseudonyms),
    ):
        if keys.following(checkpoints.keys[0].name) is not None:
            await auditing.rotate_key(service_principal())
        yield auditing


async def signing(keys: AuditKeys, pool: Pool) -> Checkpoints:
    """Checkpoints signed with the key of those files, that signed the last one too. Raises `AuditKeyUnusable`."""
    key = keys.current(await origin_of(pool))
    try:
        checkpoints = Checkpoints(
            pool, [key], known=keys.latest(), keep=keys.keep_latest, current=partial(keys.signing, key.name)
        )
        await checkpoints.check()
    except NoteInvalid as error:
        raise AuditKeyUnusable(
            f"La clé {keys.path} n’est pas celle qui a signé le dernier point de contrôle du registre. Remettez la "
            "bonne, ou réglez ASSISTANT_AUDIT_KEY."
        ) from error
    keys.publish(key)
    return checkpoints


async def origin_of(pool: Pool) -> str:
    """The ledger's name, as its last checkpoint has it; empty where there is none."""
    async with pool.connection() as connection:
        latest = await latest_checkpoint(connection)
    return latest.note.partition("\n")[0] if latest else ""
