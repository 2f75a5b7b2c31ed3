"""What an auditor sees, as files: no name in them, no formula, a signature that holds, and a record of each."""

import csv
import hashlib
import io
import json
import re
import zipfile

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import Act
from policies.audit.note import VerifyingKey, opened
from tests.ui.review.conftest import NAMES, Review
from ui.review import export
from ui.spreadsheet import FORMULA, harmless

HOSTILE = [
    *("=cmd|' /C calc'!A0", "+33 1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "a;=1+1", "a, @b", "＝1"),
    'a "b", c\nd',
    "<b>é</b> œuvre",
]


async def _filled(review: Review) -> str:
    collection = str((await review.collection("=Notes")).id)
    for document in HOSTILE:
        await review.did(Act.DOCUMENT_OPENED, collection=collection, document=document)
    return collection


async def test_a_csv_file_has_one_line_an_act_and_no_formula(review: Review) -> None:
    await _filled(review)
    file = await review.send("/export", format="csv", act=Act.DOCUMENT_OPENED)
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"].startswith('attachment; filename="revue-')
    lines = [*csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))]
    assert len(lines) == 1 + len(HOSTILE)
    assert not any(FORMULA.search(cell) for line in lines for cell in line)
    assert {line[7] for line in lines[1:]} == {harmless(one) for one in HOSTILE}
    assert {line[6] for line in lines[1:]} == {"'=Notes"}
    assert file.content.count(b"\r\n") == len(lines)
    assert not any(name in file.text for name in NAMES)


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    cells = re.split(r"[;,\t\r\n]", harmless(text))  # as spreadsheets of any country part them
    assert not any(cell.strip().startswith(("=", "+", "-", "@")) for cell in cells)
    assert harmless(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize(
    ("text", "written"),
    [("a;=1+1", "a;'=1+1"), ("a, @b", "a,' @b"), ("=1", "'=1"), ("＝1", "'＝1"), ("\t1", "'\t1"), ("a-b; c", "a-b; c")],
)
def test_a_formula_is_made_text_where_a_cell_may_begin(text: str, written: str) -> None:
    assert harmless(text) == written


async def test_a_json_file_has_the_details_and_the_filters(review: Review) -> None:
    collection = await _filled(review)
    file = (await review.send("/export", format="json", collection=collection)).json()
    assert file["filters"] == {"collection": collection}
    assert [entry["details"]["document"] for entry in file["entries"]] == HOSTILE[::-1]
    assert not any(name in json.dumps(file) for name in NAMES)


async def test_a_report_is_signed_with_the_key_of_the_register(review: Review) -> None:
    await _filled(review)
    file = await review.send("/export", format="pdf", act=Act.DOCUMENT_OPENED)
    archive = zipfile.ZipFile(io.BytesIO(file.content))
    assert archive.namelist() == ["revue.pdf", "revue.pdf.note", "cles.txt", "LISEZMOI.txt"]
    report = archive.read("revue.pdf")
    [key] = review.auditing.keys.public()
    assert VerifyingKey.parse(archive.read("cles.txt").decode()) == key
    signed = opened(archive.read("revue.pdf.note").decode(), [key])
    assert signed.text.split("\n")[:2] == ["revue.pdf", hashlib.sha256(report).hexdigest()]
    text = pypdfium2.PdfDocument(report)[0].get_textpage().get_text_range()
    assert "Acte\u202f: Document ouvert" in text
    assert "<b>é</b> œuvre" in text
    assert not any(name in text for name in NAMES)


@pytest.mark.parametrize("kind", ["csv", "json", "pdf"])
async def test_a_file_is_recorded_with_its_hash_and_without_a_ledger_there_is_none(review: Review, kind: str) -> None:
    await _filled(review)
    file = await review.send("/export", format=kind, words="martin")
    act, details = (await review.acts())[-1]
    sha256 = hashlib.sha256(file.content).hexdigest()
    told = {"page": "register", "filters": {"words": 1}, "entries": 0, "format": kind, "sha256": sha256}
    assert (act, details) == (Act.REVIEW_EXPORTED, told)
    review.ledger.broken = True
    assert (await review.send("/export", format=kind)).status_code == 503


async def test_too_many_acts_and_a_format_that_is_none_are_told(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _filled(review)
    monkeypatch.setattr(export, "MOST", {"csv": len(HOSTILE) - 1, "json": len(HOSTILE)})
    monkeypatch.setattr(export, "STEP", 3)
    assert "Resserrez la période" in (await review.send("/export", format="csv")).text
    assert len((await review.send("/export", format="json")).json()["entries"]) == len(HOSTILE)
    assert (await review.send("/export", format="exe")).status_code == 422
