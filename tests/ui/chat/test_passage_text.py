"""A document's text is shown as its reader knows it, and nothing of it is lost or alive."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from ingestion import Block
from ui.chat.passage_text import lines, rendered

words = st.text(alphabet="aé<>&\"' |-1.", min_size=1, max_size=20).map(str.strip).filter(bool)
blocks = st.lists(
    st.builds(
        lambda text, path, header: Block(text, path, header=header),
        words,
        st.lists(words, max_size=2).map(tuple),
        st.just("") | words,
    ),
    min_size=1,
    max_size=6,
).map(tuple)


def _said(html: str) -> str:
    return re.sub(r"[\s|]", "", unescape(re.sub(r"<[^>]*>", "", html)))


@given(blocks, st.integers(0, 60), st.integers(0, 60))
def test_every_character_is_there_and_the_passage_is_marked(held: tuple[Block, ...], start: int, length: int) -> None:
    text = "\n".join(block.text for block in held)
    html = rendered(held, start, start + length, focused=False)
    assert _said(html) == re.sub(r"[\s|]", "", text)
    marked = "".join(re.findall(r"<mark[^>]*>([^<]*)</mark>", html))
    assert re.sub(r"[\s|]", "", unescape(marked)) == re.sub(r"[\s|]", "", text[start : start + length])
    assert html.count('id="passage"') == (1 if "<mark" in html else 0)
    assert set(re.findall(r"<(\w+)", html)) <= {
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "ul",
        "li",
        "table",
        "tr",
        "th",
        "td",
        "mark",
    }


def test_a_passage_over_a_heading_a_list_and_a_paragraph_is_marked_in_each() -> None:
    text = "Durée\n1. trois mois\n2. six mois\nAu-delà, sur demande."
    html = rendered(lines(text, ("Durée",)), 0, len(text), focused=True)
    assert html.count("<mark") == 4
    assert html.startswith('<h3><mark id="passage" tabindex="-1" autofocus>Durée</mark></h3>')
    assert html.count("<li>") == 2
