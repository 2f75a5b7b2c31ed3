"""How a database becomes that of this version, while others work with it, and where it cannot."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo

from ui import migrations
from ui.database import DatabaseSettings, open_database, open_pool
from ui.errors import DatabaseNewer, DatabaseNotMigrated, DatabaseUnavailable
from ui.migrations import FOLDER, migrate, pending, scripts

# Before this one, a version was stopped to be followed by the next.
FIRST_THAT_ONLY_ADDS = "0046"

TAKES_AWAY = re.compile(
    rb"\b(drop\s+(table|column|function|view|type|constraint)|rename\s+(to|column)|alter\s+column\s+\w+\s+(type|set\s+not)"
    rb"|add\s+column\s+\w+\s+[^,;]*not\s+null(?![^,;]*default)|truncate|revoke)\b",
    re.IGNORECASE,
)

# As the version before does it, which knows nothing of what a later script adds.
INSERT = """
insert into collection (id, name, name_key, description, owner, readers)
values (gen_random_uuid(), 'RH', 'rh', '', '/DGS', '{}')
"""


@pytest.fixture
async def empty(postgres: DatabaseSettings) -> AsyncIterator[DatabaseSettings]:
    """A database of its own, without tables."""
    async with await AsyncConnection.connect(postgres.url, autocommit=True) as connection:
        await connection.execute("drop database if exists migrated with (force)")
        await connection.execute("create database migrated")
        yield replace(postgres, url=make_conninfo(postgres.url, dbname="migrated"))
        await connection.execute("drop database migrated with (force)")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The product's scripts, to which a test adds those of a version to come."""
    copied = tmp_path / "migrations"
    shutil.copytree(FOLDER, copied)
    monkeypatch.setattr(migrations, "FOLDER", copied)
    return copied


async def rows(url: str, query: str) -> list[Any]:
    async with await AsyncConnection.connect(url) as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def test_everything_is_applied_once_and_in_order(empty: DatabaseSettings) -> None:
    expected = [name for script in scripts(set()) for name in script.names]
    assert await pending(empty.url) == expected
    assert await migrate(empty.url, empty.url) == expected
    assert await migrate(empty.url, empty.url) == []
    assert await pending(empty.url) == []
    assert [name for name in expected if name[0] == "0"] == sorted(file.name for file in FOLDER.glob("*.sql"))


async def test_of_two_that_begin_at_once_one_applies_everything(empty: DatabaseSettings) -> None:
    both = await asyncio.gather(migrate(empty.url, empty.url), migrate(empty.url, empty.url))
    assert sorted(len(one) for one in both) == [0, len([name for script in scripts(set()) for name in script.names])]


async def test_a_script_that_fails_leaves_nothing_behind_and_is_applied_once_it_is_mended(
    empty: DatabaseSettings, folder: Path
) -> None:
    script = folder / "9000_broken.sql"
    script.write_text("create table half (id int); insert into half values ('x');")
    with pytest.raises(psycopg.Error):
        await migrate(empty.url, empty.url)
    assert await rows(empty.url, "select to_regclass('half') is null") == [(True,)]
    script.write_text("create table half (id int);")
    assert await migrate(empty.url, empty.url) == [script.name]


async def test_processes_of_the_version_before_go_on_through_it(empty: DatabaseSettings, folder: Path) -> None:
    async with open_database(empty) as before, before.connection() as at_work:
        (folder / "9000_more.sql").write_text("alter table collection add column later text not null default '';")
        assert await migrate(empty.url, empty.url) == ["9000_more.sql"]
        await at_work.execute(INSERT)
    # So does one that starts only now: the version before knows nothing of that script.
    (folder / "9000_more.sql").unlink()
    async with open_database(empty) as again, again.connection() as connection:
        assert await (await connection.execute("select name from collection")).fetchall() == [("RH",)]


async def test_what_cannot_be_done_beside_others_is_refused_while_they_work_and_keeps_older_versions_out(
    empty: DatabaseSettings, folder: Path
) -> None:
    await migrate(empty.url, empty.url)
    script = folder / "9000_alone.sql"
    script.write_text("-- alone\nalter table collection drop column description;")
    async with open_pool(empty.url, 2) as pool, pool.connection():
        with pytest.raises(DatabaseUnavailable, match="assistant serve"):
            await migrate(empty.url, empty.url)
        assert await pending(empty.url) == [script.name]
    assert await migrate(empty.url, empty.url) == [script.name]
    script.unlink()
    with pytest.raises(DatabaseNewer, match=r"9000_alone\.sql"):
        async with open_database(empty):
            pass


async def test_a_table_that_others_hold_is_waited_for_and_given_up_clearly(
    empty: DatabaseSettings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(empty.url, empty.url)
    (folder / "9000_more.sql").write_text("alter table collection add column later text;")
    monkeypatch.setattr(migrations, "LOCK_S", 0.05)
    monkeypatch.setattr(migrations, "PAUSE_S", 0)
    async with await AsyncConnection.connect(empty.url) as holding:
        await holding.execute("lock table collection in access share mode")
        monkeypatch.setattr(migrations, "TRIES", 2)
        with pytest.raises(DatabaseUnavailable, match=r"9000_more\.sql"):
            await migrate(empty.url, empty.url)
        monkeypatch.setattr(migrations, "TRIES", 10_000)
        migrating = asyncio.create_task(migrate(empty.url, empty.url))
        # Whoever reads is not kept waiting behind it.
        assert await rows(empty.url, "select count(*) from collection") == [(0,)]
        await holding.rollback()
        assert await migrating == ["9000_more.sql"]


async def test_the_application_alone_starts_where_nothing_is_pending_and_is_told_who_can_where_something_is(
    empty: DatabaseSettings, folder: Path
) -> None:
    application = make_conninfo(empty.url, user="courant")
    async with await AsyncConnection.connect(empty.url, autocommit=True) as superuser:
        await superuser.execute("create role courant login")
        try:
            with pytest.raises(DatabaseNotMigrated, match="ASSISTANT_POSTGRES_OWNER_FILE"):
                await migrate(application, application)
            await migrate(empty.url, application)
            async with open_database(replace(empty, url=application)) as pool, pool.connection() as connection:
                await connection.execute("select count(*) from collection")
            (folder / "9000_more.sql").write_text("alter table collection add column later text;")
            with pytest.raises(DatabaseNotMigrated):
                await migrate(application, application)
        finally:
            await superuser.execute("drop owned by courant cascade; drop role courant")


def test_scripts_only_add_unless_they_say_that_they_go_alone() -> None:
    later = [file for file in sorted(FOLDER.glob("*.sql")) if file.name >= FIRST_THAT_ONLY_ADDS]
    for file in later:
        sql = file.read_bytes()
        assert sql.startswith(migrations.ALONE) or not TAKES_AWAY.search(sql), file.name
    for taking in (
        b"drop table a",
        b"alter table a drop column b",
        b"alter table a rename to b",
        b"alter column a type x",
    ):
        assert TAKES_AWAY.search(taking)
    assert TAKES_AWAY.search(b"alter table a add column b text not null")
    assert not TAKES_AWAY.search(b"alter table a add column b text not null default ''")
