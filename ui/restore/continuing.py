"""What a restore ends with, however the database came back: the ledger goes on, and what was erased goes again.

The ledger goes on from the last checkpoint that a place outside the database holds (`policies.audit.regaining`); its
record of that comes right after what was lost. What places tell that was erased since goes before anybody can find it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection

from policies import Act, Event, Json, Principal, VerifyingKey
from policies.audit.erasures import Erased, Erasures, erased_since
from policies.audit.finding import Verified
from policies.audit.places import Place, sizes
from policies.audit.postgres import PostgresLedger
from policies.audit.regaining import Regained, regain
from policies.errors import PlaceUnreachable
from ui.audit_places import audit_places
from ui.auditing import audit_keys
from ui.errors import BackupRefused
from ui.keys import derived, secret_of
from ui.opening import open_services
from ui.privacy.erasure import Erasure
from ui.restore import queries
from ui.restore.erasing_again import ErasingAgain
from ui.services import Services
from ui.settings import Settings


@dataclass(frozen=True, slots=True)
class Origin:
    """The moment that came back: of so many records, signed by that note (empty without one), when it is known.

    `keys` of the ledger are believed.
    """

    size: int
    note: str
    made_at: str | None
    documents: int
    blobs: int
    missing: int
    keys: Sequence[VerifyingKey]


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there again, what was lost, and what was erased again.

    `lost` records were signed after the backup was made: their hashes alone are left. What was erased since is not
    known where a place was `unreachable`, or where there are no `places` outside this machine; those of `unknown` hold
    checkpoints of a key that came after the backup.
    """

    records: int
    lost: int
    documents: int
    to_index: int
    blobs: int
    missing: int
    erased: dict[str, int]
    places: Sequence[str]
    unreachable: Sequence[str]
    unknown: Sequence[str]
    models: Sequence[str]
    verified: Verified


@dataclass(frozen=True, slots=True)
class Continued:
    regained: Regained
    erased: Sequence[Erased]
    places: Sequence[str]
    unreachable: Sequence[str]


async def go_on(
    settings: Settings, principal: Principal, origin: Origin, owner: str, more: Sequence[bytes] = ()
) -> Continued:
    """Let the ledger go on, and say so in it, in one transaction; who was signed in is not any more.

    `more` are lists of erasures besides those of places. Raises `LedgerBroken`, `ErasuresInvalid`, `BackupRefused`.
    """
    lists = Erasures(derived(secret_of(settings), b"erasures"))
    places, unreachable = await _reachable(audit_places(settings))
    found = [one for content in more for one in lists.read(content) if one.record >= origin.size]
    for place in places:
        found += await erased_since(place, lists, origin.size)
    erased = sorted({one.record: one for one in found}.values(), key=lambda one: one.record)
    async with await AsyncConnection.connect(owner) as connection:
        regained = await regain(connection, places, origin.keys)
        _require_nothing_newer(settings, regained)
        await connection.execute(queries.FORGET_SESSIONS)
        details: dict[str, Json] = {
            "size": origin.size,
            "root": origin.note.split("\n")[2] if origin.note else None,
            "made_at": origin.made_at,
            "documents": origin.documents,
            "blobs": origin.blobs,
            "missing": origin.missing,
            "places": len(places),
            "unreachable": len(unreachable),
            "erasures": len(erased),
            **({"from": regained.held, "to": regained.size} if regained.lost else {}),
        }
        await PostgresLedger().append(connection, Event(Act.BACKUP_RESTORED, principal, details))
    if regained.note:
        audit_keys(settings).keep_latest(regained.note)
    outside = [place.label for place in places] if settings.checkpoints else []
    return Continued(regained, erased, outside, unreachable)


async def finish(
    settings: Settings, principal: Principal, origin: Origin, continued: Continued, models: Sequence[str] = ()
) -> Restored:
    """Erase again, see that catalogue and index say the same, and verify the ledger, with nobody at work."""
    async with open_services(settings.replaced(worker="off")) as services:
        again = ErasingAgain(
            services=services,
            people=erasure_of(services),
            erasures=Erasures(derived(secret_of(settings), b"erasures")),
            principal=principal,
        )
        erased = await again.erase(continued.erased)
        findings = await services.agreement.repair(principal)
        await services.auditing.watch.turn()
        verified = Verified()
        async for step in services.auditing.verification.run(principal):
            if isinstance(step, Verified):
                verified = step
        async with services.pool.connection() as connection:
            row = await (await connection.execute(queries.TO_INDEX)).fetchone()
    return Restored(
        records=continued.regained.held,
        lost=continued.regained.lost,
        documents=findings.documents,
        to_index=int(row[0]) if row else 0,
        blobs=origin.blobs,
        missing=origin.missing,
        erased={kind: count for kind, count in erased.items() if count},
        places=continued.places,
        unreachable=continued.unreachable,
        unknown=continued.regained.unknown,
        models=[name for name in models if not (settings.home / "models" / name).exists()],
        verified=verified,
    )


def erasure_of(services: Services) -> Erasure:
    auditing = services.auditing
    return Erasure(
        pool=services.pool,
        ledger=services.ledger,
        projection=auditing.projection,
        checkpoints=auditing.checkpoints,
        tree=auditing.tree,
        retention=auditing.retaining.retention,
        blobs=services.originals.blobs,
        erase_index=services.attachments.erase,
    )


def _require_nothing_newer(settings: Settings, regained: Regained) -> None:
    """Raises `BackupRefused` where this machine has signed more than any place tells."""
    known = audit_keys(settings).latest()
    signed = int(known.split("\n")[1]) if known else 0
    if signed > regained.size:
        raise BackupRefused(
            f"Cette machine a signé {signed} enregistrements, et aucun emplacement n’en connaît plus de "
            f"{regained.size} : rétablissez l’emplacement des points de contrôle qui les a reçus, puis recommencez."
        )


async def _reachable(places: Sequence[Place]) -> tuple[list[Place], list[str]]:
    """Those that can be read, and the labels of the others."""
    there, away = [], []
    for place in places:
        try:
            await sizes(place)
        except PlaceUnreachable:
            away.append(place.label)
        else:
            there.append(place)
    return there, away
