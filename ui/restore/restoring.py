"""Restoring a backup on an empty machine.

Invariants:
1. Nothing is written before the whole backup was read and its ledger proven (`examining`).
2. What fails takes away what it wrote into the data folder; a process that is killed leaves a mark there, and no server
   starts on what is not whole (`ui.home`).
3. The ledger goes on, and what was erased since the backup was made is erased again before anybody can find it
   (`continuing`).
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from psycopg import AsyncConnection

from policies import Principal
from policies.audit.finding import Progress
from ui.adapters import database_settings
from ui.auditing import audit_keys
from ui.backup.age import identities_of
from ui.backup.archive import HOME
from ui.backup.examining import Examined, examine
from ui.database import open_server
from ui.errors import BackupNewer, BackupRefused, DatabaseUnavailable
from ui.french import system_reason
from ui.home import RESTORING, own
from ui.migrations import migrate, scripts
from ui.restore import queries
from ui.restore.continuing import Origin, Restored, finish, go_on
from ui.restore.unpacking import Targets, unpack
from ui.settings import Settings

# What may lie in the data folder before: settings, models of the bundle, and what a command itself makes.
_MAY_BE_THERE = frozenset({"assistant.toml", "models", "lock", RESTORING})


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
        origin = _origin(examined)
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
                continued = await go_on(settings, principal, origin, owner, more)
            restored = await finish(settings, principal, origin, continued, [*examined.manifest.models])
        yield restored


def _origin(examined: Examined) -> Origin:
    manifest = examined.manifest
    return Origin(
        size=manifest.ledger.size,
        note=manifest.ledger.note,
        made_at=examined.opening.made_at.isoformat(),
        documents=manifest.documents,
        blobs=manifest.originals.count,
        missing=len(manifest.originals.missing),
        keys=examined.keys,
    )


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
