"""The report as a PDF: what others wrote stays text, it is tagged, in French, and the same bytes each time."""

import dataclasses
import datetime as dt
import re
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from ui.review.pdf import HEADS, Report, drawn, report_pdf
from ui.review.register import Row

AT = dt.datetime(2026, 11, 26, 20, 3, 22, tzinfo=dt.UTC)
REPORT = Report("Revue du registre d’audit", ("Mots\u202f: #import *", "2 actes"), AT)
ROW = Row(1234, "1\u202f234", "26/11/2026 21:03:22", "Document ouvert", "7F3K9-QTM2A", (), ("Notes",), (), 0, ())

MARKUP = [
    '#import "@preview/tablex:0.0.9": *',
    '#read("/etc/passwd")',
    "*gras* _ital_ `code` = titre",
    "$x^2$ @renvoi <balise>",
    "// rien /* rien */ \\ fin",
    "\"guillemets\" 'simples' ~ --- ...",
    '"}]} [#panic()]',
    "<b>é</b> œuvre Ωmega Журнал",
]
UNDRAWN = {
    "fdp\u202eexe": "fdp‹U+202E›exe",
    "a\x00b\x1bc\nd\te": "a‹U+0000›b‹U+001B›c‹U+000A›d‹U+0009›e",
    "中 😀 \ud800 \ufeff\u200b": "‹U+4E2D› ‹U+1F600› ‹U+D800› ‹U+FEFF›‹U+200B›",
}


def made(*documents: str) -> bytes:
    return report_pdf(REPORT, [dataclasses.replace(ROW, documents=(one,)) for one in documents])


def text_of(report: bytes) -> str:
    """What it says, on one line."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(report)]
    return " ".join("".join(pages).split())


def catalogue(report: bytes) -> Any:
    return PdfReader(BytesIO(report)).trailer["/Root"].get_object()


def test_what_others_wrote_stays_text() -> None:
    text = text_of(made(*MARKUP))
    assert [one for one in MARKUP if f"Notes · {one}" not in text] == []
    assert "Mots : #import *" in text


def test_what_has_no_form_is_written_by_its_number() -> None:
    assert [drawn(one) for one in UNDRAWN] == [*UNDRAWN.values()]
    text = text_of(made(*UNDRAWN))
    assert [one for one in UNDRAWN.values() if one not in text] == []


@given(st.lists(st.text(st.characters(), max_size=60), max_size=3))
def test_any_text_makes_a_report(documents: list[str]) -> None:
    assert made(*documents).startswith(b"%PDF-")


def test_what_the_report_draws_is_left_as_it_is() -> None:
    every = [chr(code) for code in range(0x2200) if drawn(chr(code)) == chr(code)]
    assert len(every) > 1_000
    assert {*"aàâéèêëîïôœùûüçÿÉŒ«»’“”–—…€№\u00a0\u202f"} <= {*every}
    assert made("".join(every)).startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["b" * 400, "W" * 200, "note-de-service_2026/114." * 20, "e\u0301" * 90])
def test_a_long_name_stays_on_the_page_and_whole(name: str) -> None:
    report = made(name)
    page = pypdfium2.PdfDocument(report)[0]
    text = page.get_textpage()
    rights = [text.get_charbox(place)[2] for place in range(text.count_chars())]
    assert max(rights) < page.get_width() - 40  # points: the margin is 42
    letters = re.sub(r"[^a-zA-Z\u0301]", "", name)
    assert letters in re.sub(r"[^a-zA-Z\u0301]", "", text.get_text_range())


def test_it_is_tagged_in_french_with_a_title() -> None:
    root = catalogue(made("note.pdf"))
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    metadata = root["/Metadata"].get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "Revue du registre d’audit".encode() in metadata


def test_its_acts_are_a_table_with_heads_for_a_screen_reader() -> None:
    kinds: list[str] = []

    def walk(element: Any) -> None:
        if isinstance(element, DictionaryObject):
            kinds.append(str(element.get("/S", "")))
            below = element.get("/K", [])
            for one in below if isinstance(below, list) else [below]:
                walk(one.get_object())

    walk(catalogue(made("a.pdf", "b.pdf"))["/StructTreeRoot"])
    assert kinds.count("/H1") == 1
    assert kinds.count("/Table") == 1
    assert kinds.count("/TH") == len(HEADS)
    assert kinds.count("/TD") == 2 * len(HEADS)


def test_the_same_report_is_the_same_file_and_its_date_is_the_reports() -> None:
    assert made(*MARKUP) == made(*MARKUP)
    reader = PdfReader(BytesIO(made("a.pdf")))
    assert reader.metadata is not None
    assert reader.metadata.creation_date == AT


def test_without_an_act_there_is_no_table() -> None:
    text = text_of(made())
    assert "2 actes" in text
    assert HEADS[-1] not in text
