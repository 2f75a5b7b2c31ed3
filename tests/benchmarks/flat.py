"""Documents of known structure as LibreOffice opens them (flat OpenDocument text), and what it makes of them."""

import csv
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from tests.benchmarks import slides
from tests.benchmarks.slides import Slides
from tests.benchmarks.structured import Items, Part, Rows, Structured, Text, Title

_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{where}:1.0"'
    for name, where in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "fo": "xsl-fo-compatible",
        "meta": "meta",
    }.items()
)
# Commas, double quotes, UTF-8, from the first line on; what is quoted is text, not a number or a date.
_ALL_TEXT = "44,34,76,1,,0,true"
_MARGINS = 'fo:margin-top="0.2cm" fo:margin-bottom="0.2cm"'


def convert(documents: Sequence[Structured], formats: Sequence[str], folder: Path) -> None:
    """Each document in each format, named after it, in the folder. Raises `CalledProcessError`."""
    for document in documents:
        (folder / f"{document.name}.fodt").write_text(flat(document), encoding="utf-8")
    files = [f"{document.name}.fodt" for document in documents]
    for target in formats:
        _run(["--convert-to", target, "--outdir", str(folder), *files], folder)


def convert_slides(presentations: Sequence[Slides], formats: Sequence[str], folder: Path) -> None:
    """Each presentation in each format, named after it, in the folder. Raises `CalledProcessError`."""
    for one in presentations:
        (folder / f"{one.name}.fodp").write_text(slides.flat(one), encoding="utf-8")
    files = [f"{one.name}.fodp" for one in presentations]
    for target in formats:
        _run(["--convert-to", target, "--outdir", str(folder), *files], folder)


def convert_tables(documents: Sequence[Structured], formats: Sequence[str], folder: Path) -> None:
    """The tables of each document, one under the other, as a sheet in each format. Raises `CalledProcessError`."""
    for document in documents:
        with open(folder / f"{document.name}.csv", "w", encoding="utf-8", newline="") as file:
            rows = [row for part in document.parts if isinstance(part, Rows) for row in part.rows]
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    files = [f"{document.name}.csv" for document in documents]
    for target in formats:
        _run([f"--infilter=CSV:{_ALL_TEXT}", "--convert-to", target, "--outdir", str(folder), *files], folder)


def _run(arguments: Sequence[str], folder: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        raise FileNotFoundError("soffice")
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += arguments
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603


def flat(document: Structured) -> str:
    """The document as flat OpenDocument text (ODF 1.3, part 3)."""
    body = "".join(_body(document))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {_NAMESPACES} xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><dc:title>{escape(document.title)}</dc:title></office:meta>
<office:styles>{_styles(document)}</office:styles>
<office:automatic-styles>{_automatic(document)}</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="page">
<style:header><text:p>Ministère de la santé et de la prévention</text:p></style:header>
<style:footer><text:p>Page <text:page-number/></text:p></style:footer>
</style:master-page></office:master-styles>
<office:body><office:text>{body}</office:text></office:body></office:document>"""


def _styles(document: Structured) -> str:
    font = f'style:font-name="{document.font}" fo:font-family="{document.font}"'
    language = 'fo:language="fr" fo:country="FR"'
    headings = "".join(
        f'<style:style style:name="Heading_20_{level}" style:display-name="Heading {level}" style:family="paragraph"'
        f' style:parent-style-name="Standard" style:next-style-name="Standard" style:default-outline-level="{level}">'
        f'<style:paragraph-properties {_MARGINS} fo:keep-with-next="always"/>'
        f'<style:text-properties fo:font-size="{size}pt" fo:font-weight="bold"/></style:style>'
        for level, size in enumerate(document.heading_sizes, 1)
    )
    return (
        f'<style:style style:name="Standard" style:family="paragraph" style:class="text">'
        f"<style:paragraph-properties {_MARGINS}/>"
        f'<style:text-properties {font} fo:font-size="{document.size}pt" {language}/></style:style>'
        f'<style:style style:name="Title" style:family="paragraph" style:parent-style-name="Standard">'
        f'<style:text-properties fo:font-size="{document.heading_sizes[0] + 6}pt" fo:font-weight="bold"/></style:style>'
        f'<text:outline-style style:name="Outline"/>{headings}'
    )


def _automatic(document: Structured) -> str:
    cell = 'fo:border="0.5pt solid #000000" fo:padding="0.1cm"'
    widths = (2.0, 8.0, 3.0, 3.0)
    columns = "".join(
        f'<style:style style:name="column{n}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width}cm"/></style:style>'
        for n, width in enumerate(widths)
    )
    lists = (
        '<text:list-style style:name="bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
        '<style:list-level-properties text:space-before="0.5cm" text:min-label-width="0.5cm"/>'
        "</text:list-level-style-bullet></text:list-style>"
        '<text:list-style style:name="numbers"><text:list-level-style-number text:level="1" style:num-format="1"'
        ' style:num-suffix="."><style:list-level-properties text:space-before="0.5cm" text:min-label-width="0.7cm"/>'
        "</text:list-level-style-number></text:list-style>"
    )
    return (
        '<style:page-layout style:name="page"><style:page-layout-properties fo:page-width="21cm"'
        ' fo:page-height="29.7cm" fo:margin="2cm"/><style:header-style/><style:footer-style/></style:page-layout>'
        '<style:style style:name="columns" style:family="section"><style:section-properties>'
        f'<style:columns fo:column-count="{document.columns}" fo:column-gap="0.8cm"/>'
        "</style:section-properties></style:style>"
        '<style:style style:name="across" style:family="table"><style:table-properties style:width="16cm"'
        f' table:align="left"/></style:style>{columns}'
        f'<style:style style:name="cell" style:family="table-cell"><style:table-cell-properties {cell}/></style:style>'
        f"{lists}"
    )


def _body(document: Structured) -> Iterator[str]:
    yield f'<text:p text:style-name="Title">{escape(document.title)}</text:p>'
    is_open = False
    for number, part in enumerate(document.parts):
        if document.columns > 1 and is_open is isinstance(part, Rows):
            yield "</text:section>" if is_open else f'<text:section text:style-name="columns" text:name="s{number}">'
            is_open = not is_open
        yield _part(part, number)
    if is_open:
        yield "</text:section>"


def _part(part: Part, number: int) -> str:
    match part:
        case Title(text, level):
            style = f"Heading_20_{level}"
            return f'<text:h text:style-name="{style}" text:outline-level="{level}">{escape(text)}</text:h>'
        case Text(text, note):
            return f'<text:p text:style-name="Standard">{escape(text)}{_note(note, number)}</text:p>'
        case Items(texts, is_numbered):
            items = "".join(f"<text:list-item><text:p>{escape(text)}</text:p></text:list-item>" for text in texts)
            return f'<text:list text:style-name="{"numbers" if is_numbered else "bullets"}">{items}</text:list>'
        case Rows(rows):
            columns = "".join(f'<table:table-column table:style-name="column{n}"/>' for n in range(len(rows[0])))
            header, *others = map(_row, rows)
            return (
                f'<table:table table:name="t{number}" table:style-name="across">{columns}'
                f"<table:table-header-rows>{header}</table:table-header-rows>{''.join(others)}</table:table>"
            )


def _row(cells: Sequence[str]) -> str:
    written = (
        f'<table:table-cell table:style-name="cell" office:value-type="string"><text:p>{escape(cell)}</text:p>'
        "</table:table-cell>"
        for cell in cells
    )
    return f"<table:table-row>{''.join(written)}</table:table-row>"


def _note(text: str, number: int) -> str:
    if not text:
        return ""
    return (
        f'<text:note text:id="n{number}" text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        f"<text:note-body><text:p>{escape(text)}</text:p></text:note-body></text:note>"
    )
