"""CSV as offices export it."""

import pytest

from ingestion.parsing.delimited import CsvParser, delimiter


def texts(content: bytes) -> list[str]:
    return [block.text for block in CsvParser().parse(content, "a.csv").blocks]


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_sign_between_cells_and_the_encoding_are_found(sign: str, encoding: str) -> None:
    rows = [("Région", "Durée"), ("Île-de-France", "3 €"), ("Ain", "2")]
    content = "\r\n".join(sign.join(row) for row in rows).encode(encoding)
    assert texts(content) == [" | ".join(row) for row in rows]


def test_rows_know_their_header() -> None:
    blocks = CsvParser().parse(b"Nom;Jours\nAin;3\n", "a.csv").blocks
    assert [block.header for block in blocks] == ["", "Nom | Jours"]


def test_decimal_commas_are_not_taken_for_the_sign_between_cells() -> None:
    assert delimiter("a;b\n1,5;2,5\n3,5;4,5") == ";"


def test_quoted_cells_hold_signs_and_line_breaks() -> None:
    assert texts(b'Nom;Avis\nAin;"oui ; mais\nnon"\n') == ["Nom | Avis", "Ain | oui ; mais non"]


def test_a_quote_that_nobody_closes_loses_no_row() -> None:
    assert texts(b'Nom;Avis\nAin;"oui\nVar;non\n') == ["Nom | Avis", 'Ain | "oui', "Var | non"]
