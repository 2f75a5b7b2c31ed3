"""Office files of a few lines, written part by part, so that a test says exactly what stands in them."""

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ODF = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "style": "style",
        "draw": "drawing",
        "meta": "meta",
        "presentation": "presentation",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
    }.items()
)
_DUBLIN_CORE = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'

Parts = Mapping[str, str | bytes]


def zipped(parts: Parts) -> bytes:
    """An archive of these parts, in their order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_parts(content: bytes, parts: Parts) -> bytes:
    """The archive with these parts, in the place of those that are there."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        return zipped({name: old.read(name) for name in old.namelist()} | dict(parts))


def docx(body: str, styles: str = "", numbering: str = "", footnotes: str = "", title: str = "") -> bytes:
    """A DOCX file; the arguments are the XML inside the parts of those names."""
    parts = {
        "word/document.xml": f"<w:document {_word()}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_word()}>{styles}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_word()}>{numbering}</w:numbering>",
        "word/footnotes.xml": f"<w:footnotes {_word()}>{footnotes}</w:footnotes>",
        "word/_rels/document.xml.rels": relations(
            styles="styles.xml", numbering="numbering.xml", footnotes="footnotes.xml"
        ),
    }
    return ooxml("wordprocessingml.document", "word/document.xml", parts, title)


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    """One of a DOCX file, of a single run."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def xlsx(*sheets: str, strings: str = "", styles: str = "", states: tuple[str, ...] = ()) -> bytes:
    """An XLSX file; each sheet is the XML inside `worksheet`, called « Feuille 1 » and so on."""
    numbers = range(1, len(sheets) + 1)
    hidden = dict(zip(numbers, states, strict=False))
    listed = "".join(
        f'<sheet name="Feuille {number}" sheetId="{number}" state="{hidden.get(number, "visible")}"'
        f' r:id="worksheet{number}"/>'
        for number in numbers
    )
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets>{listed}</sheets></workbook>',
        "xl/sharedStrings.xml": f'<sst xmlns="{S}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{S}">{styles}</styleSheet>',
        "xl/_rels/workbook.xml.rels": relations(
            sharedStrings="sharedStrings.xml",
            styles="styles.xml",
            **{f"worksheet{number}": f"worksheets/sheet{number}.xml" for number in numbers},
        ),
    }
    parts |= {
        f"xl/worksheets/sheet{number}.xml": f'<worksheet xmlns="{S}">{sheet}</worksheet>'
        for number, sheet in zip(numbers, sheets, strict=True)
    }
    return ooxml("spreadsheetml.sheet", "xl/workbook.xml", parts)


def cells(*texts: str, row: str = "") -> str:
    """A row of an XLSX sheet; `row` are its attributes."""
    inner = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f"<row {row}>{inner}</row>"


def pptx(*slides: str, hidden: tuple[int, ...] = ()) -> bytes:
    """A PPTX file; each slide is the XML of its shapes, and `hidden` are the numbers of those not shown."""
    numbers = range(1, len(slides) + 1)
    listed = "".join(f'<p:sldId id="{255 + number}" r:id="slide{number}"/>' for number in numbers)
    names = f'xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{R}"'
    parts = {
        "ppt/presentation.xml": f"<p:presentation {names}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            **{f"slide{number}": f"slides/slide{number}.xml" for number in numbers}
        ),
    }
    for number, shapes in zip(numbers, slides, strict=True):
        show = ' show="0"' if number in hidden else ""
        parts[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {names}{show}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
    return ooxml("presentationml.presentation", "ppt/presentation.xml", parts)


def shape(*texts: str, place: str = "body", properties: str = "") -> str:
    """One of a PPTX slide; `properties` are those of each paragraph."""
    inner = "".join(f"<a:p><a:pPr>{properties}</a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name=""/><p:nvPr><p:ph type="{place}"/></p:nvPr></p:nvSpPr>'
        f"<p:txBody>{inner}</p:txBody></p:sp>"
    )


def ooxml(kind: str, main: str, parts: Parts, title: str = "") -> bytes:
    """The package around the parts."""
    mime = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    core = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
    names = f'xmlns:cp="{core.strip("{}")}" {_DUBLIN_CORE}'
    around: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Override PartName="/{main}"'
        f' ContentType="{mime}"/></Types>',
        "_rels/.rels": relations(**{"officeDocument": main, "core-properties": "docProps/core.xml"}),
        "docProps/core.xml": f"<cp:coreProperties {names}><dc:title>{title}</dc:title>"
        "<dcterms:modified>2024-05-01T10:00:00Z</dcterms:modified></cp:coreProperties>",
    }
    return zipped(around | dict(parts))


def relations(**targets: str) -> str:
    """Targets by their id: their kind, with a number where there are several."""
    inner = "".join(
        f'<Relationship Id="{one}" Type="{R}/{one.rstrip("0123456789")}" Target="{target}"/>'
        for one, target in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def odf(kind: str, body: str, styles: str = "", title: str = "", more: Parts | None = None) -> bytes:
    """An OpenDocument file: `kind` is text, spreadsheet or presentation."""
    parts: dict[str, str | bytes] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        "meta.xml": f"<office:document-meta {ODF} {_DUBLIN_CORE}><office:meta><dc:title>{title}</dc:title>"
        "<dc:date>2024-05-01T10:00:00</dc:date></office:meta></office:document-meta>",
    }
    return zipped(parts | dict(more or {}))


def _word() -> str:
    return f'xmlns:w="{W}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
