"""What a page says of a long list, and how far it leads."""

import pytest

from retrieval.rows import COUNTED
from ui.console.listing import DEEPEST, PAGE, Listing
from ui.pages import pages


@pytest.mark.parametrize(
    ("total", "last", "said"),
    [
        (0, 1, "Aucun résultat"),
        (51, 2, "1 à 50 sur 51 notes"),
        (COUNTED, DEEPEST, "1 à 50 sur 10\u202f000 notes"),
        (COUNTED + 1, DEEPEST, "1 à 50 sur plus de 10\u202f000 notes"),
    ],
)
def test_a_list_says_how_many_rows_there_are_or_that_there_are_more_than_it_counts(
    total: int, last: int, said: str
) -> None:
    listing = Listing.of([])
    window = listing.window(total)
    assert window.pages == last
    template = pages.from_string('{% from "console/parts.html" import pager %}{{ pager(listing, window, "notes") }}')
    assert said in template.render(listing=listing, window=window)


def test_the_last_page_of_very_many_rows_says_how_to_see_the_others() -> None:
    listing = Listing.of([("page", str(DEEPEST))])
    assert listing.offset + PAGE == COUNTED
    template = pages.from_string('{% from "console/parts.html" import pager %}{{ pager(listing, window, "notes") }}')
    assert "restreignez la liste" in template.render(listing=listing, window=listing.window(COUNTED + 1))
    assert "restreignez la liste" not in template.render(listing=listing, window=listing.window(COUNTED))
