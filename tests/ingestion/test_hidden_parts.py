"""Hidden sheets, rows, columns, slides, shapes and words of office files: never in the text, and told."""

import shutil
import subprocess
from pathlib import Path, PurePath

import pytest

from ingestion.document import ParsedDocument
from ingestion.inspection import inspected
from ingestion.parsing.formats import parser_for
from policies import Concern
from tests.ingestion.hidden_files import (
    HIDDEN,
    HIDING,
    MASTER,
    PAGE,
    SEEN,
    SHEET_AWAY,
    SHOWING,
    SLIDE_AWAY,
    cell_style,
    frame,
    row,
    sheet,
)
from tests.ingestion.office_files import ODF, cells, xlsx


def parsed(content: bytes, suffix: str) -> ParsedDocument:
    parser = parser_for(PurePath(f"a{suffix}"))
    assert parser is not None
    return parser.parse(content, f"a{suffix}")


@pytest.mark.parametrize(("content", "suffix"), HIDING.values(), ids=HIDING)
def test_what_is_hidden_is_no_text_and_is_told(content: bytes, suffix: str) -> None:
    document = parsed(content, suffix)
    assert SEEN in document.text
    assert HIDDEN not in document.text
    assert HIDDEN in document.unseen
    assert {tally.concern for tally in inspected(document).found} == {Concern.HIDDEN}


@pytest.mark.parametrize(("content", "suffix"), SHOWING.values(), ids=SHOWING)
def test_what_is_shown_is_text(content: bytes, suffix: str) -> None:
    document = parsed(content, suffix)
    assert SEEN in document.text
    assert HIDDEN in document.text
    assert document.unseen == ""


def test_it_is_told_where_it_was_hidden() -> None:
    away = xlsx(sheet(cells("1", row='hidden="1"')), sheet(""), states=("visible", "hidden"))
    assert parsed(away, ".xlsx").unseen.split("\n") == [
        "[lignes, colonnes ou cellules masquées de « Feuille 1 »]",
        "1",
        "[feuille masquée « Feuille 2 »]",
        SEEN,
    ]


SHEETS = (
    SHEET_AWAY + cell_style("").replace("<style:table-cell-properties />", ""),
    '<table:table table:name="Paie"><table:table-column/><table:table-column table:visibility="collapse"/>'
    + row(SEEN)
    + row("masqué 1", "c", properties='table:visibility="collapse"')
    + row("d", "masqué 2")
    + row("masqué 3", cell='table:style-name="X"')
    + '</table:table><table:table table:name="Cachée" table:style-name="S"><table:table-column/>'
    + f"{row('masqué 4')}</table:table>",
)
SLIDES = (
    SLIDE_AWAY,
    f'<draw:page draw:master-page-name="M">{frame("2cm")}</draw:page>'.replace(HIDDEN, SEEN)
    + f'<draw:page draw:master-page-name="M" draw:style-name="D">{frame("2cm")}</draw:page>'.replace(HIDDEN, "masqué 1")
    + f'<draw:page draw:master-page-name="M">{frame("40cm")}{frame("2cm")}</draw:page>'.replace(HIDDEN, "masqué 2", 1),
)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(
    ("kind", "content", "formats", "hidden"),
    [("spreadsheet", SHEETS, ("ods", "xlsx"), 4), ("presentation", SLIDES, ("odp", "pptx"), 2)],
    ids=["sheets", "slides"],
)
def test_as_libreoffice_writes_it_too(
    kind: str, content: tuple[str, str], formats: tuple[str, ...], hidden: int, tmp_path: Path
) -> None:
    styles, body = content
    file = tmp_path / f"a.fod{kind[0]}"
    file.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<office:document {ODF} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.{kind}">'
        f"<office:automatic-styles>{PAGE}{styles}</office:automatic-styles><office:master-styles>{MASTER}"
        f"</office:master-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>",
        encoding="utf-8",
    )
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for one in formats:
        command = ["soffice", profile, "--headless", "--convert-to", one, "--outdir", str(tmp_path), str(file)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603
        document = parsed(file.with_suffix(f".{one}").read_bytes(), f".{one}")
        assert SEEN in document.text
        assert "masqué" not in document.text
        told = document.unseen.replace(" | ", "\n").split("\n")
        assert {f"masqué {number}" for number in range(1, hidden + 1)} <= {*told}
