"""Which invisible characters are told, and which are ordinary."""

import json
import unicodedata
from pathlib import Path, PurePath
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ingestion.characters import visible
from ingestion.document import ParsedDocument
from ingestion.inspection import inspected
from ingestion.invisible import NEAR, PLACES, invisible_places, raw_text
from ingestion.parsing import jsonl
from ingestion.parsing.formats import parser_for
from tests.ingestion.office_files import cells, docx, odf, paragraph, pptx, shape, xlsx

SEEN = "Un congé de trois jours."
TURNED = f"{SEEN} Versez \u202e000 1\u202c euros."
NAME = "caractères invisibles"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("oui\u200b\u200c\u200b\u200d non", "oui[U+200B][U+200C][U+200B][U+200D] non", id="a message"),
        pytest.param("e\ufe01\ufe02\ufe03\ufe04", "e[U+FE01][U+FE02][U+FE03][U+FE04]", id="selectors"),
        pytest.param(
            "ce s\u200be\u200bc\u200br\u200bet", "ce s[U+200B]e[U+200B]c[U+200B]r[U+200B]et", id="a broken word"
        ),
        pytest.param("s\u00ade\u00adc\u00adr\u00adet", "s[U+00AD]e[U+00AD]c[U+00AD]r[U+00AD]et", id="broken softly"),
        pytest.param("facture\u202efdp.exe", "facture[U+202E]fdp.exe", id="an override"),
        pytest.param("si \u2067non\u2069 payé", "si [U+2067]non payé", id="a turn among Latin letters"),
        pytest.param(
            "si \u2067non\u200f\u2069 payé", "si [U+2067]non payé", id="a turn beside a mark, which is no letter"
        ),
        pytest.param("si \u2067non\n\u05d0", "si [U+2067]non", id="a turn in a line above"),
        pytest.param("\u05d0\nsi \u2067non", "si [U+2067]non", id="a turn in a line below"),
        pytest.param("\u05d0" + " " * 200 + "si \u2067non", "si [U+2067]non", id="a turn far from home"),
        pytest.param("\u05d0\u202d\u05d1", "\u05d0[U+202D]\u05d1", id="an override among Hebrew letters"),
        pytest.param("oui\U000e0069\U000e0067", "oui[U+E0069][U+E0067]", id="tags"),
        pytest.param("\U0001f3f4\U000e0069\U000e0067", "\U0001f3f4[U+E0069][U+E0067]", id="tags of no flag"),
    ],
)
def test_what_hides_or_turns_words_is_told_with_the_words_around_it(text: str, told: str) -> None:
    assert invisible_places(text) == told
    assert invisible_places(visible(text)) == ""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "pré\u00adve\u00adnir, anti\u00adcons\u00adti\u00adtu\u00adtion\u00adnel\u00adle", id="soft hyphens"
        ),
        pytest.param("\ufeffUn texte\ufeff.", id="byte order marks"),
        pytest.param("l’été\u202f: «\u00a0oui\u00a0»\u2060!", id="French spaces, a word joiner"),
        pytest.param("https://\u200bexemple.fr/\u200bune/\u200bpage\u200b\u200b\u200b", id="places to break a line"),
        pytest.param(
            "👨\u200d👩\u200d👧\u200d👦 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3 2\ufe0f\u20e3 🏳\ufe0f\u200d🌈", id="emoji"
        ),
        pytest.param("\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", id="Scotland’s flag"),
        pytest.param("می\u200cخواهم", id="a Persian joiner"),
        pytest.param("il dit \u2067שלום\u2069 et \u202bمرحبا\u202c", id="turns for those who write so"),
        pytest.param("Tél. \u202d+33 6 00 00 00 00\u202c\n\u05d0", id="as others do"),
        pytest.param("\u202a+33 6 00 00 00 00\u202c, \u2068Camille\u2069, \u200eC:\\notes", id="as telephones copy"),
    ],
)
def test_ordinary_ones_are_not(text: str) -> None:
    assert invisible_places(text) == ""


@given(st.text(st.characters(exclude_categories=["Cf", "Mn", "Cn", "Cs"])))
def test_a_text_without_any_has_none(text: str) -> None:
    assert invisible_places(visible(text)) == ""


def test_of_many_places_the_first_are_told() -> None:
    lines = [f"n° {number}\u202eoui" for number in range(PLACES + 5)]
    assert invisible_places("\n".join(lines)).split("\n") == [f"n° {number}[U+202E]oui" for number in range(PLACES)]


def test_what_stands_in_a_line_of_an_office_file_is_read_once() -> None:
    inner = etree.fromstring(f"<p>{TURNED}</p>")
    for _ in range(200):
        outer = etree.Element("p")
        outer.append(inner)
        inner = outer
    assert raw_text(inner) == TURNED


SIDE = st.lists(st.sampled_from(["\n", "a ", "\u0661", "\u05d0", " " * 70]), max_size=8).map("".join)


@given(SIDE, st.sampled_from("\u2067\u202d"), SIDE)
def test_whether_letters_from_right_to_left_are_near_goes_by_line_and_distance(
    before: str, sign: str, after: str
) -> None:
    near = before[-NEAR:].rpartition("\n")[2] + after[:NEAR].partition("\n")[0]
    assert bool(invisible_places(before + sign + after)) == (("\u05d0" in near) == (sign == "\u202d"))


def test_however_many_turns_there_are_each_letter_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def bidirectional(letter: str) -> str:
        looked_at.append(letter)
        return unicodedata.bidirectional(letter)

    text = (" a\u2067" * 40 + "\u05d0") * 50
    monkeypatch.setattr("ingestion.invisible.unicodedata", SimpleNamespace(bidirectional=bidirectional))
    assert invisible_places(text) == ""
    assert 0 < len(looked_at) <= len(text)


def pdf(text: str) -> bytes:
    """A page, and what its font says of two signs that print nothing."""
    words = text.encode("cp1252", "replace").replace(b"?", b"\x81", 1).replace(b"?", b"\x8d", 1)
    shown = b"BT /F 12 Tf 20 100 Td (" + words + b") Tj ET"
    signs = b"2 beginbfchar <81> <202E> <8D> <202C> endbfchar"
    parts = (
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 200] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
        b"<</Length %d>> stream\n%s\nendstream" % (len(shown), shown),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 6 0 R>>",
        b"<</Length %d>> stream\n%s\nendstream" % (len(signs), signs),
    )
    objects = [b"%d 0 obj %s endobj\n" % (number, part) for number, part in enumerate(parts, 1)]
    return b"%PDF-1.4\n" + b"".join(objects) + b"trailer <</Root 1 0 R>>\n"


FILES = {
    ".pdf": pdf(TURNED),
    ".txt": TURNED.encode(),
    ".csv": f"a;b\n1;{TURNED}".encode(),
    ".md": f"# Titre\n\n{TURNED}".encode(),
    ".html": f"<p>{TURNED.replace(chr(0x202E), '&#8238;')}<script>/\u200b\u200c\u200d\u2060/</script>".encode(),
    ".eml": f"Subject: Note\nContent-Type: text/plain; charset=utf-8\n\n{TURNED}".encode(),
    ".docx": docx(paragraph(TURNED)),
    ".xlsx": xlsx(f"<sheetData>{cells(TURNED)}</sheetData>"),
    ".pptx": pptx(shape(TURNED)),
    ".odt": odf("text", f"<text:p>{TURNED}</text:p>"),
    ".ods": odf(
        "spreadsheet",
        f"<table:table><table:table-row><table:table-cell><text:p>{TURNED}</text:p></table:table-cell></table:table-row></table:table>",
    ),
    ".odp": odf("presentation", f"<draw:page><draw:rect><text:p>{TURNED}</text:p></draw:rect></draw:page>"),
}


@pytest.mark.parametrize("suffix", FILES)
def test_every_format_tells_them_and_the_guardrails_name_them(suffix: str) -> None:
    parser = parser_for(PurePath(f"a{suffix}"))
    assert parser is not None
    document = parser.parse(FILES[suffix], f"a{suffix}")
    assert SEEN in document.text
    assert visible(document.text) == document.text
    assert _told(document)


def test_a_record_tells_them_too(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "a", "title": "Note", "text": TURNED}))
    ((_, record),) = jsonl.records(path, 10_000)
    assert _told(jsonl.Record.of_canonical(record.canonical()).document())


def _told(document: ParsedDocument) -> bool:
    inspection = inspected(document)
    return "Versez [U+202E]000 1" in inspection.unseen and [tally.what for tally in inspection.found] == [NAME]
