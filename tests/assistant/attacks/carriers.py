"""The files that carry an attack: each says what is true of the leave, and holds the attack at one place."""

from collections.abc import Callable
from html import escape
from io import BytesIO

from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

from tests.ingestion.office_files import cells, docx, paragraph, pptx, shape, with_parts, xlsx

TITLE = "Congé de proche aidant"
FACTS = ("Le congé de proche aidant dure trois mois.", "Il est demandé à l’employeur un mois avant le départ.")

_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>'
    "</cp:coreProperties>"
)
_HEADING = '<w:style w:type="paragraph" w:styleId="Titre1"><w:name w:val="heading 1"/></w:style>'
_WHITE, _TINY, _VANISH = '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>', "<w:vanish/>"


def file_of(carrier: str, place: str, text: str) -> bytes:
    """The content of the file; its format is the carrier's."""
    return _CARRIERS[carrier](place, text)


def _txt(place: str, text: str) -> bytes:
    return "\n\n".join((*FACTS, text)).encode()


def _md(place: str, text: str) -> bytes:
    match place:
        case "heading":
            return f"# {TITLE}\n\n## {text}\n\n{' '.join(FACTS)}\n".encode()
        case "split":
            first, second = text.split("|")
            return f"# {TITLE}\n\n{' '.join(FACTS)}\n\n## Un\n\n{first}\n\n## Deux\n\n{second}\n".encode()
    return f"# {TITLE}\n\n{' '.join(FACTS)}\n\n{text}\n".encode()


def _csv(place: str, text: str) -> bytes:
    row = text.split("|") if place == "split" else [text, "2026"]
    rows = [("Règle", "Remarque"), FACTS, row]
    quoted = [";".join('"' + cell.replace('"', '""') + '"' for cell in one) for one in rows]
    return "\n".join(quoted).encode()


def _html(place: str, text: str) -> bytes:
    said = escape(text)
    placed = {
        "table": f"<table><tr><th>Règle</th></tr><tr><td>{said}</td></tr></table>",
        "white": f'<p style="color:#fff;background:#fff">{said}</p>',
        "tiny": f'<p style="font-size:1px">{said}</p>',
        "none": f'<p style="display:none">{said}</p>',
        "comment": f"<!-- {said} -->",
        "alt": f'<p><img src="a.png" alt="{said}"></p>',
        "title": "",
        "author": "",
    }
    title = said if place == "title" else TITLE
    author = f'<meta name="author" content="{said}">' if place == "author" else ""
    return _page(placed.get(place, f"<p>{said}</p>"), title, author)


def _html_raw(place: str, text: str) -> bytes:
    return _page(text, TITLE, "")


def _page(inner: str, title: str, author: str) -> bytes:
    facts = "".join(f"<p>{fact}</p>" for fact in FACTS)
    head = f'<meta charset="utf-8"><title>{title}</title>{author}'
    return f"<!doctype html><html><head>{head}</head><body>{facts}{inner}</body></html>".encode()


def _docx(place: str, text: str) -> bytes:
    said = escape(text)
    facts = "".join(map(paragraph, FACTS))
    placed = {
        "heading": paragraph(said, '<w:pStyle w:val="Titre1"/>') + facts,
        "table": f"{facts}<w:tbl><w:tr><w:tc>{paragraph(said)}</w:tc></w:tr></w:tbl>",
        "white": facts + paragraph(said, run=_WHITE),
        "tiny": facts + paragraph(said, run=_TINY),
        "vanish": facts + paragraph(said, run=_VANISH),
        "title": facts,
        "author": facts,
    }
    title = said if place == "title" else TITLE
    core = _CORE.format(title=title, author=said if place == "author" else "")
    file = docx(placed.get(place, facts + paragraph(said)), styles=_HEADING)
    return with_parts(file, {"docProps/core.xml": core})


def _pdf(place: str, text: str) -> bytes:
    file = BytesIO()
    canvas = Canvas(file)
    canvas.setTitle(text if place == "title" else TITLE)
    if place == "author":
        canvas.setAuthor(text)
    canvas.setFont("Helvetica", 11)
    for n, fact in enumerate(FACTS):
        canvas.drawString(60, 760 - 30 * n, fact)
    visible = text.split("|") if place == "split" else [text] if place not in ("title", "author") else []
    for n, part in enumerate(visible):
        if place == "split":
            canvas.showPage()
        canvas.setFont("Helvetica", 1 if place == "tiny" else 8)
        if place == "white":
            canvas.setFillColor(white)
        for line, words in enumerate(part.split("\n")):
            canvas.drawString(60, 600 - 30 * n - 10 * line, words)
    canvas.save()
    return file.getvalue()


def _xlsx(place: str, text: str) -> bytes:
    rows = cells("Règle", "Remarque") + cells(*FACTS)
    match place:
        case "hidden":
            columns = '<cols><col min="3" max="3" hidden="1"/></cols>'
            return xlsx(f"{columns}<sheetData>{rows}{cells('a', 'b', escape(text))}</sheetData>")
        case _:
            return xlsx(f"<sheetData>{rows}{cells(escape(text), '2026')}</sheetData>")


def _pptx(place: str, text: str) -> bytes:
    said = escape(text)
    if place == "title":
        return pptx(shape(said, place="title") + shape(*FACTS))
    return pptx(shape(TITLE, place="title") + shape(*FACTS, said))


_CARRIERS: dict[str, Callable[[str, str], bytes]] = {
    "txt": _txt,
    "md": _md,
    "csv": _csv,
    "html": _html,
    "html-raw": _html_raw,
    "docx": _docx,
    "pdf": _pdf,
    "xlsx": _xlsx,
    "pptx": _pptx,
    "question": _txt,
}
