"""The report of what an auditor saw, as a PDF that can be printed and filed."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from ui.review.register import Row

FONT, BOLD = "Vera", "VeraBd"
WIDTHS = (18, 38, 55, 30, 126)  # millimetres
BLUE, RULE, SHADE = colors.HexColor("#000091"), colors.HexColor("#dddddd"), colors.HexColor("#f6f6f6")

# The font has no narrow space that does not break.
_SPACES = str.maketrans({"\u202f": "\u00a0"})


@dataclass(frozen=True, slots=True)
class Report:
    """What stands above the acts: one line each."""

    title: str
    lines: Sequence[str]


def report_pdf(report: Report, rows: Sequence[Row]) -> bytes:
    """The file."""
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf"))
    body = ParagraphStyle("body", fontName=FONT, fontSize=8, leading=11)
    head = ParagraphStyle("head", parent=body, fontName=BOLD)
    title = ParagraphStyle("title", parent=body, fontName=BOLD, fontSize=16, leading=22, textColor=BLUE)
    heads = ("N°", "Date et heure (Paris)", "Acte", "Personne", "Ce qui est en cause")
    cells = [[_text(one, head) for one in heads]]
    cells += [[_text(one, body) for one in (row.number, row.at, row.act, row.who, at_stake(row))] for row in rows]
    table = Table(cells, colWidths=[width * mm for width in WIDTHS], repeatRows=1)
    ruled = ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE)
    shaded = ("BACKGROUND", (0, 0), (-1, 0), SHADE)
    table.setStyle(TableStyle([ruled, shaded, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    file = BytesIO()
    margin = 15 * mm
    document = SimpleDocTemplate(
        file,
        pagesize=landscape(A4),
        margin=margin,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin,
        title=report.title,
        author="Revue de l’assistant",
        lang="fr",
    )
    story = [_text(report.title, title), *(_text(line, body) for line in report.lines), Spacer(1, 5 * mm), table]
    document.build(story, onFirstPage=_numbered, onLaterPages=_numbered)
    return file.getvalue()


def at_stake(row: Row) -> str:
    """What an act is about, on one line."""
    documents = ", ".join(row.documents) + (f" et {row.more} autre{'s' if row.more > 1 else ''}" if row.more else "")
    about = "sur " + ", ".join(row.about) if row.about else ""
    parts = (" ; ".join(row.signs), about, ", ".join(row.collections), documents)
    return " · ".join(part for part in parts if part)


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text.translate(_SPACES)), style)


def _numbered(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(FONT, 7)
    canvas.drawRightString(document.pagesize[0] - 15 * mm, 8 * mm, f"page {document.page}")
