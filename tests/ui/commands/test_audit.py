"""`assistant audit`, on a real socket, with a ledger of its own."""

import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from policies import Act, Event, PostgresLedger, Principal
from tests.ui.commands.running import Run, runner, serving
from ui.auditing import open_auditing
from ui.commands.audit import audit
from ui.control.audit import audit_router
from ui.database import DatabaseSettings, Pool
from ui.database_roles import as_owner
from ui.settings import Settings


@pytest.fixture
async def home(tmp_path: Path, pool: Pool, postgres: DatabaseSettings, agent: Principal) -> AsyncIterator[Path]:
    """The data folder of a server whose ledger has five records."""
    home = tmp_path / "home"
    home.mkdir()
    async with pool.connection() as connection:
        for documents in range(5):
            event = Event(Act.QUARANTINE_LISTED, agent, {"documents": documents}, {"note": "secret"})
            await PostgresLedger().append(connection, event)
    async with open_auditing(Settings(home=home, postgres=postgres.url), pool, PostgresLedger()) as auditing:
        await auditing.watch.turn()
        async with serving(home, audit_router(auditing)):
            yield home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Commands as a script gives them, beside the server; `capfd` hears the stand-alone verifier, too."""
    return runner(home, monkeypatch, capfd)


async def act_of_last(pool: Pool) -> str:
    async with pool.connection() as connection:
        row = await (
            await connection.execute(
                "select convert_from(body, 'UTF8')::json ->> 'act' from ledger_record order by index desc limit 1"
            )
        ).fetchone()
    return str(row[0]) if row else ""


async def test_a_verification_says_what_was_looked_at_and_is_recorded(run: Run, home: Path, pool: Pool) -> None:
    shown = await run(audit, "verify")
    assert shown.code == 0
    assert shown.out.startswith("✓ 5 enregistrements, du ")
    assert "Points de contrôle : 1, qui signent les 5 premiers\n" in shown.out
    assert f"Comparé à {home / 'audit' / 'checkpoints'} : 1 point de contrôle\n" in shown.out
    assert await act_of_last(pool) == "audit.verified"
    assert "Pas encore signés : 1" in (await run(audit, "verify")).out


async def test_the_first_damage_is_named_and_fails_the_command(run: Run, pool: Pool) -> None:
    async with as_owner(pool) as owner:
        await owner.execute("set session_replication_role = replica")
        await owner.execute("update ledger_record set body = body || ' '::bytea where index = 3")
    shown = await run(audit, "verify")
    assert shown.code == 1
    assert shown.out.startswith("✗ L’enregistrement 3 a été modifié")
    verified = (await run(audit, "verify", "--json")).json
    assert (verified["holds"], verified["finding"]["kind"], verified["finding"]["index"]) == (
        False,
        "record-changed",
        3,
    )


async def test_a_key_that_is_not_ours_and_one_that_is_none_are_told_apart(run: Run) -> None:
    other = "registre/1+" + "0" * 8 + "+AAAA"
    assert "clé" in (await run(audit, "verify", "--key", other)).err
    foreign = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    shown = await run(audit, "verify", "--key", foreign)
    assert (shown.code, "aucune des clés" in shown.out) == (1, True)


async def test_an_export_is_written_recorded_and_checked(run: Run, tmp_path: Path, pool: Pool) -> None:
    path = tmp_path / "export.zip"
    shown = await run(audit, "export", "--from", "2020-01-01", "--to", "2100-01-01", "--out", path)
    assert shown.code == 0, shown.err
    assert shown.out.startswith(f"5 enregistrements, du n° 0 au n° 4 : {path}\n  SHA-256 : ")
    assert await act_of_last(pool) == "audit.exported"
    checked = await run(audit, "check", path)
    assert (checked.code, checked.out.endswith("✓ Prouvé.\n")) == (0, True)
    foreign = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert (await run(audit, "check", path, "--key", foreign)).code == 1
    with zipfile.ZipFile(path) as archive:
        assert b"secret" not in b"".join(map(archive.read, archive.namelist()))


@pytest.mark.parametrize("form", ["ecs", "ocsf", "cef", "syslog"])
async def test_another_format_hides_who_it_was_and_keeps_its_proofs(run: Run, tmp_path: Path, form: str) -> None:
    path = tmp_path / "export.zip"
    period = ("--from", "2020-01-01", "--to", "2100-01-01")
    assert (await run(audit, "export", *period, "--out", path, "--format", form)).code == 0
    checked = await run(audit, "check", path, "--json")
    assert (checked.code, checked.json["format"], checked.json["records"]) == (0, form, 5)
    with zipfile.ZipFile(path) as archive:
        written = archive.read(f"records.{form}").decode()
    assert written.count("\n") == 5
    assert "s-agent" not in written


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2026-02-30", "2026-03-01", "n’est pas un jour"),
        ("2026-03-02", "2026-03-01", "vient avant"),
        ("2001-01-01", "2001-02-01", "aucun enregistrement dans cette période"),
    ],
)
async def test_a_wrong_period_is_one_clear_line(run: Run, tmp_path: Path, since: str, until: str, said: str) -> None:
    path = tmp_path / "export.zip"
    shown = await run(audit, "export", "--from", since, "--to", until, "--out", path)
    assert shown.code != 0
    assert (said in shown.err, shown.err.count("\n")) == (True, 1)
    assert not path.exists()


async def test_a_file_that_is_no_export_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Des notes.")
    assert "n’est pas une archive" in (await run(audit, "check", tmp_path / "notes.txt")).out
    assert "n’existe pas" in (await run(audit, "check", tmp_path / "rien.zip")).out


async def test_a_checkpoint_is_signed_shown_and_sent_now(run: Run, home: Path) -> None:
    await run(audit, "verify")  # which is a record
    note = (await run(audit, "checkpoint")).out
    assert note.split("\n")[1] == "6"
    (sent,) = (home / "audit" / "checkpoints").glob("*/*/*/*6.note")
    assert sent.read_text() == note


async def test_the_key_is_changed_and_the_old_one_still_proves(run: Run) -> None:
    (old,) = (await run(audit, "keys", "--json")).json["keys"]
    new = (await run(audit, "rotate-key", "--json")).json["key"]
    assert (await run(audit, "keys")).out == f"{old}\n{new}\n"
    assert (await run(audit, "verify", "--key", old)).code == 0
    assert "n’est pas perdue" in (await run(audit, "rotate-key", "--lost", "--json")).error
