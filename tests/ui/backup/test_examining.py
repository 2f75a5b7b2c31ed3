"""What a backup shows, and what it is refused for."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.ui.backup.installation import KEPT, SAID, SAID_BY_CAMILLE, Lost, public_of
from ui.backup.age import identities_of, new_identity, recipients_of, sealing
from ui.backup.archive import Packing
from ui.backup.examining import examine
from ui.backup.manifest import OPENING, Opening
from ui.errors import BackupDamaged, BackupIdentityWrong, BackupKeyInvalid, BackupLedgerWrong, BackupNewer


def test_a_backup_proves_its_ledger_by_itself(lost: Lost) -> None:
    found = examine(lost.made.path, identities_of(lost.identity))
    assert found.proven.records == found.manifest.ledger.size == lost.made.records
    assert found.proven.signed > 0
    assert not found.trusted
    keys = [key.vkey for key in found.keys]
    assert examine(lost.made.path, identities_of(lost.identity), keys).trusted


@pytest.mark.parametrize("place", [0.0, 0.001, 0.3, 0.6, 0.999], ids=str)
def test_a_changed_byte_is_seen(lost: Lost, tmp_path: Path, place: float) -> None:
    content = bytearray(lost.made.path.read_bytes())
    content[int(place * len(content))] ^= 1
    (tmp_path / "changed").write_bytes(content)
    with pytest.raises(BackupDamaged):
        examine(tmp_path / "changed", identities_of(lost.identity))


@pytest.mark.parametrize("cut", [lambda whole: whole[:-1], lambda whole: whole[: len(whole) // 2], lambda _: b""])
def test_a_cut_file_is_seen(lost: Lost, tmp_path: Path, cut: Callable[[bytes], bytes]) -> None:
    (tmp_path / "cut").write_bytes(cut(lost.made.path.read_bytes()))
    with pytest.raises(BackupDamaged):
        examine(tmp_path / "cut", identities_of(lost.identity))


def test_another_key_does_not_open_it(lost: Lost, tmp_path: Path) -> None:
    (tmp_path / "other").write_text(new_identity()[0])
    with pytest.raises(BackupIdentityWrong, match="un autre destinataire"):
        examine(lost.made.path, identities_of(tmp_path / "other"))


def test_a_ledger_that_was_rewritten_before_the_backup_fails_by_its_own_proof(lost: Lost) -> None:
    with pytest.raises(BackupLedgerWrong) as told:
        examine(lost.tampered.path, identities_of(lost.identity))
    assert told.value.index < lost.made.records


def test_nothing_of_it_is_readable_and_the_file_is_its_owners(lost: Lost) -> None:
    content = lost.made.path.read_bytes()
    for word in (KEPT, SAID, SAID_BY_CAMILLE, "Notes", "s-camille"):
        assert word.encode() not in content
    assert stat.S_IMODE(lost.made.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("changed", [{"format": 2}, {"format": 2, "more": True}], ids=str)
async def test_one_of_a_later_version_is_refused_with_its_name(tmp_path: Path, changed: dict[str, object]) -> None:
    path, identity = tmp_path / "later", tmp_path / "identity"
    identity.write_text(new_identity()[0])
    opening = Opening(version="9.9", made_at=datetime.now(UTC), migrations=[], postgres=16, records=0)
    written = opening.written().replace(b'"format": 1', f'"format": {changed["format"]}'.encode())
    async with sealing(path.with_name("partial"), recipients_of([public_of(identity)])) as sealed:
        packing = Packing(sealed)
        await packing.add(OPENING, written)
        await packing.close()
        await sealed.finish()
        path.with_name("partial").rename(path)
    with pytest.raises(BackupNewer, match=r"9\.9"):
        examine(path, identities_of(identity))


@pytest.mark.parametrize("text", ["", "age1pas-une-clé", "AGE-SECRET-KEY-1PAS"], ids=str)
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(BackupKeyInvalid):
        identities_of(tmp_path / "key")
    with pytest.raises(BackupKeyInvalid):
        recipients_of([text] if text.startswith("age1") else [])
