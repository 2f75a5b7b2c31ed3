"""What a model writes becomes no HTML, no link and no hidden message, wherever its text is shown."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.checking.checked_text import CheckedText
from assistant.checking.citations import CitationCheck

RENDERER = MarkdownIt("commonmark")
hostile = st.lists(
    st.sampled_from(
        [
            *("<", "</", "<!--", ">", "img src=http://exemple.invalid", "![x]", "(http://exemple.invalid)", "[x]", "a"),
            *("http://exemple.invalid", ": ", "\n\n", " ", ".", "\u200b", "\u202e", "\U000e0041", "["),
        ]
    ),
    max_size=12,
)


def shown(pieces: list[str]) -> str:
    text = CheckedText(CitationCheck(()))
    return "".join([*map(text.feed, pieces), text.finish()])


@given(hostile)
def test_nothing_is_live_and_nothing_unseen_however_it_is_cut(pieces: list[str]) -> None:
    text = shown(pieces)
    assert text == shown(list("".join(pieces)))
    tokens = [token for block in RENDERER.parse(text) for token in block.children or [block]]
    assert not [token for token in tokens if token.type in ("link_open", "image") or token.type.startswith("html")]
    assert not set(text) & set("\u200b\u202e\U000e0041")


def test_a_comparison_stays_as_it_is() -> None:
    assert shown(["Un taux < 5 % et <3."]).startswith("Un taux < 5 % et <3")
