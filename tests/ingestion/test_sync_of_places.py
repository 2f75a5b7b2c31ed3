"""A collection follows other places than folders."""

from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion.sources.followed import Kind, Place
from ingestion.sources.port import Source
from tests.ingestion.following import following
from tests.places import LinesPlace, WebdavPlace, s3_place, s3_server, webdav_server
from tests.places import Place as AnyPlace

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library


class Elsewhere:
    """An `Opening` of another place than a folder."""

    def __init__(self, place: AnyPlace) -> None:
        self._place = place

    def open(self, _: Place) -> AbstractAsyncContextManager[Source]:
        return self._place.source()


@pytest.mark.parametrize("kind", [Kind.S3, Kind.WEBDAV, Kind.LINES])
async def test_other_places_are_followed_as_folders_are(library: "Library", tmp_path: Path, kind: Kind) -> None:
    with ExitStack() as stack:
        place = a_place(kind, tmp_path, stack)
        elsewhere = Elsewhere(place)
        follows = await following(library, tmp_path / "places", kind, elsewhere)
        sources = follows.sources(opening=elsewhere)
        place.put("a b.txt", b"Un texte.")
        place.put("é.txt", b"Parti.")
        place.put("avant.txt", b"Un autre.")
        assert await follows.sync(sources) == {"added": 3}
        place.put("a b.txt", b"Un texte, depuis.")
        place.delete("é.txt")
        changes = await follows.sync(sources)
        assert (changes["changed"], changes["removed"], changes["unchanged"]) == (1, 1, 1)
        assert await follows.texts() == {"a b.txt": "Un texte, depuis.", "avant.txt": "Un autre."}
        if kind is not Kind.LINES:  # a record is its identifier
            place.put("après.txt", b"Un autre.")
            place.delete("avant.txt")
            assert (await follows.sync(sources))["renamed"] == 1
            assert await follows.texts() == {"a b.txt": "Un texte, depuis.", "après.txt": "Un autre."}


def a_place(kind: Kind, folder: Path, stack: ExitStack) -> AnyPlace:
    """An empty one."""
    if kind is Kind.S3:
        return s3_place(stack.enter_context(s3_server()))
    if kind is Kind.WEBDAV:
        shared = folder / "partage"
        shared.mkdir()
        return WebdavPlace(shared, stack.enter_context(webdav_server(shared)))
    path = folder / "a.jsonl"
    path.touch()
    return LinesPlace(path)
