"""Restoring a backup on an empty machine.

Invariants:
1. Nothing is written before the whole backup was read and its ledger proven (`examining`).
2. What fails takes away what it wrote into the data folder; a process that is killed leaves a mark there, and no server
   starts on what is not whole (`ui.home`).
3. The ledger goes on from the last checkpoint that a place outside the database holds (`policies.audit.regaining`);
   what was erased since the backup was made is erased again before anybody can find it (`erasing_again`).
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import AsyncConnection

from policies import Act, Event, Json, Principal
from policies.audit.erasures import Erased, Erasures, erased_since
from policies.audit.finding import Progress, Verified
from policies.audit.places import Place, sizes
from policies.audit.postgres import PostgresLedger
from policies.audit.regaining import Regained, regain
from policies.errors import PlaceUnreachable
from ui.audit_places import audit_places
from ui.auditing import audit_keys
from ui.backup.age import identities_of
from ui.backup.archive import HOME
from ui.backup.examining import Examined, examine
from ui.database import open_server
from ui.errors import BackupNewer, BackupRefused, DatabaseUnavailable
from ui.french import system_reason
from ui.home import RESTORING, own
from ui.keys import derived, secret_of
from ui.migrations import migrate, scripts
from ui.privacy.erasure import Erasure
from ui.restore import queries
from ui.restore.erasing_again import ErasingAgain
from ui.restore.unpacking import Targets, unpack
from ui.services import Services, database_settings, open_services
from ui.settings import Settings

# What may lie in the data folder before: settings, models of the bundle, and what a command itself makes.
_MAY_BE_THERE = frozenset({"assistant.toml", "models", "lock", RESTORING})


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


async def restore(
    settings: Settings,
    principal: Principal,
    path: Path,
    identity: Path,
    *,
    keys: Sequence[str] = (),
    erasures: Sequence[Path] = (),
) -> AsyncGenerator[Progress | Restored, None]:
    """Restore that backup, with the secret key of that file; `keys` of the ledger are trusted, `erasures` more lists.

    Raises `BackupRefused`, `BackupDamaged`, `BackupKeyInvalid`, `BackupToolMissing`, `HomeTaken`, `HomeUnusable`,
    `DatabaseUnavailable`, `ErasuresInvalid`, `LedgerBroken`, and what `open_services` raises.
    """
    identities, size = identities_of(identity), await asyncio.to_thread(_size_of, path)
    _require_empty(settings)
    with own(settings.home, restoring=True):
        yield Progress(0, 2 * size)
        examined = await asyncio.to_thread(examine, path, identities, keys)
        _require_fitting(settings, examined)
        yield Progress(size, 2 * size)
        async with _all_or_nothing(settings.home):
            more = [await asyncio.to_thread(_read, one) for one in erasures]
            async with open_server(database_settings(settings)) as url:
                owner = settings.postgres_owner or url
                await _require_empty_database(owner, examined.opening.postgres)
                targets = Targets(
                    home=settings.home,
                    blobs=settings.blobs or settings.home / "blobs",
                    keys=audit_keys(settings).path.with_name("keys.txt"),
                    database=owner,
                )
                await asyncio.to_thread(unpack, path, identities, targets, examined.opening.postgres, lambda _: None)
                yield Progress(2 * size, 2 * size)
                await migrate(owner, application=url)
                continued = await _continue(settings, principal, examined, owner, more)
            restored = await _go_on(settings, principal, examined, continued)
        yield restored


@dataclass(frozen=True, slots=True)
class _Continued:
    regained: Regained
    erased: Sequence[Erased]
    places: Sequence[str]
    unreachable: Sequence[str]


async def _continue(
    settings: Settings, principal: Principal, examined: Examined, owner: str, more: Sequence[bytes]
) -> _Continued:
    """Let the ledger go on, and say so in it, in one transaction; who was signed in is not any more."""
    lists = Erasures(derived(secret_of(settings), b"erasures"))
    places, unreachable = await _reachable(audit_places(settings))
    size = examined.manifest.ledger.size
    found = [one for content in more for one in lists.read(content) if one.record >= size]
    for place in places:
        found += await erased_since(place, lists, size)
    erased = sorted({one.record: one for one in found}.values(), key=lambda one: one.record)
    async with await AsyncConnection.connect(owner) as connection:
        regained = await regain(connection, places, examined.keys)
        await connection.execute(queries.FORGET_SESSIONS)
        details: dict[str, Json] = {
            "size": size,
            "root": examined.manifest.ledger.note.split("\n")[2] if examined.manifest.ledger.note else None,
            "made_at": examined.opening.made_at.isoformat(),
            "documents": examined.manifest.documents,
            "blobs": examined.manifest.originals.count,
            "missing": len(examined.manifest.originals.missing),
            "places": len(places),
            "unreachable": len(unreachable),
            "erasures": len(erased),
            **({"from": regained.held, "to": regained.size} if regained.lost else {}),
        }
        await PostgresLedger().append(connection, Event(Act.BACKUP_RESTORED, principal, details))
    if regained.note:
        audit_keys(settings).keep_latest(regained.note)
    outside = [place.label for place in places] if settings.checkpoints else []
    return _Continued(regained, erased, outside, unreachable)


async def _go_on(settings: Settings, principal: Principal, examined: Examined, continued: _Continued) -> Restored:
    """Erase again, see that catalogue and index say the same, and verify the ledger, with nobody at work."""
    async with open_services(settings.replaced(worker="off")) as services:
        again = ErasingAgain(
            services=services,
            people=_erasure(services),
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
    manifest = examined.manifest
    return Restored(
        records=continued.regained.held,
        lost=continued.regained.lost,
        documents=findings.documents,
        to_index=int(row[0]) if row else 0,
        blobs=manifest.originals.count,
        missing=len(manifest.originals.missing),
        erased={kind: count for kind, count in erased.items() if count},
        places=continued.places,
        unreachable=continued.unreachable,
        unknown=continued.regained.unknown,
        models=[name for name in manifest.models if not (settings.home / "models" / name).exists()],
        verified=verified,
    )


def _erasure(services: Services) -> Erasure:
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


def _require_empty(settings: Settings) -> None:
    """Raises `BackupRefused`."""
    home = settings.home
    others = sorted(entry.name for entry in home.iterdir()) if home.is_dir() else []
    if RESTORING in others or (found := [name for name in others if name not in _MAY_BE_THERE]):
        there = RESTORING if RESTORING in others else found[0]
        raise BackupRefused(
            f"Le dossier de données {home} n’est pas vide : il contient « {there} ». Une sauvegarde se restaure sur "
            "une machine vide, pour ne rien remplacer : donnez un autre dossier par ASSISTANT_HOME, ou mettez celui-ci "
            "de côté."
        )


async def _require_empty_database(owner: str, postgres: int) -> None:
    """Raises `BackupRefused`, `DatabaseUnavailable`."""
    try:
        async with await AsyncConnection.connect(owner) as connection:
            row = await (await connection.execute(queries.HAS_TABLES)).fetchone()
            its = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"PostgreSQL est injoignable : {error}") from error
    if row and row[0]:
        raise BackupRefused(
            "La base de données n’est pas vide : une sauvegarde se restaure dans une base neuve, pour ne rien "
            "remplacer. Faites-en créer une autre, et nommez-la par ASSISTANT_POSTGRES."
        )
    if its < postgres:
        raise BackupRefused(
            f"La sauvegarde vient de PostgreSQL {postgres}, et ce serveur est de la version {its}. Installez la "
            f"version {postgres} ou une plus récente."
        )


def _require_fitting(settings: Settings, examined: Examined) -> None:
    """Raises `BackupNewer`, `BackupRefused`."""
    known = {name for script in scripts(set()) for name in script.names}
    if set(examined.opening.migrations) - known:
        raise BackupNewer(examined.opening.version, "plus ancienne")
    key = audit_keys(settings).path
    home = settings.home
    inside = key.is_relative_to(home) and HOME + str(key.relative_to(home)) in examined.manifest.members
    if examined.manifest.ledger.note and not (key.exists() or inside):
        raise BackupRefused(
            f"La sauvegarde ne contient pas la clé qui signe le registre, et elle n’est pas dans {key}. Remettez-la "
            "depuis son coffre, ou réglez ASSISTANT_AUDIT_KEY, puis recommencez."
        )


@asynccontextmanager
async def _all_or_nothing(home: Path) -> AsyncIterator[None]:
    """Mark the folder while the block lasts; where it fails, take away what it wrote."""
    before = await asyncio.to_thread(_mark, home)
    try:
        yield
    except BaseException:
        await asyncio.to_thread(_remove_all_but, home, before)
        raise
    (home / RESTORING).unlink()


def _mark(home: Path) -> set[str]:
    """Gives what was there before."""
    before = {entry.name for entry in home.iterdir()}
    (home / RESTORING).touch(mode=0o600)
    return before


def _remove_all_but(home: Path, names: set[str]) -> None:
    for entry in home.iterdir():
        if entry.name in names or entry.name == RESTORING:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    (home / RESTORING).unlink(missing_ok=True)


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise BackupRefused(f"La sauvegarde {path} ne se lit pas : {system_reason(error)}.") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BackupRefused(f"La liste d’effacements {path} ne se lit pas : {system_reason(error)}.") from error
