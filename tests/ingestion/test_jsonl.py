"""JSON lines: what a record is, and how a broken line is named."""

import datetime as dt
import gzip
import json
from pathlib import Path

import pytest

from ingestion.document import Block
from ingestion.errors import BrokenLine, FileUnreadable, TooLarge
from ingestion.parsing.jsonl import Record, records
from retrieval.corpus import DocumentMetadata, TextKind

LIMIT = 1_000_000


def read(path: Path) -> list[Record]:
    return [record for _, record in records(path, LIMIT)]


def lines(*values: object) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def test_a_record_is_a_document_with_one_block_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    value = {
        "id": "L1",
        "title": " Code  du travail ",
        "text": "Un.\n\n  Deux.\r\nTrois.",
        "url": "https://exemple.fr",
        "path": "Livre  I >  > Titre II",
        "date": "2024-05-01",
        "repealed_on": "2025-01-01",
        "theme": ["ignored"],
    }
    path.write_text(lines(value))
    document = read(path)[0].document()
    heading_path = ("Livre I", "Titre II")
    assert document.blocks == (Block("Un.", heading_path), Block("Deux.", heading_path), Block("Trois.", heading_path))
    assert document.metadata.title == "Code du travail"
    assert document.metadata.date == dt.date(2024, 5, 1)
    assert document.metadata.repealed_on == dt.date(2025, 1, 1)
    assert document.metadata.url == "https://exemple.fr"


def test_a_record_says_what_the_text_is(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    known = {"kind": "circulaire", "number": "DGS/2023/1", "signed_on": "2023-03-01", "replaced_by": "DGS/2024/2"}
    known["author"] = " Direction générale  de la santé "
    path.write_text(lines({"id": "1", "text": "a", "replaces": ["DGS/2019/7"]} | known))
    assert read(path)[0].document().metadata == DocumentMetadata(
        title="",
        kind=TextKind.CIRCULAIRE,
        number="DGS/2023/1",
        signed_on=dt.date(2023, 3, 1),
        replaces=("DGS/2019/7",),
        replaced_by="DGS/2024/2",
        author="Direction générale de la santé",
    )


@pytest.mark.parametrize("kind", ["fiche", "", None, ["loi"], 1])
def test_a_kind_that_is_not_of_ours_is_no_error(tmp_path: Path, kind: object) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(lines({"id": "1", "text": "a", "kind": kind}))
    assert read(path)[0].document().metadata.kind is None


def test_the_order_of_keys_and_keys_of_others_make_no_difference(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(lines({"id": "1", "text": "a", "theme": "x"}))
    other = tmp_path / "b.jsonl"
    other.write_text(lines({"text": "a", "title": "", "id": "1", "date": None}))
    assert read(path)[0].canonical() == read(other)[0].canonical()


def test_a_compressed_file_a_byte_order_mark_and_blank_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + lines({"id": "1", "text": "a"}).encode() + b"\n  \n"))
    assert [record.id for record in read(path)] == ["1"]


GOOD = {"id": "1", "text": "a"}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("{", "ce n’est pas du JSON", id="no JSON"),
        pytest.param("[]", "accolades", id="no object"),
        pytest.param("[" * 100_000, "imbriqué", id="nested too deep"),
        pytest.param(json.dumps({"text": "a"}), "« id » manque", id="no id"),
        pytest.param(json.dumps({"id": "2"}), "« text » manque", id="no text"),
        pytest.param(json.dumps({"id": 2, "text": "a"}), "« id » n’est pas une chaîne", id="id is a number"),
        pytest.param(json.dumps({"id": " ", "text": "a"}), "« id » est vide", id="blank id"),
        pytest.param(json.dumps({"id": "a\u200bb", "text": "a"}), "invisibles", id="invisible character in id"),
        pytest.param(json.dumps({"id": "2", "text": None}), "« text » n’est pas une chaîne", id="text is null"),
        pytest.param(json.dumps({"id": "2", "text": "a", "url": 3}), "« url » n’est pas", id="url is a number"),
        pytest.param(json.dumps({"id": "2", "text": "a", "replaces": "B"}), "« replaces » n’est pas", id="no list"),
        pytest.param(json.dumps({"id": "2", "text": "a", "date": "1/2/2024"}), "« date » n’est pas", id="French date"),
        pytest.param(json.dumps(GOOD), "déjà celui de la ligne 1", id="id twice"),
        pytest.param(b'{"id": "2", "text": "\xe9"}', "UTF-8", id="no UTF-8"),
    ],
)
def test_a_broken_line_is_named_with_what_is_wrong(tmp_path: Path, line: str | bytes, problem: str) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(lines(GOOD).encode() + (line if isinstance(line, bytes) else line.encode()))
    with pytest.raises(BrokenLine, match=problem) as broken:
        read(path)
    assert broken.value.number == 2
    assert str(broken.value).startswith(f"{path}, ligne 2\u202f: ")
    assert "rien n’a été importé" in str(broken.value)


def test_a_file_larger_than_the_limit_is_refused_after_decompression(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * 10_000_000))
    with pytest.raises(TooLarge, match="1 Mo"):
        read(path)


def test_a_damaged_archive_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(GOOD).encode())[:-9])
    with pytest.raises(FileUnreadable, match="gzip"):
        read(path)


def test_a_record_without_an_author_is_the_one_that_it_was_before_authors_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(lines({"id": "1", "text": "a", "author": ""}))
    (record,) = read(path)
    assert b"author" not in record.canonical()
    assert Record.of_canonical(record.canonical()) == record
