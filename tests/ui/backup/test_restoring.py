"""A backup that was made under load, restored after much was erased: all agrees, nothing erased is found anywhere."""

import asyncio
import hashlib
import os
import subprocess
from pathlib import Path

import psycopg
import pytest

from policies import Act
from policies.audit.finding import Verified
from policies.audit.folder_place import FolderPlace
from retrieval.embedding import contextualise
from tests.ui.backup.installation import (
    ATTACHED,
    BINNED,
    CAMILLE,
    FILES,
    KEEPER,
    KEPT,
    PURGED,
    REMOVED,
    SAID,
    SAID_BY_CAMILLE,
    Lost,
    database,
    put,
    restored,
)
from ui.backup.dump import tool
from ui.database import DatabaseSettings
from ui.errors import BackupRefused, HomeUnusable
from ui.home import RESTORING, own
from ui.opening import open_services
from ui.restore.continuing import Restored, _reachable
from ui.restore.recovering import recover
from ui.restore.restoring import restore
from ui.services import Services
from ui.settings import Settings

Again = tuple[Settings, Restored]


def test_the_ledger_goes_on_and_verifies_and_tells_what_was_lost(lost: Lost, again: Again) -> None:
    _, told = again
    assert told.verified.finding is None
    assert told.records == lost.made.records
    assert told.lost == lost.records_at_loss - lost.made.records > 0
    assert told.verified.lost == ((lost.made.records, lost.records_at_loss),)
    assert told.places == [str(lost.folder / "places")]


def test_what_was_lost_is_said_by_the_record_right_after_it(lost: Lost, again: Again) -> None:
    settings, _ = again
    with psycopg.connect(settings.postgres) as connection:
        row = connection.execute(
            "select convert_from(body, 'UTF8')::jsonb from ledger_record where index = %s", [lost.records_at_loss]
        ).fetchone()
    assert row is not None
    assert row[0]["act"] == Act.BACKUP_RESTORED
    assert (row[0]["details"]["from"], row[0]["details"]["to"]) == (lost.made.records, lost.records_at_loss)


def test_nothing_that_was_erased_is_in_the_database(again: Again) -> None:
    settings, _ = again
    dump = subprocess.run(  # noqa: S603 - a program of PostgreSQL's
        [tool("pg_dump", 16), "--data-only", f"--dbname={settings.postgres}"], capture_output=True, check=True
    ).stdout
    assert KEPT.encode() in dump
    bodies = b"\n".join(line for line in dump.split(b"\n") if b"7b22" not in line)  # records name documents
    for word in (REMOVED, PURGED, SAID, SAID_BY_CAMILLE, ATTACHED):
        assert word.encode() not in dump, word
        assert word.encode().hex().encode() not in bodies, word


def test_nothing_that_was_erased_is_among_originals_points_and_vectors(lost: Lost, again: Again) -> None:
    settings, _ = again
    blobs = {path.name for path in (settings.home / "blobs").rglob("*") if path.is_file()}
    for word in (REMOVED, PURGED):
        assert hashlib.sha256((lost.folder / FILES[word]).read_bytes()).hexdigest() not in blobs
    assert hashlib.sha256((lost.folder / "joint.txt").read_bytes()).hexdigest() not in blobs
    files = b"".join(path.read_bytes() for path in (settings.home / "index").rglob("*") if path.is_file())
    assert KEPT.encode() in files

    async def look() -> None:
        async with open_services(settings) as services:
            stored = {one.document_id async for one in services.index.stored()}
            assert not {str(lost.folder / FILES[word]) for word in (REMOVED, PURGED)} & stored
            ((collection, _),) = await services.collections.readable(KEEPER)
            points = await services.index.points(collection.id, str(lost.folder / FILES[KEPT]))
            assert points
            texts = {contextualise(one.metadata.title, one.chunk) for one in points}
            await _every_document_is_found(services)
        with psycopg.connect(settings.postgres) as connection:
            keys = {bytes(key) for (key,) in connection.execute("select key from embedding")}
        assert {hashlib.sha256(text.encode()).digest() for text in texts} <= keys
        for word in (REMOVED, PURGED):
            told = [text.replace(KEPT, word).replace("un", Path(FILES[word]).stem, 1) for text in texts]
            assert not {hashlib.sha256(text.encode()).digest() for text in told} & keys

    asyncio.run(look())


async def _every_document_is_found(services: Services) -> None:
    findings = await services.agreement.check(KEEPER)
    assert findings.agree
    found = {one.document_id for one in (await services.search.search(KEEPER, "congés charge", limit=50)).passages}
    async with services.pool.connection() as connection:
        rows = await (
            await connection.execute("""
                select document.id from document join collection on collection.id = collection_id
                where state = 'indexed' and name_key is not null
            """)
        ).fetchall()
    assert {name for (name,) in rows} <= found
    assert (await services.search.search(KEEPER, KEPT)).passages[0].document_id.endswith(FILES[KEPT])
    async for step in services.auditing.verification.run(KEEPER):
        if isinstance(step, Verified):
            assert step.finding is None


def test_a_collection_that_was_deleted_is_in_the_bin_again(lost: Lost, again: Again) -> None:
    settings, told = again
    with psycopg.connect(settings.postgres) as connection:
        rows = connection.execute("select name, deleted_at is null from collection").fetchall()
    assert dict(rows) == {"Notes": True, "Brouillons": False}
    assert told.erased["people"] == 1
    assert told.erased["collections"] == 2
    assert (lost.folder / FILES[BINNED]).exists()


def test_who_was_erased_has_nothing_there(again: Again) -> None:
    settings, _ = again
    with psycopg.connect(settings.postgres) as connection:
        row = connection.execute("select count(*) from conversation where owner = %s", [CAMILLE.subject]).fetchone()
    assert row == (0,)


async def test_a_data_folder_that_is_not_empty_is_left_alone(lost: Lost, tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"x")
    with pytest.raises(BackupRefused, match=r"secret\.key"):
        async for _ in restore(lost.settings.replaced(home=tmp_path), KEEPER, lost.made.path, lost.identity):
            pass
    assert os.listdir(tmp_path) == ["secret.key"]


async def test_a_database_that_is_not_empty_is_left_alone(
    lost: Lost, tmp_path: Path, postgres: DatabaseSettings
) -> None:
    settings = lost.settings.replaced(home=tmp_path / "home", postgres=postgres.url)
    with pytest.raises(BackupRefused, match="base de données n’est pas vide"):
        async for _ in restore(settings, KEEPER, lost.made.path, lost.identity):
            pass
    assert os.listdir(tmp_path / "home") == ["lock"]


async def test_a_restore_that_fails_takes_away_what_it_wrote(
    lost: Lost, tmp_path: Path, postgres: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise BackupRefused("essai")

    monkeypatch.setattr("ui.restore.restoring.go_on", fail)
    with database(postgres.url, "failed") as url, pytest.raises(BackupRefused, match="essai"):
        await restored(lost, tmp_path / "home", url)
    assert os.listdir(tmp_path / "home") == ["lock"]


def test_no_server_starts_on_what_is_not_wholly_restored(tmp_path: Path) -> None:
    (tmp_path / RESTORING).touch()
    with pytest.raises(HomeUnusable, match="terme"), own(tmp_path):
        pass
    with own(tmp_path, restoring=True):
        pass


async def test_after_a_recovery_by_postgresql_itself_the_ledger_goes_on_too(
    tmp_path: Path, postgres: DatabaseSettings
) -> None:
    """Its database is set back to an earlier moment; the data folder is still there, and knows better."""
    with database(postgres.url, "recovered") as url, database(postgres.url, "moment") as moment:
        given = Settings(home=tmp_path / "home", postgres=url, checkpoints=(str(tmp_path / "places"),))
        async with open_services(given) as services:
            await services.collections.create(KEEPER, "Notes", "", owner="", readers=frozenset())
            await put(services, tmp_path, "Notes", "un.txt", f"La note parle de {KEPT}.")
            await asyncio.to_thread(copied, url, moment)
            await services.documents.remove(KEEPER, "Notes", [str(tmp_path / "un.txt")])
        told = await recover(given.replaced(postgres=moment), KEEPER)
    assert told.verified.finding is None
    assert told.lost > 0
    assert told.erased["documents"] == 1
    assert told.documents == 0


def copied(url: str, moment: str) -> None:
    """The database as it is now, in another one that is empty."""
    dump = subprocess.run(  # noqa: S603 - a program of PostgreSQL's
        [tool("pg_dump", 16), "--format=custom", f"--dbname={url}"], capture_output=True, check=True
    ).stdout
    subprocess.run([tool("pg_restore", 16), f"--dbname={moment}"], input=dump, check=True)  # noqa: S603 - the same


async def test_a_place_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    there, away = await _reachable([FolderPlace(tmp_path / "there"), FolderPlace(tmp_path / "file")])
    assert [place.label for place in there] == [str(tmp_path / "there")]
    assert away == [str(tmp_path / "file")]
