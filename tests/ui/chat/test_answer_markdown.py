"""What a model writes can neither be fetched nor followed; only our marks become links."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.conversation import Source
from ui.chat.answer_markdown import AnswerMarkdown, place, sources_markdown
from ui.chat.passage_links import PassageLinks

LINKS = PassageLinks(b"tests")
COLLECTION = UUID("00000000-0000-0000-0000-000000000001")
SOURCES = (
    Source(COLLECTION, "Aide", "guide.md", 1, 'Guide *de* [l’agent] "2"', ("Lire", "Vérifier"), 3, 0, 9),
    Source(COLLECTION, "Droit", "art", 2, "Article L. 1", (), None, 5, 7),
)


RENDERER = MarkdownIt("commonmark").enable("table")

# What the chat's renderer turns into a link by itself, in any text but code.
LITERAL = re.compile(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+", re.IGNORECASE)


def _addresses(markdown: str) -> list[str]:
    """Every address in what is drawn: links, images, and text that looks like one."""
    tokens = [token for block in RENDERER.parse(markdown) for token in block.children or [block]]
    linked = [token.attrs.get("href") or token.attrs["src"] for token in tokens if token.type in ("link_open", "image")]
    literal = [token.content for token in tokens if token.type == "text" and LITERAL.search(token.content)]
    raw = [token.content for token in tokens if token.type.startswith("html")]
    return [*map(str, linked), *literal, *raw]


def _whole(text: str) -> str:
    return AnswerMarkdown(SOURCES, LINKS).whole(text)


def test_a_mark_becomes_a_link_to_its_source() -> None:
    assert _addresses(_whole("Oui [1][2].")) == [LINKS.link(source) for source in SOURCES]


def test_a_mark_without_a_source_stays_text() -> None:
    assert _whole("Oui [3].") == "Oui \\[3\\]."


def test_a_doubtful_mark_says_so() -> None:
    markdown = AnswerMarkdown(SOURCES, LINKS, doubtful=[2]).whole("Oui [2].")
    assert "[2\u202f?\\]" in markdown
    assert "à vérifier" in markdown


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://exemple.invalid/x.png)",
        "[x](http://exemple.invalid)",
        "[x][r]\n\n[r]: http://exemple.invalid",
        "<http://exemple.invalid>",
        "<img src=http://exemple.invalid/x>",
        "http://exemple.invalid et www.exemple.invalid",
        "voir HTTPS://EXEMPLE.INVALID/a_b*c",
        "quelquun@exemple.invalid",
        "![x](/passage?collection=Aide)",
        "[^1]\n\n[^1]: http://exemple.invalid",
    ],
)
def test_nothing_of_the_model_is_a_link_or_an_image(text: str) -> None:
    assert _addresses(_whole(text)) == []


def test_emphasis_and_lists_keep_their_form() -> None:
    text = "Il faut\u202f:\n- **un** motif\n- une date\n"
    assert _whole(text) == text


def test_words_after_a_colon_are_no_directive() -> None:
    assert _whole("note:attention :::danger") == "note\\:attention \\:\\:\\:danger"


@given(st.lists(st.text(alphabet="[]12 .a:!()<\n@hwtps/`", max_size=8)))
def test_pieces_give_the_same_as_the_whole(pieces: list[str]) -> None:
    stream = AnswerMarkdown(SOURCES, LINKS)
    assert "".join([*map(stream.feed, pieces), stream.end()]) == _whole("".join(pieces))


@given(st.text())
def test_only_signed_links_come_out_of_any_text(text: str) -> None:
    assert set(_addresses(_whole(text))) <= {LINKS.link(source) for source in SOURCES}


def test_the_list_of_sources_links_each_title_and_says_where_it_stands() -> None:
    markdown = sources_markdown(SOURCES, LINKS)
    assert _addresses(markdown) == [LINKS.link(source) for source in SOURCES]
    assert "\\*de\\*" in markdown
    assert place(SOURCES[0]) == "Aide › Lire › Vérifier › page 3"


def test_an_address_in_a_title_a_heading_or_a_name_is_not_linked() -> None:
    name, title = "Aide www.exemple.invalid", "http://exemple.invalid"
    headings = ("Voir https://exemple.invalid/a_b", "quelquun@exemple.invalid", "www.exemple.invalid")
    source = Source(COLLECTION, name, "guide.md", 1, title, headings, None, 0, 9)
    markdown = sources_markdown([source], LINKS)
    [link, *others] = _addresses(markdown)
    assert link == LINKS.link(source)
    assert others == [title]  # the text of that link
    assert "Voir `https://exemple.invalid/a_b` › " in markdown


def test_a_document_without_a_title_is_named_by_its_identifier() -> None:
    source = Source(COLLECTION, "Droit", "LEGIARTI1", 1, "", (), None, 0, 9)
    assert sources_markdown([source], LINKS).startswith("1. [LEGIARTI1](")
    assert "Source 1\u202f: LEGIARTI1" in AnswerMarkdown([source], LINKS).whole("Oui [1].")
