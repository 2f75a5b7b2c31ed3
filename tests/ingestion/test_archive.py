"""Archives, made here, honest and not."""

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from ingestion.errors import FileUnreadable
from ingestion.parsing.archive import parts
from ingestion.parsing.parts import BadPart, Part, PartLimits

LIMITS = PartLimits(file=2_000_000, expanded=3_000_000, ratio=100, parts=20)


def packed(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytearray:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return bytearray(content.getvalue())


def read(content: bytes | bytearray, limits: PartLimits = LIMITS) -> list[Part | BadPart]:
    return list(parts(BytesIO(content), "a.zip", limits))


def refused(content: bytes | bytearray) -> str:
    """Why the only file of the archive is refused."""
    (only,) = read(content)
    assert isinstance(only, BadPart)
    return str(only.reason)


def test_files_come_one_by_one_by_their_paths() -> None:
    content = packed(("note.txt", b"un"), ("dossier/", b""), ("dossier/été.md", b"deux"), ("vide.txt", b""))
    assert read(content) == [Part("note.txt", b"un"), Part("dossier/été.md", b"deux"), Part("vide.txt", b"")]


def test_what_systems_leave_in_archives_is_passed_over() -> None:
    names = (".DS_Store", "a/.cache/b.txt", "__MACOSX/a.txt")
    assert read(packed(*((name, b"x") for name in names))) == []


@pytest.mark.parametrize("name", ["../a.txt", "a/../../b.txt", "/etc/passwd", "C:\\a.txt", "..\\a.txt"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert "mène hors" in refused(packed((name, b"x")))


@pytest.mark.parametrize("name", ["a" * 300 + ".txt", "a/" * 600 + "b.txt", "\u202e\u200b"])
def test_a_name_that_is_too_long_or_none_is_refused_in_a_short_message(name: str) -> None:
    assert len(refused(packed((name, b"x")))) < 250


def test_a_name_loses_its_line_breaks_and_invisible_characters() -> None:
    assert read(packed(("a\nb\u202ec.txt", b"x"))) == [Part("a bc.txt", b"x")]


def test_the_second_of_two_files_of_one_name_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        content = packed(("a.txt", b"1"), ("a.txt", b"2"))
    first, second = read(content)
    assert first == Part("a.txt", b"1")
    assert isinstance(second, BadPart)
    assert "deux fichiers de ce nom" in str(second.reason)


def test_a_link_is_refused() -> None:
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = 0o120777 << 16
    assert "c’est un lien" in refused(packed((link, b"/etc/passwd")))


def test_a_file_with_a_password_is_refused() -> None:
    content = packed(("a.txt", b"x"))
    content[6] |= 1  # in the file's own header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    assert "mot de passe" in refused(content)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_may_ask_for_any_memory_is_refused(method: int) -> None:
    assert "comprimé" in refused(packed(("a.txt", b"x"), method=method))


def test_a_file_that_grows_too_much_is_refused_and_the_next_is_read() -> None:
    bomb, good = read(packed(("bombe.txt", bytes(1_500_000)), ("a.txt", b"x")))
    assert isinstance(bomb, BadPart)
    assert "100 fois" in str(bomb.reason)
    assert good == Part("a.txt", b"x")


def test_a_file_that_is_larger_than_it_says_is_refused() -> None:
    content = packed(("a.txt", bytes(1_000)))
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 5)
    struct.pack_into("<I", content, 22, 5)
    assert "endommagée" in refused(content)


def test_a_file_whose_sum_is_wrong_is_refused() -> None:
    content = packed(("a.txt", b"abc"), method=zipfile.ZIP_STORED)
    content[content.index(b"abc")] ^= 1
    assert "endommagée" in refused(content)


def given(content: bytes | bytearray) -> list[str]:
    """The names of what an archive gives until it is refused for giving too much."""
    names = []
    with pytest.raises(FileUnreadable, match="3 Mo"):  # noqa: PT012 - what was given before counts
        for part in parts(BytesIO(content), "a.zip", LIMITS):
            names.append(part.name)  # noqa: PERF401
    return names


def test_an_archive_stops_where_it_has_given_too_much() -> None:
    content = packed(*((f"{n}.bin", bytes(1_400_000)) for n in range(3)), method=zipfile.ZIP_STORED)
    assert given(content) == ["0.bin", "1.bin"]


def test_many_names_for_the_same_bytes_give_them_once() -> None:
    """Fifield, "A better zip bomb", 2019."""
    content = packed(("0.bin", bytes(1_400_000)), method=zipfile.ZIP_STORED)
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    record = bytearray(content[end:])
    struct.pack_into("<HHI", record, 8, 3, 3, 3 * (end - start))
    entries = b"".join(content[start:end].replace(b"0.bin", b"%d.bin" % number) for number in range(3))
    found = read(content[:start] + entries + record)
    assert [type(one) for one in found] == [Part, BadPart, BadPart]


def test_an_archive_of_too_many_files_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="plus de 20 fichiers"):
        read(packed(*((f"{n}.txt", b"x") for n in range(21))))


def test_a_directory_that_would_fill_the_memory_is_not_read() -> None:
    content = packed(("a.txt", b"x"))
    struct.pack_into("<I", content, content.index(b"PK\x05\x06") + 12, 100_000_000)
    with pytest.raises(FileUnreadable, match="plus de 20 fichiers"):
        read(content)


CUT_SHORT = pytest.param(bytes(packed(("a", b"x")))[:-10], id="cut short")


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06", b"x" * 100, CUT_SHORT])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(FileUnreadable, match="endommagée"):
        read(content)


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read(packed(("a.txt", b"x"), ("../b.txt", b"x")))
    assert list(tmp_path.iterdir()) == []
