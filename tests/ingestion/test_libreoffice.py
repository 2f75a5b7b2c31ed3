"""The old formats, through LibreOffice where it is installed, and a clear sentence where it is not."""

import os
import shutil
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from ingestion.errors import FileUnreadable
from ingestion.parsing import libreoffice
from ingestion.parsing.libreoffice import OLE2, LibreOfficeParser
from tests.ingestion.office_files import cells, docx, paragraph, pptx, shape, xlsx

RTF = rb"{\rtf1\ansi Un texte.}"

installed = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def old(content: bytes, new: str, extension: str, folder: Path) -> bytes:
    """The file as LibreOffice writes it in a format of before 2007."""
    file = folder / f"a.{new}"
    file.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", extension, "--outdir", str(folder), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603
    return file.with_suffix(f".{extension}").read_bytes()


@installed
@pytest.mark.parametrize(
    ("content", "new", "extension"),
    [
        (docx(paragraph("Un texte d’été.")), "docx", "doc"),
        (xlsx(f"<sheetData>{cells('Un texte d’été.')}</sheetData>"), "xlsx", "xls"),
        (pptx(shape("Un texte d’été.")), "pptx", "ppt"),
    ],
)
def test_old_files_are_read(content: bytes, new: str, extension: str, tmp_path: Path) -> None:
    document = LibreOfficeParser().parse(old(content, new, extension, tmp_path), "a.txt")
    assert "Un texte d’été." in document.text


@installed
def test_nothing_outside_the_file_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/a".encode()
        picture = rb'{\field{\*\fldinst INCLUDEPICTURE "%b" \\d}{\fldrslt Vu.}}' % url
        text = rb'{\field{\*\fldinst INCLUDETEXT "%b"}{\fldrslt Vu.}}' % url
        content = rb"{\rtf1\ansi{\*\template %b}%b\par %b\par Un texte.}" % (url, picture, text)
        assert "Un texte." in LibreOfficeParser().parse(content, "a.rtf").text
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_without_libreoffice_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileUnreadable, match=r"LibreOffice est installé\. Enregistrez-le au format DOCX"):
        LibreOfficeParser().parse(RTF, "a.rtf")


@pytest.mark.parametrize("content", [b"x", OLE2, OLE2 + bytes(2000), b"PK\x03\x04"])
def test_what_is_none_of_the_old_formats_is_refused_before_anything_starts(content: bytes) -> None:
    with pytest.raises(FileUnreadable, match="endommagé"):
        LibreOfficeParser().parse(content, "a.doc")


def program(folder: Path, script: str) -> None:
    """A stand-in for LibreOffice that misbehaves."""
    file = folder / "soffice"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def test_a_conversion_without_end_is_ended_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path, f"sleep 600 & echo $! > {tmp_path}/child; wait")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(libreoffice, "SECONDS", 0.5)
    with pytest.raises(FileUnreadable, match="pas fini"):
        LibreOfficeParser().parse(RTF, "a.rtf")
    child = int((tmp_path / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split(")")[1].split()[0] == "Z"


def test_a_conversion_that_gives_nothing_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "work"))
    (tmp_path / "work").mkdir()
    with pytest.raises(FileUnreadable, match="ne sait pas lire"):
        LibreOfficeParser().parse(RTF, "a.rtf")
    assert not list((tmp_path / "work").iterdir())
