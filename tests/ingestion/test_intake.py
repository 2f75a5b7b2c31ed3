"""From paths to things to import."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.errors import BrokenLine, FileUnreadable, FormatUnknown, PathNotFound, TooLarge
from ingestion.intake import FileIntake, IntakeLimits, Selection, select

Write = Callable[[str, str], Path]


def ids(selection: Selection) -> list[str]:
    return [item.id for item in selection.items()]


def test_a_folder_gives_its_files_in_order_and_says_what_it_skips(write: Write) -> None:
    write("b.txt", "b")
    write("a/z.MD", "z")
    write("a/y.html", "y")
    write(".cache/x.txt", "x")
    write(".hidden.txt", "x")
    unknown = write("photo.jpg", "x")
    folder = unknown.parent
    selection = select([folder], base=folder)
    assert ids(selection) == ["b.txt", "a/y.html", "a/z.MD"]
    assert selection.total == 3
    assert selection.skipped == ((str(unknown), "Ce format n’est pas pris en charge."),)


def test_without_a_base_a_file_is_known_by_its_absolute_path(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("note.txt", "texte")
    monkeypatch.chdir(path.parent)
    assert ids(select([Path("note.txt")])) == [path.resolve().as_posix()]
    assert ids(select([path], base=path.parent / "elsewhere")) == [path.resolve().as_posix()]


def test_a_file_is_called_by_its_path_from_the_folder_that_was_named(write: Write) -> None:
    deep = write("a/z.md", "z")
    folder = deep.parent.parent
    for paths, called in (([folder], f"{folder.name}/a/z.md"), ([deep.parent], "a/z.md"), ([deep], "z.md")):
        assert [one.name for one in select(paths).items()] == [called]


def test_a_file_named_twice_is_imported_once(write: Write) -> None:
    path = write("note.txt", "texte")
    assert select([path, path.parent, path.parent / "." / "note.txt"]).total == 1


def test_links_that_lead_out_of_a_folder_are_skipped_and_others_followed(write: Write, tmp_path: Path) -> None:
    inside = write("inside.txt", "dedans")
    outside = tmp_path / "secret.txt"
    outside.write_text("dehors")
    folder = inside.parent
    (folder / "out.txt").symlink_to(outside)
    (folder / "in.txt").symlink_to(inside)
    (folder / "loop").symlink_to(folder)
    (folder / "dangling.txt").symlink_to(folder / "nothing.txt")
    selection = select([folder], base=folder)
    assert ids(selection) == ["inside.txt"]
    assert dict(selection.skipped)[str(folder / "out.txt")] == "Ce lien mène hors du dossier."
    assert str(folder / "dangling.txt") in dict(selection.skipped)


def test_records_are_known_by_their_own_identifiers(write: Write) -> None:
    path = write("a.jsonl", '{"id": "R1", "text": "a"}\n{"id": "R2", "text": "b"}\n')
    selection = select([path])
    assert ids(selection) == ["R1", "R2"]
    assert selection.total == 2


def test_an_identifier_stands_only_once_in_an_import(write: Write) -> None:
    first = write("a.jsonl", '{"id": "R1", "text": "a"}\n')
    second = write("b.jsonl", '{"id": "R0", "text": "a"}\n{"id": "R1", "text": "b"}\n')
    with pytest.raises(BrokenLine, match=r"déjà celui de a\.jsonl, ligne 1") as broken:
        select([first, second])
    assert broken.value.number == 2


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(PathNotFound, match=r"absent\.pdf"):
        select([tmp_path / "absent.pdf"])


def test_a_file_that_was_named_must_have_a_known_format(write: Write) -> None:
    with pytest.raises(FormatUnknown, match=r"photo\.jpg.*\.pdf"):
        select([write("photo.jpg", "x")])


def test_a_file_that_is_too_large_or_gone_is_told_and_the_others_are_read(write: Write) -> None:
    write("a.txt", "x" * 11)
    gone = write("b.txt", "x")
    folder = write("c.txt", "x").parent
    selection = select([folder], base=folder, limits=IntakeLimits(file=10))
    gone.unlink()
    large, lost, good = (item for item in selection.items() if isinstance(item, FileIntake))
    with pytest.raises(TooLarge):
        list(large.pieces())
    with pytest.raises(FileUnreadable):
        list(lost.pieces())
    assert b"".join(good.pieces()) == b"x"
