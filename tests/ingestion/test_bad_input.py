"""Files that should not be, through real children: each has its own sentence, and the next file is read.

What archives can do is in `test_archive` and `test_expansion`, office files in `test_bad_office_files`.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from ingestion.errors import (
    DocumentEmpty,
    DocumentRefused,
    FileUnreadable,
    PictureTooLarge,
    TooManyPages,
    TooMuchMemory,
    TooMuchText,
)
from ingestion.isolation import ParseLimits
from tests.contracts.test_parsers import MAKERS
from tests.ingestion.office_files import W, docx, odf, ooxml, paragraph, xlsx, zipped
from tests.ingestion.reading import Read, reading
from tests.ingestion.test_bad_office_files import LAUGHS
from tests.ingestion.test_pdf import CATALOG, raw_pdf
from tests.ingestion.test_scans import picture_of

GOOD = {
    ".pdf": MAKERS["PdfParser"]("Un texte."),
    ".docx": docx(paragraph("Un texte.")),
    ".odt": odf("text", "<text:p>Un texte.</text:p>"),
    ".html": b"<p>Un texte.</p>",
    ".eml": MAKERS["EmailParser"]("Un texte."),
}


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    with reading(ParseLimits(memory=600_000_000, cpu_s=20, wall_s=60, output=2_000_000)) as read:
        yield read


def protected() -> bytes:
    file = BytesIO()
    canvas = Canvas(file, encrypt=StandardEncryption("secret"))
    canvas.drawString(60, 700, "Un texte.")
    canvas.save()
    return file.getvalue()


def pages(number: int) -> bytes:
    file = BytesIO()
    with pypdfium2.PdfDocument.new() as document:
        for _ in range(number):
            document.new_page(200, 200)
        document.save(file)
    return file.getvalue()


def word(document: str) -> bytes:
    return ooxml("wordprocessingml.document", "word/document.xml", {"word/document.xml": document})


BOMB = word(f'<w:document xmlns:w="{W}"><w:body>{" " * 30_000_000}</w:body></w:document>')
FOREIGN = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><w:document xmlns:w="{W}">&x;</w:document>'
LAUGHING = f'{LAUGHS}<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>'
CIRCLE = raw_pdf(CATALOG, "<< /Type /Pages /Count 3 /Kids [2 0 R 2 0 R] >>")


@pytest.mark.parametrize(
    ("content", "name", "error", "words"),
    [
        pytest.param(protected(), "a.pdf", FileUnreadable, "mot de passe", id="protected PDF"),
        pytest.param(CIRCLE, "a.pdf", DocumentRefused, "a.pdf", id="PDF without end"),
        pytest.param(pages(5_000), "a.pdf", TooManyPages, "5\u202f000 pages, alors que", id="5,000 pages"),
        pytest.param(picture_of(30_000, 30_000), "a.pdf", PictureTooLarge, "30\u202f000 × 30\u202f000", id="pixels"),
        pytest.param(BOMB, "a.docx", FileUnreadable, "décompressé", id="office bomb"),
        pytest.param(word(LAUGHING), "a.docx", FileUnreadable, "endommagé|entités", id="billion laughs"),
        pytest.param(word(FOREIGN), "a.docx", FileUnreadable, "endommagé|entités", id="foreign entity"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "a.pdf", FileUnreadable, "aucun format", id="picture named PDF"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "a.png", FileUnreadable, "aucun format", id="picture"),
        pytest.param(zipped({"a.txt": b"x"}), "a.docx", FileUnreadable, "endommagé", id="archive named DOCX"),
        pytest.param(b"x " * 2_000_000, "a.txt", TooMuchText, "2 Mo de texte", id="too much text"),
        *(pytest.param(b"", f"a{suffix}", DocumentEmpty, "aucun texte", id=f"empty {suffix}")
          for suffix in (*GOOD, ".txt", ".md", ".csv", ".xlsx", ".doc")),
        *(pytest.param(GOOD[suffix][:99], f"a{suffix}", FileUnreadable, "endommagé", id=f"cut {suffix}")
          for suffix in (".pdf", ".docx", ".odt")),
    ],
)  # fmt: skip
def test_each_bad_file_has_its_own_sentence_and_the_next_is_read(
    read: Read, content: bytes, name: str, error: type[DocumentRefused], words: str
) -> None:
    with pytest.raises(error, match=words) as refused:
        read(content, name)
    assert "\n" not in str(refused.value)
    assert read(b"Encore.", "b.txt").text == "Encore."


@pytest.mark.parametrize("name", ["a.txt", "a.doc", "a.pdf", "a"])
@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".odt"])
def test_a_wrong_extension_changes_nothing(read: Read, suffix: str, name: str) -> None:
    assert read(GOOD[suffix], name).text == "Un texte."


def test_macros_are_passed_over(read: Read) -> None:
    document = f'<w:document xmlns:w="{W}"><w:body>{paragraph("Un texte.")}</w:body></w:document>'
    parts: dict[str, str | bytes] = {
        "word/document.xml": document,
        "word/vbaProject.bin": b"\xd0\xcf\x11\xe0Sub AutoOpen()",
    }
    assert read(ooxml("ms-word.document.macroEnabled", "word/document.xml", parts), "a.docm").text == "Un texte."


@pytest.mark.parametrize("name", ["a\nb", "\u202etxt.exe", "é" * 300, "\u200b", "a" * 5_000])
def test_names_do_no_harm_and_stay_on_one_line(read: Read, name: str) -> None:
    assert read(b"Un texte.", f"{name}.txt").text == "Un texte."
    with pytest.raises(DocumentRefused) as refused:
        read(b"", f"{name}.txt")
    assert not {"\n", "\u202e", "\u200b"} & set(str(refused.value))


def test_two_gigabytes_are_refused_without_filling_the_memory(read: Read, tmp_path: Path) -> None:
    for suffix in (".txt", ".pdf", ".docx", ".eml"):
        path = tmp_path / f"a{suffix}"
        with path.open("wb") as file:
            file.truncate(2 << 30)
        with pytest.raises(TooMuchMemory, match="600 Mo"):
            read(path, path.name)


def test_a_sheet_of_cells_without_end_is_refused_or_small(read: Read) -> None:
    rows = "".join(f'<row r="{row}"><c r="XFD{row}" t="inlineStr"><is><t>x</t></is></c></row>' for row in range(1, 500))
    try:
        assert len(read(xlsx(f"<sheetData>{rows}</sheetData>"), "a.xlsx").text) < 2_000_000
    except DocumentRefused as refusal:
        assert "a.xlsx" in str(refusal)  # noqa: PT017 - either will do
