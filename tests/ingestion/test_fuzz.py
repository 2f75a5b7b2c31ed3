"""Files of each format, changed at random: a whole document or a refusal, in time, and a reader that goes on.

`FUZZ_EXAMPLES=3000 pytest tests/ingestion/test_fuzz.py` tries more, and others each time.
"""

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from io import BytesIO
from pathlib import PurePath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from ingestion.chunking import chunk
from ingestion.errors import DocumentRefused, TooSlow
from ingestion.identification import identify
from ingestion.isolation import ParseLimits
from ingestion.parsing import email, formats, unpacking
from ingestion.parsing.libreoffice import LibreOfficeParser
from ingestion.parsing.parts import BadPart, Part, PartLimits
from tests.contracts.test_parsers import MAKERS, assert_sound
from tests.ingestion.office_files import cells, docx, odf, paragraph, pptx, shape, xlsx, zipped
from tests.ingestion.reading import Read, reading

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
LIMITS = ParseLimits(cpu_s=20, wall_s=40, output=20_000_000)
TEXT = "# Durée\n\nArticle 1. Les agents ont trente jours.\n\n- un\n- deux\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
CELL = "<w:tc><w:p><w:r><w:t>un</w:t></w:r></w:p></w:tc>"
ROW = f"<w:tr>{CELL}<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p/></w:tc></w:tr>"
HEADING = '<w:style w:type="paragraph" w:styleId="h"><w:name w:val="heading 1"/></w:style>'
BOX_END = "</draw:text-box></draw:frame></draw:page>"
ODF_ROW = (
    '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-spanned="2">'
    "<text:p>un</text:p></table:table-cell></table:table-row>"
)


def pdf(compressed: int) -> bytes:
    file = BytesIO()
    canvas = Canvas(file, pageCompression=compressed)
    canvas.setTitle("Congés")
    for page in range(2):
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(60, 760, "Durée")
        canvas.setFont("Helvetica", 11)
        for line in range(6):
            canvas.drawString(60, 700 - 14 * line, f"Les agents ont trente jours de congés, page {page}, ligne {line}.")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["From"] = "Élise <a@exemple.fr>"
    message["Date"] = "Fri, 01 Mar 2024 10:00:00 +0100"
    message["Subject"] = "Congés d’été"
    message.set_content(TEXT)
    message.add_alternative(f"<h1>Durée</h1><ul><li>un</ul><table><tr><td>{TEXT}</table>", subtype="html")
    message.add_attachment(pdf(1), maintype="application", subtype="pdf", filename="décision.pdf")
    forwarded = EmailMessage()
    forwarded["From"] = "b@exemple.fr"
    forwarded.set_content("Suite.")
    message.add_attachment(forwarded)
    return message.as_bytes()


def word() -> bytes:
    heading = paragraph("Durée", properties='<w:pStyle w:val="h"/>')
    item = paragraph("un", properties='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    return docx(f"{heading}{item}<w:tbl>{ROW}{ROW}</w:tbl>{paragraph('Un texte.')}", styles=HEADING, title="Congés")


SEEDS = {
    "a.pdf": pdf(0),
    "b.pdf": pdf(1),
    "a.html": f"<!doctype html><meta charset=utf-8><h1>Durée</h1><table><tr><th>a<td>b</table><p>{TEXT}</p>".encode(),
    "a.md": TEXT.encode(),
    "a.txt": TEXT.encode(),
    "a.csv": "nom;âge\nÉlise;40\n\"a;b\";\"c\nd\"\n".encode(),
    "a.eml": mail(),
    "a.docx": word(),
    "a.odt": odf("text", f"<text:h text:outline-level='1'>Durée</text:h><table:table>{ODF_ROW}</table:table>"),
    "a.xlsx": xlsx(f"<sheetData>{cells('nom', 'âge')}{cells('Élise', '40')}</sheetData>"),
    "a.ods": odf("spreadsheet", f"<table:table table:name='f'>{ODF_ROW}</table:table>"),
    "a.pptx": pptx(shape("Titre", place="title") + shape("Un texte."), shape("Autre.")),
    "a.odp": odf("presentation", "<draw:page><draw:frame><draw:text-box><text:p>Un.</text:p>" + BOX_END),
    "a.rtf": MAKERS["LibreOfficeParser"]("Un texte d’été."),
}  # fmt: skip
CONVERTED = {"a.rtf"}


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    with reading(LIMITS) as read:
        yield read


def bytes_changed(draw: st.DrawFn, content: bytes) -> bytes:
    """With some pieces replaced, removed, doubled or made huge, and perhaps the end cut off."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = start + draw(st.integers(0, 40))
        piece = bytes(data[start:end])
        data[start:end] = draw(st.binary(max_size=8) | st.sampled_from([piece * 3, piece * 500, b"9" * 10, b"-1", b""]))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@st.composite
def changed(draw: st.DrawFn, content: bytes) -> bytes:
    """The bytes changed, or those of some of the files in them, put together again."""
    if not content.startswith(b"PK") or draw(st.integers(0, 3)) == 0:
        return bytes_changed(draw, content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    for name in draw(st.sets(st.sampled_from(sorted(parts)), min_size=1, max_size=3)):
        part = parts[name]
        parts[name] = bytes_changed(draw, part if isinstance(part, bytes) else part.encode())
    return zipped(parts)


def bounded(examples: int) -> settings:
    return settings(
        max_examples=max(2, examples),
        deadline=None,
        database=None,
        derandomize="FUZZ_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("name", SEEDS)
def test_a_changed_file_is_a_document_or_a_refusal(name: str, read: Read) -> None:
    if name in CONVERTED and shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    untouched = read(SEEDS[name], name)
    assert chunk(untouched)

    @bounded(EXAMPLES // 20 if name in CONVERTED else EXAMPLES)
    @given(data=changed(SEEDS[name]))
    def try_one(data: bytes) -> None:
        try:
            document = read(data, name)
        except TooSlow:
            raise
        except DocumentRefused:
            return
        assert_sound(document)
        chunk(document)
        identify(document)

    try_one()
    assert read(SEEDS[name], name) == untouched


@bounded(EXAMPLES * 10)
@given(data=st.data())
@pytest.mark.parametrize("name", ["a.zip", "a.eml"])
def test_what_holds_files_gives_them_or_refuses(name: str, data: st.DataObject) -> None:
    content = data.draw(changed(zipped({"a.txt": TEXT, "b/c.html": "<p>a"}) if name == "a.zip" else mail()))
    with suppress(DocumentRefused):
        for part in unpacking.parts(BytesIO(content), name, PartLimits()):
            assert isinstance(part, Part | BadPart)


def test_every_format_has_a_file_here() -> None:
    tried = {type(formats.parser_for(PurePath(name))) for name in SEEDS}
    assert tried == {type(parser) for parser in formats.PARSERS} >= {email.EmailParser, LibreOfficeParser}
