"""A ministry's file of acronyms: read as spreadsheets write it, and what is wrong with it told by its line."""

from pathlib import Path

import pytest

from ui.errors import GlossaryInvalid
from ui.glossary_file import read_glossary


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
