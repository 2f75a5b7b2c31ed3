"""A page of a PDF file as its reader sees it, and where a passage stands on it."""

import unicodedata
import zlib
from collections.abc import AsyncIterator
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ingestion import ParseLimits, Reader, SheetWanted, open_reader
from ingestion.errors import FileUnreadable, PageNotFound, PictureTooLarge
from ingestion.parsing.letters import LEAST, places
from ingestion.parsing.pdf import PdfParser
from ingestion.parsing.sheet_view import MOST_PIXELS, png
from tests.ingestion.conftest import Write
from tests.ingestion.test_boxes import covered, ink, turned
from tests.ingestion.test_pdf import lines, pdf
from tests.ingestion.test_scans import scan

AROUND = "Les établissements adressent leur demande à l’agence régionale avant la fin du mois,"
PASSAGE = "Le congé de proche aidant dure trois mois et peut être renouvelé une fois."


def prose(canvas: Canvas) -> None:
    lines(canvas, (AROUND,) * 3 + ("Le congé de proche aidant dure trois mois et peut être re-", "nouvelé une fois."))
    lines(canvas, (AROUND,) * 5, top=500)


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with open_reader(ParseLimits()) as reader:
        yield reader


async def test_a_page_is_drawn_and_the_passage_marked_on_it_over_a_mended_hyphen(reader: Reader, write: Write) -> None:
    content = pdf(prose, prose)
    view = await reader.view(write("a.pdf", content), "a.pdf", SheetWanted(2, 800, PASSAGE))
    picture = Image.open(BytesIO(view.png))
    assert (view.sheets, view.width, view.height) == (2, 800, 1132)
    assert picture.size == (800, 1132)
    first, second = view.boxes
    assert first.bottom < second.bottom
    assert second.right < first.right
    dark = np.asarray(picture.convert("L")) < 128
    inside = covered(view.boxes, dark.shape)
    assert dark[inside].any()
    top, bottom = int(first.top * 1132), int(second.bottom * 1132)
    beside = (dark[top:bottom] & ~inside[top:bottom]).sum()  # the hyphen and the full stop
    assert beside < 0.03 * dark[top:bottom].sum()


async def test_marks_stand_where_they_do_on_a_page_that_is_turned(reader: Reader, write: Write) -> None:
    content = pdf(turned)
    view = await reader.view(write("a.pdf", content), "a.pdf", SheetWanted(1, 800, AROUND * 20, is_drawn=False))
    dark = ink(content, 1)
    assert view.png == b""
    assert view.width > 0
    assert (dark & ~covered(view.boxes, dark.shape)).sum() < 0.02 * dark.sum()


async def test_on_a_scan_the_lines_that_hold_the_passage_are_marked(reader: Reader, write: Write) -> None:
    drawn = await reader.view(write("a.pdf", pdf(prose)), "a.pdf", SheetWanted(1, 400, PASSAGE))
    view = await reader.view(write("b.pdf", scan(pdf(prose))), "b.pdf", SheetWanted(1, 400, PASSAGE))
    assert Image.open(BytesIO(view.png)).mode == "L"
    assert len(view.boxes) == len(drawn.boxes) == 2
    for printed, read in zip(drawn.boxes, view.boxes, strict=True):
        assert abs(printed.left - read.left) < 0.02
        assert abs(printed.top - read.top) < 0.02
        assert abs(printed.right - read.right) < 0.02


async def test_where_nothing_reads_pictures_a_scan_is_shown_without_marks() -> None:
    view = PdfParser(find_engine=lambda: None).view(scan(pdf(prose)), "a.pdf", SheetWanted(1, 400, PASSAGE))
    assert view.boxes == ()
    assert view.png


@pytest.mark.parametrize("number", [-1, 0, 3, 10**9])
async def test_a_page_that_is_not_there_is_said_to_be_so(reader: Reader, write: Write, number: int) -> None:
    with pytest.raises(PageNotFound, match="le document en a 2"):
        await reader.view(write("a.pdf", pdf(prose, prose)), "a.pdf", SheetWanted(number, 800))


async def test_what_is_damaged_or_no_pdf_is_refused(reader: Reader, write: Write) -> None:
    with pytest.raises(FileUnreadable, match="endommagé"):
        await reader.view(write("a.pdf", pdf(prose)[:300]), "a.pdf", SheetWanted(1, 800))
    with pytest.raises(FileUnreadable, match="pas de pages"):
        await reader.view(write("a.txt", "Un texte."), "a.txt", SheetWanted(1, 800))


async def test_a_page_that_is_endlessly_long_is_drawn_smaller_and_a_picture_that_is_too_large_not_at_all(
    reader: Reader, write: Write
) -> None:
    long = BytesIO()
    canvas = Canvas(long, pagesize=(10, 14_000))
    canvas.drawString(1, 100, "a")
    canvas.save()
    view = await reader.view(write("a.pdf", long.getvalue()), "a.pdf", SheetWanted(1, 2_000))
    assert view.width * view.height <= 1.01 * MOST_PIXELS
    async with open_reader(ParseLimits(pixels=1_000_000)) as small:
        with pytest.raises(PictureTooLarge):
            await small.view(write("b.pdf", scan(pdf(prose))), "b.pdf", SheetWanted(1, 200))


async def test_an_import_that_fills_all_turns_does_not_keep_a_page_waiting(write: Write) -> None:
    async with open_reader(ParseLimits()) as reader:
        while not reader._turns.locked():
            await reader._turns.acquire()
        assert (await reader.view(write("a.pdf", pdf(prose)), "a.pdf", SheetWanted(1, 100))).sheets == 1


@given(st.text(alphabet="abcdéf ghiÀœ1\n-", max_size=300), st.data())
def test_a_piece_of_a_text_is_found_in_it_however_it_is_broken(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    passage = text[start : data.draw(st.integers(start, len(text)))]
    spread = text.replace(" ", "\r\n")
    found = _plain("".join(spread[place] for place in places(spread, passage)))
    wanted = _plain(passage)
    assert set(found) <= set(wanted)
    if len(wanted) >= LEAST and "\n" not in passage:
        assert found == wanted


def _plain(text: str) -> str:
    """The letters and digits, without accents and capitals."""
    return "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if one.isalnum())


def test_what_does_not_stand_there_is_not_marked() -> None:
    assert places("Un tout autre texte, sans rapport aucun.", "Le congé dure trois mois.") == []


def test_the_picture_is_a_png_in_colour_where_there_is_some() -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[1, 2] = (200, 10, 30)
    picture = Image.open(BytesIO(png(pixels)))
    assert picture.mode == "RGB"
    assert (np.asarray(picture) == pixels).all()
    assert zlib.crc32(png(pixels)) == zlib.crc32(png(pixels.copy()))
