"""What every page of the console has."""

import pytest

from policies import Act
from tests.ui.console.conftest import Console
from ui.console.parts import PARTS


async def test_who_keeps_collections_and_who_administers_come_in_and_each_sees_the_parts_open_to_them(
    console: Console,
) -> None:
    for who, hidden in (("adele", set()), ("gustave", {part.path for part in PARTS if part.action})):
        page = await console.get(who, "")
        assert page.status_code == 200
        shown = {part.path for part in PARTS if f'href="/a/console{part.path}"' in page.text}
        assert shown == {part.path for part in PARTS} - hidden


@pytest.mark.parametrize("who", ["bob", "claire"])
async def test_nobody_else_comes_in_and_the_refusal_is_recorded(console: Console, who: str) -> None:
    page = await console.get(who, "")
    assert (page.status_code, "Réservé à qui tient des collections" in page.text) == (403, True)
    [(act, details)] = await console.acts()
    assert (act, details["action"]) == (Act.REFUSED, "openConsole")


async def test_nothing_of_a_page_is_kept_by_browsers_and_nothing_in_it_is_written_inline(console: Console) -> None:
    page = await console.get("adele", "")
    assert page.headers["Cache-Control"] == "no-store"
    assert "<script>" not in page.text
    assert " style=" not in page.text
