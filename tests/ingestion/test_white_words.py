"""White words of a DOCX file are hidden where nothing that is drawn behind them may give the paper another colour."""

import pytest

from tests.ingestion.hidden_files import HIDDEN, IN_STYLE, LIGHT, WP
from tests.ingestion.office_files import W, docx, relations, with_parts
from tests.ingestion.test_hidden_parts import parsed


def with_head(head: str) -> bytes:
    """White words, and a running head."""
    names = f'xmlns:w="{W}" xmlns:wp="{WP}" xmlns:v="urn:schemas-microsoft-com:vml"'
    parts = {
        "word/header1.xml": f"<w:hdr {names}><w:p><w:r>{head}</w:r></w:p></w:hdr>",
        "word/_rels/document.xml.rels": relations(styles="styles.xml", header="header1.xml"),
    }
    return with_parts(docx(IN_STYLE, LIGHT.format("")), parts)


def old_drawing(style: str) -> str:
    return f'<w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:rect style="{style}" fillcolor="#003366"/></w:pict>'


HIDING = {
    "beside a logo in the head": with_head(
        "<w:drawing><wp:anchor behindDoc='0'><wp:wrapSquare/></wp:anchor><wp:inline/></w:drawing>"
    ),
    "beside an old drawing": docx(
        IN_STYLE + f"<w:p><w:r>{old_drawing('position:absolute;z-index:251')}</w:r></w:p>", LIGHT.format("")
    ),
}
SHOWING = {
    "over a drawing of the head": with_head(
        "<w:drawing><wp:anchor behindDoc='0'><wp:wrapNone/></wp:anchor></w:drawing>"
    ),
    "over an old drawing of the head": with_head(old_drawing("position:absolute;z-index:251")),
    "over an old drawing": docx(
        IN_STYLE + f"<w:p><w:r>{old_drawing('position:absolute;z-index:-251')}</w:r></w:p>", LIGHT.format("")
    ),
}


@pytest.mark.parametrize("content", HIDING.values(), ids=HIDING)
def test_nothing_lies_behind(content: bytes) -> None:
    assert HIDDEN in parsed(content, ".docx").unseen


@pytest.mark.parametrize("content", SHOWING.values(), ids=SHOWING)
def test_something_lies_behind(content: bytes) -> None:
    document = parsed(content, ".docx")
    assert HIDDEN in document.text
    assert document.unseen == ""
