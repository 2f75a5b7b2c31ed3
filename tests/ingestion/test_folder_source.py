"""A folder as a source: what is left out, what is refused, what is noticed."""

import os
from pathlib import Path

import pytest

from ingestion.sources.errors import EntryGone, EntryRefused, SourceRefused, SourceUnreachable
from ingestion.sources.folder import FolderSettings, open_folder

needs_permissions = pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")


async def keys(folder: Path) -> set[str]:
    async with open_folder(FolderSettings(folder)) as source:
        return {entry.key async for entry in source.entries()}


async def read(folder: Path, key: str) -> bytes:
    async with open_folder(FolderSettings(folder)) as source:
        return b"".join([piece async for piece in source.read(key)])


async def test_links_are_not_followed_and_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "ailleurs").mkdir()
    (tmp_path / "ailleurs" / "secret.txt").write_text("Secret.")
    folder = tmp_path / "partage"
    folder.mkdir()
    (folder / "a.txt").write_text("A.")
    (folder / "lien.txt").symlink_to(tmp_path / "ailleurs" / "secret.txt")
    (folder / "lien").symlink_to(tmp_path / "ailleurs")
    os.mkfifo(folder / "tube.txt")
    assert await keys(folder) == {"a.txt"}
    for key in ("lien.txt", "lien/secret.txt", "tube.txt", "../ailleurs/secret.txt", "/etc/hostname", "."):
        with pytest.raises(EntryGone):
            await read(folder, key)


async def test_a_name_that_is_no_utf_8_has_a_key_that_is(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"d\xe9cision.txt")).write_text("Vieux nom.")
    (key,) = await keys(tmp_path)
    assert key == "d\uf7e9cision.txt"
    assert await read(tmp_path, key) == b"Vieux nom."


async def test_a_folder_that_is_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "vrai").mkdir()
    (tmp_path / "vrai" / "a.txt").write_text("A.")
    (tmp_path / "lien").symlink_to(tmp_path / "vrai")
    assert await keys(tmp_path / "lien") == {"a.txt"}
    assert await read(tmp_path / "lien", "a.txt") == b"A."


async def test_a_folder_that_is_not_there_is_no_empty_one(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreachable, match="partage"):
        await keys(tmp_path / "partage")


@needs_permissions
async def test_a_closed_folder_below_stops_the_listing_and_a_closed_file_its_own_reading(tmp_path: Path) -> None:
    (tmp_path / "fermé.txt").touch(mode=0)
    with pytest.raises(EntryRefused):
        await read(tmp_path, "fermé.txt")
    (tmp_path / "fermé").mkdir(mode=0)
    with pytest.raises(SourceRefused, match="fermé"):
        await keys(tmp_path)


async def test_a_file_changed_moments_ago_is_to_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Avant.")
    told = path.stat()
    async with open_folder(FolderSettings(tmp_path)) as source:
        (before,) = [entry async for entry in source.entries()]
        path.write_text("Après.")  # as long, and within the grain of a coarse clock
        os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
        (after,) = [entry async for entry in source.entries()]
    assert after.fingerprint != before.fingerprint
