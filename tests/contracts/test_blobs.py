"""What every `BlobStore` does, on each implementation."""

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.blobs import A_DAY, NEW, BlobSettings, BlobStore, open_blobs
from ingestion.errors import BlobMissing, BlobsUnavailable, DiskFull


@pytest.fixture(params=["folder"])
async def blobs(tmp_path: Path) -> AsyncIterator[BlobStore]:
    async with open_blobs(BlobSettings(tmp_path / "blobs")) as blobs:
        yield blobs


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def kept(blobs: BlobStore, older_than: float = 0) -> set[str]:
    return {name async for name in blobs.names(older_than)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(content=st.lists(st.binary()))
async def test_what_was_put_can_be_read_under_its_hash(blobs: BlobStore, content: list[bytes]) -> None:
    name = await blobs.put(pieces(*content))
    assert name == hashlib.sha256(b"".join(content)).hexdigest()
    async with blobs.open(name) as path:
        assert path.read_bytes() == b"".join(content)


async def test_the_same_content_is_kept_once(blobs: BlobStore) -> None:
    names = await asyncio.gather(*(blobs.put(pieces(b"a", b"b")) for _ in range(5)))
    assert await kept(blobs) == set(names) == {hashlib.sha256(b"ab").hexdigest()}


async def test_a_deleted_blob_is_gone_and_may_be_deleted_again(blobs: BlobStore) -> None:
    name = await blobs.put(pieces(b"a"))
    for _ in range(2):
        await blobs.delete(name)
        with pytest.raises(BlobMissing, match="versez à nouveau"):
            async with blobs.open(name):
                pass


async def test_content_that_breaks_off_leaves_nothing(blobs: BlobStore) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"a"
        raise ValueError("broken off")

    with pytest.raises(ValueError, match="broken off"):
        await blobs.put(broken())
    assert await kept(blobs) == set()


async def test_what_was_put_again_of_late_is_not_old(blobs: BlobStore) -> None:
    old, fresh = await blobs.put(pieces(b"old")), await blobs.put(pieces(b"fresh"))
    for name in (old, fresh):
        async with blobs.open(name) as path:
            os.utime(path, (0, 0))
    await blobs.put(pieces(b"fresh"))
    assert await kept(blobs, A_DAY) == {old}
    assert await kept(blobs) == {old, fresh}


async def test_what_a_dead_process_was_writing_is_swept_once_it_is_old(tmp_path: Path) -> None:
    folder = tmp_path / "blobs" / NEW
    folder.mkdir(parents=True)
    (folder / "old").touch()
    (folder / "young").touch()
    os.utime(folder / "old", (0, 0))
    async with open_blobs(BlobSettings(tmp_path / "blobs")) as blobs:
        assert [left.name for left in folder.iterdir()] == ["young"]
        assert await kept(blobs) == set()


@pytest.mark.parametrize("call", ["open", "write", "fsync", "rename"])
async def test_a_full_disk_is_named_at_each_write_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    async with open_blobs(BlobSettings(tmp_path / "blobs")) as blobs:
        with monkeypatch.context() as full:
            full.setattr(Path if call == "rename" else os, call, _no_space)
            with pytest.raises(DiskFull):
                await blobs.put(pieces(b"content"))
        assert await kept(blobs) == set()
        assert list((tmp_path / "blobs" / NEW).iterdir()) == []
        await blobs.put(pieces(b"content"))
        assert len(await kept(blobs)) == 1


async def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "blobs").touch()
    with pytest.raises(BlobsUnavailable):
        async with open_blobs(BlobSettings(tmp_path / "blobs")):
            pass


def _no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
