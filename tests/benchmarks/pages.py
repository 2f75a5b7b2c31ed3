"""French pages of several kinds, made for the benchmarks, and the words that stand on them."""

import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Table

SENTENCES = (
    "Le présent décret fixe les modalités d’application de l’article L. 1411-6 du code de la santé publique, "
    "relatif aux actes de prévention pris en charge par l’assurance maladie à compter du 1er janvier 2024.",
    "Les agents contractuels bénéficient, après six mois de service effectif, d’un congé de grave maladie d’une "
    "durée maximale de trois ans, dont douze mois à plein traitement.",
    "À l’issue de la période d’essai, l’autorité hiérarchique notifie à l’intéressé la décision de "
    "renouvellement ; celle-ci est motivée et précise les voies et délais de recours.",
    "L’hébergement d’urgence relève du préfet de département, qui répartit les crédits (12 450,75 €) entre les "
    "établissements habilités, où que soit situé le siège.",
    "Où l’été fut très sec, Noël et Maïté, naïfs, goûtèrent une crème brûlée à Évry : œufs, gâteaux, maïs et "
    "piqûres d’insectes furent évités grâce à la prévention.",
    "Le délégué général transmet chaque année au ministère, avant le 31 décembre, un bilan détaillé des "
    "événements indésirables graves déclarés par les établissements.",
)

TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=20, leading=24, spaceAfter=10)
HEADING = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=14, leading=18, spaceBefore=8, spaceAfter=4)
BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=12, spaceAfter=6)


def paragraphs(count: int, seed: int) -> list[str]:
    """Each of two to five sentences."""
    draw = random.Random(seed)  # noqa: S311
    return [" ".join(draw.choices(SENTENCES, k=draw.randint(2, 5))) for _ in range(count)]


def prose(pages: int, *, columns: int = 1) -> bytes:
    """Headings and paragraphs under a running head."""
    width = (A4[0] - 100) / columns
    frames = [Frame(50 + n * width, 60, width - 10, A4[1] - 130) for n in range(columns)]
    return _built(frames, _chapters(pages * 6))


def text(title: str, lines: Sequence[str]) -> bytes:
    """Lines as paragraphs, the short ones without a full stop as headings, under a title if there is one."""
    story = [Paragraph(escape(title), TITLE)] if title else []
    for line in filter(None, lines):
        is_heading = len(line) <= 80 and not line.endswith((".", ":", ",", ";"))
        story.append(Paragraph(escape(line), HEADING if is_heading else BODY))
    return _built([Frame(50, 60, A4[0] - 100, A4[1] - 130)], story)


def tables(pages: int) -> bytes:
    """A table of thirty rows on each page."""
    draw = random.Random(1)  # noqa: S311
    story: list[Flowable] = []
    for number in range(pages):
        rows = [
            [str(draw.randint(100, 999)), draw.choice(SENTENCES)[:45], f"{draw.randint(1, 999)},00 €"]
            for _ in range(30)
        ]
        story += [
            Paragraph(f"Tableau {number + 1}", HEADING),
            Table([["Code", "Libellé", "Montant"], *rows]),
            PageBreak(),
        ]
    return _built([Frame(50, 50, A4[0] - 100, A4[1] - 130)], story)


def office(pages: int, folder: Path) -> bytes | None:
    """Prose as LibreOffice writes it, where it is installed."""
    program = shutil.which("soffice")
    if program is None:
        return None
    body = "".join(f"<h2>Titre {n}</h2><p>{escape(text)}</p>" for n, text in enumerate(paragraphs(pages * 5, 3)))
    (folder / "prose.html").write_text(f"<html><body>{body}</body></html>")
    command = [program, "--headless", "--convert-to", "pdf:writer_web_pdf_Export", "prose.html"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603
    return (folder / "prose.pdf").read_bytes()


def page_in(font: str, size: float, seed: int) -> tuple[bytes, str]:
    """One page in that font, and what it says. Raises `TTFError` where the font is not installed."""
    pdfmetrics.registerFont(TTFont(font, f"{font}.ttf"))
    texts = paragraphs(8, seed)
    style = ParagraphStyle(font, fontName=font, fontSize=size, leading=1.3 * size, spaceAfter=8)
    file, waiting = BytesIO(), [Paragraph(text, style) for text in texts]
    canvas = Canvas(file, pagesize=A4)
    Frame(60, 60, A4[0] - 120, A4[1] - 120).addFromList(waiting, canvas)
    canvas.save()
    return file.getvalue(), " ".join(texts[: len(texts) - len(waiting)])


def _chapters(count: int) -> Iterator[Flowable]:
    for number, text in enumerate(paragraphs(count, 2), start=1):
        yield Paragraph(f"{number}. Dispositions applicables", HEADING)
        yield Paragraph(text, BODY)


def _built(frames: list[Frame], story: object) -> bytes:
    def head(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, A4[1] - 30, "Ministère de la santé")
        canvas.drawString(280, 30, f"{document.page}/99")

    file = BytesIO()
    document = BaseDocTemplate(file, pagesize=A4)
    document.addPageTemplates(PageTemplate(frames=frames, onPage=head))
    document.build(list(story))  # type: ignore[call-overload]
    return file.getvalue()
