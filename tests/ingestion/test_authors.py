"""Whom a file names as its author, where that is somebody."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingestion.parsing.described import AUTHOR_CHARACTERS, issuer
from ingestion.parsing.docx import DocxParser
from ingestion.parsing.odf import OdtParser
from ingestion.parsing.pdf import PdfParser
from retrieval.corpus import DocumentMetadata
from tests.ingestion.office_files import ODF, docx, odf, with_parts

CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{}</dc:creator></cp:coreProperties>'
)


@pytest.mark.parametrize(
    "author",
    [
        "Direction générale de la santé",
        "Direction générale de l’offre de soins (DGOS)",
        "Ministère de la santé et de l'accès aux soins",
        "Camille Martin",
        "J. D’Arc",
        "DUPONT-MARTIN, Anne-Laure",
    ],
)
def test_a_person_or_a_body_is_an_author(author: str) -> None:
    assert issuer(f"  {author}\n") == author


@pytest.mark.parametrize(
    "author",
    [
        *("", "jdupont", "jean.dupont", "DUPONT", "MESSAGERIE\\jdupont", "jean.dupont@sante.gouv.fr", "poste 12"),
        *("Microsoft Office User", "LibreOffice Writer", "Adobe Acrobat", "Utilisateur Windows", "Canon iR-ADV C5535"),
        *("Camille Martin; Ali Durand", "a " * AUTHOR_CHARACTERS, "a’" * AUTHOR_CHARACTERS),
    ],
)
def test_a_login_name_a_program_and_several_people_are_none(author: str) -> None:
    assert issuer(author) == ""


def pdf(author: str) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setAuthor(author)
    canvas.drawString(72, 700, "Le congé de proche aidant dure trois mois.")
    canvas.save()
    return file.getvalue()


def word(author: str) -> bytes:
    return with_parts(docx("<w:p><w:r><w:t>Congé</w:t></w:r></w:p>"), {"docProps/core.xml": CORE.format(author)})


def writer(author: str) -> bytes:
    meta = (
        f"<office:document-meta {ODF} xmlns:dc='http://purl.org/dc/elements/1.1/'><office:meta>"
        f"<meta:initial-creator>{author}</meta:initial-creator><dc:creator>Ali Durand</dc:creator>"
        "</office:meta></office:document-meta>"
    )
    return with_parts(odf("text", "<text:p>Congé</text:p>"), {"meta.xml": meta})


@pytest.mark.parametrize(
    ("parser", "file", "name"),
    [(DocxParser(), word, "note.docx"), (OdtParser(), writer, "note.odt"), (PdfParser(), pdf, "note.pdf")],
)
def test_the_author_that_a_file_names_is_a_guess(parser: Any, file: Callable[[str], bytes], name: str) -> None:
    def read(author: str) -> DocumentMetadata:
        metadata: DocumentMetadata = parser.parse(file(author), name).metadata
        return metadata

    signed, typed = read("Direction générale de la santé"), read("jdupont")
    assert (signed.author, signed.guessed) == ("Direction générale de la santé", frozenset({"author"}))
    assert (typed.author, typed.guessed) == ("", frozenset())
