"""A link to a passage names it whole, and cannot be altered."""

from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Source
from ui.chat.passage_links import OPENED_S, ZOOMS, Look, PassageLinks

LINKS = PassageLinks(b"tests")
COLLECTION = UUID("00000000-0000-0000-0000-000000000001")
SOURCE = Source(COLLECTION, "Aide", "guide.md", 1, "", ("Lire",), 3, 0, 9)
NOW = 1_790_000_000.0

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
    assert LINKS.read(_pairs(LINKS.link(source))) == (source, Look())


@given(sources, st.none() | st.integers(0, 10**8), st.sampled_from(ZOOMS))
def test_the_page_looked_at_is_the_readers_choice(source: Source, page: int | None, zoom: int) -> None:
    assert LINKS.read(_pairs(LINKS.link(source, Look(page, zoom)))) == (source, Look(page, zoom))


LOOKS = [
    ("look", "-1"),
    ("look", "un"),
    ("look", "1" * 10),
    ("look", ""),
    ("look", "²"),
    ("zoom", "1"),
    ("zoom", "1e9"),
]


@pytest.mark.parametrize("more", [[one] for one in LOOKS] + [[("look", "1"), ("look", "2")]])
def test_a_look_that_is_none_is_not_read(more: list[tuple[str, str]]) -> None:
    pairs = _pairs(LINKS.link(SOURCE))
    assert LINKS.read([*pairs, *more]) is None


@given(sources, st.integers(1, 10**8), st.sampled_from(ZOOMS))
def test_a_pictures_link_is_read_as_it_was_made_by_its_reader_until_it_ends(
    source: Source, page: int, zoom: int
) -> None:
    pairs = _pairs(LINKS.picture(source, Look(page, zoom), "s-anna", NOW))
    assert LINKS.read_picture(pairs, "s-anna", NOW + OPENED_S) == (source, Look(page, zoom))
    assert LINKS.read_picture(pairs, "s-anna", NOW + OPENED_S + 1) is None
    assert LINKS.read_picture(pairs, "s-bruno", NOW) is None


@pytest.mark.parametrize("name", ["id", "document", "version", "look", "zoom", "until", "key"])
def test_an_altered_picture_is_not_read(name: str) -> None:
    pairs = _pairs(LINKS.picture(SOURCE, Look(2), "s-anna", NOW))
    altered = [(each, "9999999999" if each == name else value) for each, value in pairs]
    assert altered != pairs
    assert LINKS.read_picture(altered, "s-anna", NOW) is None


def test_a_passages_link_is_none_of_a_picture_and_the_other_way_round() -> None:
    assert LINKS.read_picture(_pairs(LINKS.link(SOURCE)), "s-anna", NOW) is None
    assert LINKS.read(_pairs(LINKS.picture(SOURCE, Look(2), "s-anna", NOW))) is None


@pytest.mark.parametrize("name", ["id", "collection", "document", "version", "start", "heading", "key"])
def test_an_altered_link_is_not_read(name: str) -> None:
    pairs = _pairs(LINKS.link(Source(COLLECTION, "Aide", "guide.md", 1, "", ("Lire",), 3, 0, 9)))
    assert LINKS.read([(each, "2" if each == name else value) for each, value in pairs]) is None


def test_a_link_made_elsewhere_or_without_a_key_is_not_read() -> None:
    source = Source(COLLECTION, "Aide", "guide.md", 1, "", (), None, 0, 9)
    assert LINKS.read(_pairs(PassageLinks(b"other").link(source))) is None
    assert LINKS.read([("collection", "Aide")]) is None
    assert LINKS.read([]) is None
