"""A link to a passage names it whole, and cannot be altered."""

from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Source
from ui.chat.passage_links import PassageLinks

LINKS = PassageLinks(b"tests")
COLLECTION = UUID("00000000-0000-0000-0000-000000000001")

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
sources = st.builds(
    Source,
    collection_id=st.uuids(),
    collection=texts,
    document_id=texts,
    version=st.integers(1, 10**6),
    title=st.just(""),
    heading_path=st.lists(texts, max_size=3).map(tuple),
    page=st.none() | st.integers(1, 10**4),
    start=st.integers(0, 10**9),
    end=st.integers(0, 10**9),
)


def _pairs(link: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(link).query, keep_blank_values=True)


@given(sources)
def test_a_link_is_read_as_it_was_made(source: Source) -> None:
    assert LINKS.read(_pairs(LINKS.link(source))) == source


@pytest.mark.parametrize("name", ["id", "collection", "document", "version", "start", "heading", "key"])
def test_an_altered_link_is_not_read(name: str) -> None:
    pairs = _pairs(LINKS.link(Source(COLLECTION, "Aide", "guide.md", 1, "", ("Lire",), 3, 0, 9)))
    assert LINKS.read([(each, "2" if each == name else value) for each, value in pairs]) is None


def test_a_link_made_elsewhere_or_without_a_key_is_not_read() -> None:
    source = Source(COLLECTION, "Aide", "guide.md", 1, "", (), None, 0, 9)
    assert LINKS.read(_pairs(PassageLinks(b"other").link(source))) is None
    assert LINKS.read([("collection", "Aide")]) is None
    assert LINKS.read([]) is None
