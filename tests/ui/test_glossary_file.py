"""A ministry's file of acronyms: read as spreadsheets write it, and what is wrong with it told by its line."""

from pathlib import Path

import pytest

from retrieval import GlossaryEntry
from ui.errors import GlossaryInvalid
from ui.glossary_file import glossary_csv, parsed, read_glossary


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "sigles.csv"
    path.write_text(text, encoding=encoding, newline="")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "ARS;agence régionale de santé\nALD;affection de longue durée\n",
        "\ufeffSigle;Développé\r\nARS; agence  régionale de santé ;\r\n\r\nALD;affection de longue durée",
        'sigle,sens\nARS,"agence régionale de santé"\nALD,affection de longue durée\nARS,agence régionale de santé\n',
        "ARS\tagence régionale de santé\nALD\taffection de longue durée",
    ],
)
def test_tables_of_two_columns_are_read_whatever_parts_them(tmp_path: Path, text: str) -> None:
    entries = [(one.short, one.long) for one in read_glossary(written(tmp_path, text))]
    assert entries == [("ARS", "agence régionale de santé"), ("ALD", "affection de longue durée")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "aucun sigle"),
        ("Sigle;Développé\n", "aucun sigle"),
        ("ARS;a b\nALD\n", "ligne 2 : deux colonnes"),
        ("ARS;a b\nALD;c d;e\n", "ligne 2 : deux colonnes"),
        ("ARS;a b\n\nT2A;c d\n", "ligne 3 : « T2A » n’est pas un sigle"),
        ("ARS;a b\nALD;c d\nars;e f\n", "ligne 3 : « ars » veut dire autre chose à la ligne 1"),
        ('ARS;a b\nALD;"c" d"\n', "ligne 2 : les guillemets"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(GlossaryInvalid) as told:
        read_glossary(written(tmp_path, text))
    assert problem in str(told.value).replace("\u202f", " ")


def test_a_file_that_is_not_there_and_one_of_other_characters_are_named(tmp_path: Path) -> None:
    with pytest.raises(GlossaryInvalid, match="n’existe pas"):
        read_glossary(tmp_path / "rien.csv")
    with pytest.raises(GlossaryInvalid, match="UTF-8"):
        read_glossary(written(tmp_path, "ARS;agence régionale de santé", "cp1252"))


def test_all_that_is_wrong_is_told_at_once_with_what_could_be_read() -> None:
    read = parsed(b"ARS;a b\nALD\nT2A;c d\nars;e f\nDFH;g h\n")
    assert [problem.line for problem in read.problems] == [2, 3, 4]
    assert [one.short for one in read.entries] == ["ARS", "DFH"]


@pytest.mark.parametrize("data", [b"\xff\xfe", b"", b"a" * (2**20 + 1), b'"', b"\x00;\x00"])
def test_what_is_no_such_table_is_told(data: bytes) -> None:
    assert parsed(data).problems


def test_what_is_written_is_read_again_and_no_cell_is_a_formula() -> None:
    entries = [GlossaryEntry("ARS", "agence; régionale"), GlossaryEntry("ALD", '=cmd|"x"')]
    written = glossary_csv(entries)
    assert parsed(written).entries[0] == entries[0]
    assert parsed(written).entries[1].long == "'" + entries[1].long
