"""Exports prove what they hold to whoever has nothing of the product, and half an export says so."""

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from policies import Act, Checkpoints, Event, PostgresLedger, Purging, SigningKey, read_retention
from policies.audit.export import Exporting, Period
from policies.audit.export_span import Exported
from policies.audit.standalone import Verdict, verified
from policies.errors import ExportRefused
from tests.policies.audit.ledgers import SOMEBODY, SmallLedger
from ui.database import Pool
from ui.database_roles import as_owner

ALWAYS = Period(dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC))


@pytest.fixture
async def ledger(pool: Pool, tmp_path: Path) -> SmallLedger:
    ledger = SmallLedger(pool, tmp_path / "ailleurs")
    await ledger.grow(3, 8, 10)
    return ledger


async def exported(ledger: SmallLedger, path: Path, period: Period = ALWAYS) -> Exported:
    exporting = Exporting(ledger.pool, PostgresLedger(), ledger.checkpoints, lambda: [ledger.key.public])
    *_, last = [step async for step in exporting.export(SOMEBODY, period, path)]
    assert isinstance(last, Exported)
    return last


@pytest.fixture
async def archive(ledger: SmallLedger, tmp_path: Path) -> Path:
    return (await exported(ledger, tmp_path / "export.zip")).path


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same archive, after somebody changed its files."""
    with zipfile.ZipFile(archive) as old:
        files = {name: old.read(name) for name in old.namelist()}
    change(files)
    path = archive.with_name("autre.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in files.items():
            new.writestr(name, content)
    return path


def run_verifier(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The copy in the export, where nothing of the product can be imported."""
    command = [sys.executable, "-I", "verify.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603


def checked(path: Path, *keys: SigningKey) -> Verdict:
    return verified(path, [key.vkey for key in keys])


async def test_an_export_is_proven_by_its_own_verifier_on_another_machine(ledger: SmallLedger, tmp_path: Path) -> None:
    export = await exported(ledger, tmp_path / "export.zip")
    assert (export.records, export.first, export.last, export.size) == (21, 0, 20, 21)
    assert export.path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(export.path) as archive:
        archive.extractall(tmp_path / "autre machine")
    shutil.rmtree(ledger.folder)
    told = run_verifier(tmp_path / "autre machine", ".", "--key", ledger.key.vkey)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.endswith("✓ Prouvé.\n")
    assert "du n° 0 au n° 20" in told.stdout


async def test_an_export_is_recorded_before_it_is_there(ledger: SmallLedger, tmp_path: Path) -> None:
    export = await exported(ledger, tmp_path / "export.zip")
    async with ledger.pool.connection() as connection:
        *_, last = [record async for record in PostgresLedger().records(connection)]
    body = json.loads(last.body)
    assert body["act"] == "audit.exported"
    assert (body["details"]["records"], body["details"]["sha256"]) == (21, export.sha256)
    assert {path.name for path in os.scandir(tmp_path) if path.is_file()} == {"export.zip"}


async def test_what_is_there_is_not_overwritten_and_an_empty_period_is_refused(
    ledger: SmallLedger, archive: Path
) -> None:
    with pytest.raises(ExportRefused, match="existe déjà"):
        await exported(ledger, archive)
    with pytest.raises(ExportRefused, match="période"):
        await exported(ledger, archive.with_name("vide.zip"), Period(ALWAYS.since, ALWAYS.since))
    assert not list(archive.parent.glob("vide*"))


async def test_without_a_key_of_ones_own_nothing_is_proven(archive: Path) -> None:
    verdict = checked(archive)
    assert (verdict.wrong, verdict.trusted, verdict.status) == ("", False, 2)


def _changed(files: dict[str, bytes]) -> None:
    files["records.jsonl"] = files["records.jsonl"].replace(b'"documents":5', b'"documents":6', 1)


def _with_other_ends(files: dict[str, bytes]) -> None:
    files["records.jsonl"] = files["records.jsonl"].replace(b"\n", b"\r\n")


def _without_a_line(files: dict[str, bytes]) -> None:
    files["records.jsonl"] = b"\n".join(files["records.jsonl"].split(b"\n")[1:])


def _without_a_proof(files: dict[str, bytes]) -> None:
    lines = files["proofs.jsonl"].split(b"\n")
    files["proofs.jsonl"] = b"\n".join([*lines[:4], *lines[5:]])


def _cut(files: dict[str, bytes]) -> None:
    files["records.jsonl"] = files["records.jsonl"][:-10]


def _without_a_manifest(files: dict[str, bytes]) -> None:
    del files["manifest.json"]


def _without_a_file(files: dict[str, bytes]) -> None:
    del files["rotations.jsonl"]


def _with_another_readme(files: dict[str, bytes]) -> None:
    files["LISEZMOI.txt"] += b"Faites confiance.\n"


def _with_a_path(files: dict[str, bytes]) -> None:
    files["../../etc/cron.d/x"] = b"x\n"


def _with_a_bomb(files: dict[str, bytes]) -> None:
    files["LISEZMOI.txt"] = b"x\n" * 20_000_000


def _with_one_long_line(files: dict[str, bytes]) -> None:
    files["previous.jsonl"] = bytes(40 << 20)


def _with_another_signature(files: dict[str, bytes]) -> None:
    files["checkpoint.note"] = files["checkpoint.note"].replace(b"\n21\n", b"\n22\n")


def _with_rubbish(files: dict[str, bytes]) -> None:
    files["proofs.jsonl"] = b"\xff\xfe\n" + files["proofs.jsonl"]


TOUCHED: list[tuple[Callable[[dict[str, bytes]], None], str, int | None]] = [
    (_changed, "L’enregistrement 8 a été modifié", 8),
    (_with_other_ends, "CRLF", 0),
    (_without_a_line, "L’enregistrement 0 a été modifié", 0),
    (_without_a_proof, "L’enregistrement 4 manque", 4),
    (_cut, "inachevé", None),
    (_without_a_manifest, "inachevé", None),
    (_without_a_file, "incomplet", None),
    (_with_another_readme, "LISEZMOI.txt", None),
    (_with_a_path, "cron.d", None),
    (_with_a_bomb, "sans mesure", None),
    (_with_one_long_line, "sans mesure", None),
    (_with_another_signature, "signature", None),
    (_with_rubbish, "mal formé", None),
]


async def test_an_export_that_was_touched_says_what_is_wrong(ledger: SmallLedger, archive: Path) -> None:
    for change, said, index in TOUCHED:
        verdict = checked(rewritten(archive, change), ledger.key)
        assert (verdict.status, verdict.wrong_index) == (1, index), change
        assert said in verdict.wrong, change


def _with_a_record_called_purged(files: dict[str, bytes]) -> None:
    files["records.jsonl"] = b"".join(files["records.jsonl"].splitlines(keepends=True)[1:])
    files["proofs.jsonl"] = files["proofs.jsonl"].replace(b"{", b'{"purged": true, ', 1)


def _with_other_records(files: dict[str, bytes]) -> None:
    files["records.cef"] = b"CEF:0|assistant|assistant|1|\n"


def _with_a_rotation_of_nothing(files: dict[str, bytes]) -> None:
    files["rotations.jsonl"] = b'{"body":"{\\"details\\":[]}","index":"x"}\n'


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_with_a_record_called_purged, "mais le registre ne le dit pas"),
        (_with_other_records, "records.cef"),
        (_with_a_rotation_of_nothing, "mal formé"),
    ],
)
async def test_a_manifest_that_was_made_anew_hides_no_change(
    ledger: SmallLedger, archive: Path, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    def changed(files: dict[str, bytes]) -> None:
        change(files)
        told = json.loads(files.pop("manifest.json"))
        told["files"] = {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        }
        files["manifest.json"] = json.dumps(told).encode() + b"\n"

    verdict = checked(rewritten(archive, changed), ledger.key)
    assert verdict.status == 1
    assert said in verdict.wrong


async def test_what_the_register_says_was_purged_may_lack(pool: Pool, tmp_path: Path) -> None:
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=400)
    ledger = SmallLedger(pool, tmp_path / "ailleurs")
    ledger.checkpoints = Checkpoints(pool, [ledger.key], clock=lambda: long_ago)
    async with pool.connection() as connection:
        await PostgresLedger().append(connection, Event(Act.GROUPS_LISTED, SOMEBODY))  # its time is to stay
        for number in range(6):
            event = Event(Act.QUARANTINE_LISTED, SOMEBODY, {"documents": number})
            await PostgresLedger(lambda: long_ago).append(connection, event)
    await ledger.grow(0)
    owner = partial(as_owner, pool)
    assert await Purging(pool, owner, PostgresLedger(), read_retention(), SOMEBODY, batch=4).records() == 6
    ledger.checkpoints = Checkpoints(pool, [ledger.key])
    verdict = checked((await exported(ledger, tmp_path / "export.zip")).path, ledger.key)
    assert (verdict.wrong, verdict.status, verdict.records, verdict.purged) == ("", 0, 3, 6)


async def test_who_knows_the_last_key_alone_can_read_an_export(ledger: SmallLedger, tmp_path: Path) -> None:
    new = SigningKey.generated(ledger.key.name)
    ledger.checkpoints = Checkpoints(ledger.pool, [new], trusted=[ledger.key.public])
    await ledger.grow(1)
    export = await exported(ledger, tmp_path / "export.zip")
    verdict = checked(export.path, new)
    assert (verdict.wrong, verdict.status, verdict.previous) == ("", 0, 0)


async def test_half_a_copied_archive_says_so(ledger: SmallLedger, archive: Path) -> None:
    for size in (12_000, 6_000, 100, 0):
        os.truncate(archive, size)
        verdict = checked(archive, ledger.key)
        assert verdict.status == 1
        assert "inachevée" in verdict.wrong or "archive zip" in verdict.wrong


async def test_a_key_that_is_not_ours_proves_nothing(archive: Path) -> None:
    assert "Aucune clé de confiance" in checked(archive, SigningKey.generated("registre/essai")).wrong
    assert "n’est pas une clé" in verified(archive, ["registre+00000000+AAAA"]).wrong
