"""Thirty files of all formats that the product reads, as people have them in a folder."""

import gzip
from collections.abc import Mapping
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from ingestion import known_suffixes
from tests.ingestion.office_files import cells, docx, odf, paragraph, pptx, shape, xlsx, zipped
from tests.ingestion.test_pdf import lines, pdf

DURATION = "quarante-deux jours"
WORDS = f"Le congé pour l’adoption d’un renard polaire dure {DURATION} ouvrables."
SECRET = "La présente note sur le congé d’un renard polaire ne sort pas du ministère."

# With the same words: what LibreOffice makes of a DOCX, an XLSX and a PPTX file (tests.ingestion.test_libreoffice.old).
OLD = Path(__file__).parent / "old_formats"

# Other names of formats that are among the files.
LEFT_OUT = {".markdown", ".text", ".htm", ".ndjson", ".dot", ".xlt", ".pps"}


def thirty_files(folder: Path) -> list[Path]:
    """One of each name that formats have. `marquée.md` is to be kept aside, `abîmée.docx` cannot be read,
    `ancienne.md` is called «Note ancienne» and `note.html` «Note nouvelle».
    """
    contents = {f"note{suffix}": content for suffix, content in _by_suffix().items()} | {
        "ancienne.md": "# Note ancienne\n\nLe congé de l’ours blanc dure trois jours.\n".encode(),
        "marquée.md": f"DIFFUSION RESTREINTE\n\n{SECRET}".encode(),
        "abîmée.docx": b"PK\x03\x04",
    }
    files = [folder / name for name in contents]
    for file, content in zip(files, contents.values(), strict=True):
        file.write_bytes(content)
    assert {suffix for suffix in known_suffixes() if not any(file.name.endswith(suffix) for file in files)} == LEFT_OUT
    assert len(files) == 30
    return files


def _by_suffix() -> Mapping[str, bytes]:
    def page(canvas: Canvas) -> None:
        lines(canvas, (WORDS,), top=700, size=11)

    html = f"<html><head><title>Note nouvelle</title></head><body><p>{WORDS}</p></body></html>"
    record = '{{"id": "{}", "title": "Fiche", "text": "{}"}}\n'
    text, slides = docx(paragraph(WORDS)), pptx(shape(WORDS))
    sheet = xlsx(f"<sheetData>{cells('Congé', WORDS)}</sheetData>")
    written = f"<text:p>{WORDS}</text:p>"
    cell = f"<table:table-cell>{written}</table:table-cell>"
    table = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    frame = f"<draw:page><draw:frame><draw:text-box>{written}</draw:text-box></draw:frame></draw:page>"
    mail = f"Subject: conge\nContent-Type: text/plain; charset=utf-8\n\n{WORDS}\n"
    return {
        ".txt": WORDS.encode(),
        ".html": html.encode(),
        ".xhtml": html.replace("nouvelle", "encore").encode(),
        ".csv": f"congé;durée\nadoption;{WORDS}\n".encode(),
        ".tsv": f"congé\tdurée\nadoption\t{WORDS}\n".encode(),
        ".eml": mail.encode(),
        ".jsonl": record.format("fiche", WORDS).encode(),
        ".jsonl.gz": gzip.compress(record.format("autre-fiche", WORDS).encode()),
        ".zip": zipped({"dedans.txt": WORDS, "autre.md": "# Autre\n\nUn autre texte."}),
        ".pdf": pdf(page),
        ".odt": odf("text", written),
        ".ott": odf("text", written),
        ".ods": odf("spreadsheet", table),
        ".odp": odf("presentation", frame),
        **dict.fromkeys((".docx", ".docm", ".dotx"), text),
        **dict.fromkeys((".xlsx", ".xlsm", ".xltx"), sheet),
        **dict.fromkeys((".pptx", ".pptm", ".ppsx"), slides),
        ".rtf": rb"{\rtf1\ansi Le cong\'e9 d'un renard polaire.}",
        **{file.suffix: file.read_bytes() for file in OLD.iterdir()},
    }
