"""A backup is there whole or not at all."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ui.backup.installation import Lost
from ui.backup.age import identities_of, new_identity, opened, recipients_of, sealing
from ui.backup.archive import PART, Packing, parts
from ui.backup.making import _file, _require_space
from ui.errors import BackupUnwritable


async def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = os.write

    def full(file: Any, content: bytes) -> int:
        if file.tell() > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(file.fileno(), content)

    monkeypatch.setattr("ui.backup.age._write_once", full)

    async def write() -> None:
        async with sealing(tmp_path / "partial", recipients_of([new_identity()[1]])) as sealed:
            for _ in range(100):
                await sealed.write(bytes(100_000))
            await sealed.finish()

    with pytest.raises(BackupUnwritable, match="le disque est plein"):
        await write()
    assert os.listdir(tmp_path) == []


def test_too_little_room_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BackupUnwritable, match="Libérez de la place"):
        _require_space(tmp_path, shutil.disk_usage(tmp_path).free * 2)


def test_no_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    with pytest.raises(BackupUnwritable, match="existe déjà"):
        _file(tmp_path / "there")
    with pytest.raises(BackupUnwritable, match="n’existe pas"):
        _file(tmp_path / "nowhere" / "file")


def test_the_private_folder_is_gone(lost: Lost) -> None:
    assert not [path for path in lost.folder.iterdir() if path.name.endswith(".partial")]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(members=st.dictionaries(st.from_regex(r"home/[a-z]{1,120}(/[a-zé]{1,9})?", fullmatch=True), st.binary()))
async def test_what_goes_in_comes_out_in_its_order(tmp_path: Path, members: dict[str, bytes]) -> None:
    path, identity = tmp_path / "file", tmp_path / "identity"
    text, public = new_identity()
    identity.write_text(text)
    async with sealing(path, recipients_of([public])) as sealed:
        packing = Packing(sealed)
        for name, content in members.items():
            await packing.add(name, content)
        await packing.close()
        await sealed.finish()
        with opened(path, identities_of(identity)) as reader:
            assert [(part.name, part.whole()) for part in parts(reader)] == [*members.items()]


async def test_a_dump_is_cut_into_parts_and_put_together_again(tmp_path: Path) -> None:
    text, public = new_identity()
    (tmp_path / "identity").write_text(text)
    dump = os.urandom(PART + 12_345)

    async def pieces() -> Any:
        for start in range(0, len(dump), 1 << 20):
            yield dump[start : start + (1 << 20)]

    async with sealing(tmp_path / "file", recipients_of([public])) as sealed:
        packing = Packing(sealed)
        async for _ in packing.add_parts(pieces()):
            pass
        await packing.close()
        await sealed.finish()
        with opened(tmp_path / "file", identities_of(tmp_path / "identity")) as reader:
            found = [(part.name, part.whole()) for part in parts(reader)]
    assert [name for name, _ in found] == ["database/000000", "database/000001"]
    assert b"".join(content for _, content in found) == dump
