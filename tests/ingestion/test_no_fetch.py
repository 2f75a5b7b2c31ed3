"""Every way in which a file can ask for something elsewhere, each to an address that listens: nobody calls.

The parsers run in this process, which has a network: what keeps them from calling is themselves. That a child could
not call anyway is in `test_isolation`.
"""

import shutil
import socket
from collections.abc import Callable, Iterator

import pytest

from ingestion.errors import DocumentRefused
from ingestion.parsing.formats import parser_of
from tests.ingestion.office_files import R, cells, odf, ooxml, paragraph, pptx, relations, shape, xlsx, zipped
from tests.ingestion.test_pdf import CATALOG, raw_pdf


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def pdf(url: str) -> bytes:
    action = f"<< /S /URI /URI ({url}) >>"
    return raw_pdf(
        CATALOG.replace(">>", f"/OpenAction {action} /AA << /WC {action} >> /AcroForm << /XFA 6 0 R >> >>"),
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Annots [7 0 R 8 0 R]"
        f" /AA << /O << /S /GoToR /F << /FS /URL /F ({url}) >> /D [0 /Fit] >> >>"
        " /Resources << /Font << /F 5 0 R >> >> >>",
        f"<< /Length 39 /F << /FS /URL /F ({url}) >> >>\nstream\nBT /F 12 Tf 20 100 Td (Un texte.) Tj ET\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Length 90 >>\nstream\n<xdp><template><image href='{url}'/></template></xdp>\nendstream",
        f"<< /Type /Annot /Subtype /Link /Rect [0 0 300 300] /A {action} >>",
        f"<< /Type /Annot /Subtype /Widget /Rect [0 0 9 9] /A << /S /SubmitForm /F ({url}) >> >>",
    )


def html(url: str) -> bytes:
    return f"""<!DOCTYPE html SYSTEM "{url}a.dtd"><html><head><base href="{url}"><link rel=stylesheet href="a.css">
        <meta http-equiv=refresh content="0;url={url}"><script src="a.js"></script><style>@import url({url})</style>
        </head><body background="{url}"><p>Un texte.</p><img src="{url}"><iframe src="{url}"></iframe>
        <object data="{url}"></object><svg><use href="{url}"/><image href="{url}"/></svg>
        <video poster="{url}" src="{url}"></video></body></html>
        """.encode()


def mail(url: str) -> bytes:
    parts = (
        f'Content-Type: message/external-body; access-type=URL; URL="{url}"\n\nContent-Type: text/plain\n\n',
        f"Content-Type: text/html; charset=utf-8\nContent-Location: {url}\n\n" + html(url).decode(),
    )
    inner = "".join(f"--b\n{part}\n" for part in parts)
    return (
        f"From: a@exemple.fr\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n{inner}--b--\n".encode()
    )


def opendocument(url: str) -> bytes:
    link = f'xlink:href="{url}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"'
    section = f'<text:section text:name="s"><text:section-source xmlns:xlink="http://www.w3.org/1999/xlink" {link}/>'
    frame = (
        f'<draw:frame xmlns:xlink="http://www.w3.org/1999/xlink"><draw:image {link}/><draw:object {link}/></draw:frame>'
    )
    return odf("text", f"{section}<text:p>Un texte.</text:p></text:section><text:p>{frame}</text:p>")


def word(url: str) -> bytes:
    linked = paragraph("Un texte.") + f'<w:altChunk xmlns:r="{R}" r:id="image"/>'
    outside = relations(attachedTemplate=url, image=url, aFChunk=url).replace("/>", ' TargetMode="External"/>')
    parts = {"word/document.xml": _document(linked), "word/_rels/document.xml.rels": outside}
    return ooxml("wordprocessingml.document", "word/document.xml", parts)


def _document(body: str) -> str:
    return f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'


def sheet(url: str) -> bytes:
    formula = f'<row><c><f>WEBSERVICE("{url}")</f><v>1</v></c></row>'
    link = f'<hyperlinks><hyperlink ref="A1" location="{url}"/></hyperlinks>'
    return xlsx(f"<sheetData>{cells('Un texte.')}{formula}</sheetData>{link}")


def entities(url: str) -> bytes:
    declared = f'<!DOCTYPE d SYSTEM "{url}" [<!ENTITY % a SYSTEM "{url}"> %a; <!ENTITY b SYSTEM "{url}">]>'
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": f"{declared}<d>&b;</d>"})


WAYS: dict[str, Callable[[str], bytes]] = {
    "a.pdf": pdf,
    "a.html": html,
    "a.eml": mail,
    "a.odt": opendocument,
    "a.docx": word,
    "a.xlsx": sheet,
    "a.pptx": lambda url: pptx(f'{shape("Un texte.")}<p:pic><p:blipFill><a:blip r:link="{url}"/></p:blipFill></p:pic>'),
    "b.odt": entities,
    "a.md": lambda url: f"Un texte. ![a]({url}) [b]({url}) <img src='{url}'>\n\n[c]: {url}\n\n![c]".encode(),
    "a.csv": lambda url: f'Un texte.;"=WEBSERVICE(""{url}"")"'.encode(),
    "a.rtf": lambda url: (
        rf'{{\rtf1{{\*\template {url}}}{{\field{{\*\fldinst INCLUDEPICTURE "{url}" \\d}}}}\par Un texte.}}'.encode()
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_what_a_file_names_elsewhere_is_never_fetched(name: str, canary: socket.socket) -> None:
    if name == "a.rtf" and shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    content = WAYS[name](f"http://127.0.0.1:{canary.getsockname()[1]}/")
    found = parser_of(content, name)
    assert found is not None
    try:
        assert "Un texte." in found.parse(content, name).text
    except DocumentRefused:
        assert name == "b.odt"  # entities are refused, the others read
    with pytest.raises(BlockingIOError):
        canary.accept()
