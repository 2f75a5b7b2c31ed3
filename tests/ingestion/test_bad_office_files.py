"""Office files that are damaged, protected, or made to do harm: each is refused in a sentence, or read without it."""

import io
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePath

import pytest

from ingestion.errors import DocumentEmpty, DocumentRefused, FileUnreadable
from ingestion.parsing import container
from ingestion.parsing.formats import parser_for, parser_of
from ingestion.parsing.libreoffice import OLE2, LibreOfficeParser
from ingestion.parsing.port import Parser
from tests.ingestion.office_files import W, cells, docx, odf, ooxml, paragraph, pptx, relations, shape, xlsx, zipped

FILES = {
    "a.docx": docx(paragraph("Un texte.")),
    "a.xlsx": xlsx(f"<sheetData>{cells('un', 'deux')}</sheetData>"),
    "a.pptx": pptx(shape("Un texte.")),
    "a.odt": odf("text", "<text:p>Un texte.</text:p>"),
    "a.ods": odf("spreadsheet", "<table:table/>"),
    "a.odp": odf("presentation", "<draw:page/>"),
}
each_file = pytest.mark.parametrize("name", FILES)


def parser(name: str) -> Parser:
    found = parser_of(FILES[name], name)
    assert found is not None
    return found


def word(document: str, **parts: str) -> bytes:
    return ooxml("wordprocessingml.document", "word/document.xml", {"word/document.xml": document, **parts})


@pytest.fixture
def canary() -> Iterator[tuple[str, Callable[[], bool]]]:
    """An address that listens, and whether anybody has called there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)

        def was_called() -> bool:
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", was_called


@each_file
def test_an_empty_file_is_said_to_be_empty(name: str) -> None:
    with pytest.raises(DocumentEmpty):
        parser(name).parse(b"", name)


@each_file
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_said_to_be_damaged(name: str, share: float) -> None:
    content = FILES[name]
    with pytest.raises(FileUnreadable, match="endommagé"):
        parser(name).parse(content[: int(len(content) * share)], name)


@each_file
def test_a_part_that_is_no_xml_is_said_to_be_damaged(name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(FILES[name])) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    mains = ("content.xml", "word/document.xml", "xl/workbook.xml", "ppt/presentation.xml")
    main = next(part for part in mains if part in parts)
    with pytest.raises(FileUnreadable, match=f"« {main} » n’est pas du XML"):
        parser(name).parse(zipped(parts | {main: parts[main][:-9]}), name)


@pytest.mark.parametrize("part", ["../evil", "/etc/evil", "a\\..\\evil", "word/../../evil"])
def test_a_part_whose_name_leads_out_is_refused(part: str) -> None:
    with pytest.raises(FileUnreadable, match="mène hors"):
        container.open_container(zipped({part: "x"}), "a.docx")


def test_too_many_parts_are_refused() -> None:
    content = zipped({str(number): "" for number in range(container.MAX_PARTS + 1)})
    with pytest.raises(FileUnreadable, match="parties"):
        container.open_container(content, "a.docx")


def test_a_bomb_is_refused_however_small_it_says_it_is() -> None:
    document = f'<w:document xmlns:w="{W}"><w:body>{" " * 30_000_000}</w:body></w:document>'
    bomb = word(document)
    with pytest.raises(FileUnreadable, match="décompressé"):
        parser("a.docx").parse(bomb, "a.docx")
    lying = bomb.replace(len(document).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != bomb
    with pytest.raises(FileUnreadable, match="endommagé"):
        parser("a.docx").parse(lying, "a.docx")


def test_parts_together_are_limited() -> None:
    opened = container.open_container(zipped({"a": "x" * 600, "b": "x" * 600}), "a.docx")
    opened.left = 1000
    assert len(opened.read("a")) == 600
    with pytest.raises(FileUnreadable, match="décompressé"):
        opened.read("b")


LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "ha ha ha ha ha ha ha ha ha ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


@pytest.mark.parametrize("place", ["<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", '<w:p w:x="&j;"/>'])
def test_entities_that_multiply_are_refused(place: str) -> None:
    content = word(f'{LAUGHS}<w:document xmlns:w="{W}"><w:body>{place}</w:body></w:document>')
    with pytest.raises(FileUnreadable):
        parser("a.docx").parse(content, "a.docx")


@pytest.mark.parametrize("address", ["file:///etc/hostname", None])
def test_entities_from_elsewhere_are_not_fetched(address: str | None, canary: tuple[str, Callable[[], bool]]) -> None:
    url, was_called = canary
    entities = f'<!ENTITY x SYSTEM "{address or url}"><!ENTITY % y SYSTEM "{url}"> %y;'
    body = "<w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body>"
    document = f'<!DOCTYPE d SYSTEM "{url}d.dtd" [{entities}]><w:document xmlns:w="{W}">{body}</w:document>'
    with pytest.raises(FileUnreadable):
        parser("a.docx").parse(word(document), "a.docx")
    assert not was_called()


def test_templates_links_and_macros_stay_untouched(canary: tuple[str, Callable[[], bool]]) -> None:
    url, was_called = canary
    outside = relations(attachedTemplate=url, image=url, subDocument=url).replace("/>", ' TargetMode="External"/>')
    content = word(
        f'<w:document xmlns:w="{W}"><w:body>{paragraph("Un texte.")}<w:altChunk/></w:body></w:document>',
        **{"word/_rels/document.xml.rels": outside, "word/vbaProject.bin": "Sub AutoOpen()"},
    )
    assert parser("a.docx").parse(content, "a.docm").text == "Un texte."
    assert not was_called()


def test_a_protected_office_file_says_that_it_is() -> None:
    with pytest.raises(FileUnreadable, match="mot de passe"):
        LibreOfficeParser().parse(OLE2 + bytes(512) + "EncryptedPackage".encode("utf-16-le"), "a.docx")


def test_a_protected_opendocument_file_says_that_it_is() -> None:
    names = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    entry = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    manifest = f"<manifest:manifest {names}>{entry}</manifest:manifest>"
    content = odf("text", "", more={"META-INF/manifest.xml": manifest, "content.xml": b"\x8f\x12"})
    with pytest.raises(FileUnreadable, match="mot de passe"):
        parser("a.odt").parse(content, "a.odt")


def test_an_archive_with_a_password_says_so() -> None:
    entry = b"PK\x01\x02\x14\x03\x14\x00"
    content = zipped({"mimetype": "x"}).replace(entry + b"\x00", entry + b"\x01")
    with pytest.raises(FileUnreadable, match="mot de passe"):
        container.open_container(content, "a.docx")


@pytest.mark.parametrize("depth", [100, 5_000])
def test_tables_inside_tables_without_end_are_read_or_refused(depth: int) -> None:
    nested = "<w:tbl><w:tr><w:tc>" * depth + paragraph("Un.") + "</w:tc></w:tr></w:tbl>" * depth
    with pytest.raises(DocumentRefused):
        parser("a.docx").parse(docx(nested), "a.docx")


def test_a_sheet_of_a_million_columns_stays_small() -> None:
    row = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell'
    row += ' table:number-columns-repeated="1000000"><text:p>x</text:p></table:table-cell></table:table-row>'
    text = parser("a.ods").parse(odf("spreadsheet", f"<table:table>{row}</table:table>"), "a.ods").text
    assert len(text) < 5_000_000


@pytest.mark.parametrize("name", ["a\nb.docx", "\u202excod.odt", "é" * 300 + ".xlsx"])
def test_no_name_does_harm(name: str) -> None:
    found = parser_of(FILES["a.docx"], name)
    assert found is not None
    assert found.parse(FILES["a.docx"], name).metadata.title


@pytest.mark.parametrize("suffix", [".docm", ".xlsm", ".pptm", ".dotx", ".ott"])
def test_suffixes_of_templates_and_of_files_with_macros_are_known(suffix: str) -> None:
    assert parser_for(PurePath(f"a{suffix}")) is not None
