"""The address of a passage in its document, and of the picture of a page beside it.

A link carries all that the page shows besides the document itself (heading path, page), so it is
signed: nobody can make the ministry's own page point at words of their choice. Who may open a link
is decided when it is opened, never by the link. Which page of the document is looked at, and how large,
is the reader's choice and not signed.

A picture belongs to an opening, which is on record with its reader: the picture's link is signed for this
reader and holds for some minutes, so that it shows nothing that was not recorded.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from assistant.conversation import Source

PATH = "/passage"
PICTURE_PATH = "/passage/image"
ZOOMS = (100, 150, 200)  # percent
OPENED_S = 900  # seconds after its opening in which a page's picture can be had

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Look:
    """Which page of the original is looked at (None: the one that is cited), and how large."""

    page: int | None = None
    zoom: int = ZOOMS[0]


class PassageLinks:
    """Makes links and reads them again; `key` is secret, and changing it ends all links.

    `root` is the path under which a proxy shows this server.
    """

    def __init__(self, key: bytes, root: str = "") -> None:
        self._key = key
        self._root = root

    def link(self, source: Source, look: Look | None = None) -> str:
        """The address, on this server."""
        pairs = _pairs(source)
        signed = [*pairs, ("key", self._sign(pairs))]
        return f"{self._root}{PATH}?{urlencode([*signed, *(_of(look) if look else [])])}"

    def read(self, pairs: Iterable[tuple[str, str]]) -> tuple[Source, Look] | None:
        """The passage that a query string names, without the title; None where the link was not made here."""
        given = list(pairs)
        signed = [pair for pair in given if pair[0] not in {"key", "look", "zoom"}]
        look = _look([pair for pair in given if pair[0] in {"look", "zoom"}])
        if look is None or not self._is_signed(given, signed):
            return None
        return _source(signed), look

    def picture(self, source: Source, look: Look, reader: str, now: float) -> str:
        """The address of a page's picture, for the person of that subject who has opened the passage `now` (Unix)."""
        pairs = [*_pairs(source), *_of(look), ("until", str(int(now) + OPENED_S))]
        key = self._sign([*pairs, ("reader", reader)])
        return f"{self._root}{PICTURE_PATH}?{urlencode([*pairs, ('key', key)])}"

    def read_picture(self, pairs: Iterable[tuple[str, str]], reader: str, now: float) -> tuple[Source, Look] | None:
        """What that address names; None where it was not made here for this reader, or too long ago."""
        given = list(pairs)
        signed = [pair for pair in given if pair[0] != "key"]
        if not self._is_signed(given, [*signed, ("reader", reader)]) or int(dict(signed)["until"]) < now:
            return None
        look = _look([pair for pair in signed if pair[0] in {"look", "zoom"}])
        return None if look is None else (_source(signed), look)

    def _is_signed(self, given: Pairs, signed: Pairs) -> bool:
        keys = [value for name, value in given if name == "key"]
        return len(keys) == 1 and hmac.compare_digest(keys[0].encode(), self._sign(signed).encode())

    def _sign(self, pairs: Pairs) -> str:
        digest = hmac.new(self._key, urlencode(pairs).encode(), hashlib.sha256)
        return digest.hexdigest()[:32]  # 128 bits


def _pairs(source: Source) -> Pairs:
    pairs = [
        ("id", str(source.collection_id)),
        ("collection", source.collection),
        ("document", source.document_id),
        ("version", str(source.version)),
        ("start", str(source.start)),
        ("end", str(source.end)),
    ]
    if source.page is not None:
        pairs.append(("page", str(source.page)))
    return pairs + [("heading", heading) for heading in source.heading_path]


def _source(pairs: Pairs) -> Source:
    values = dict(pairs)
    return Source(
        collection_id=UUID(values["id"]),
        collection=values["collection"],
        document_id=values["document"],
        version=int(values["version"]),
        title="",  # the catalogue knows it
        heading_path=tuple(value for name, value in pairs if name == "heading"),
        page=int(values["page"]) if "page" in values else None,
        start=int(values["start"]),
        end=int(values["end"]),
    )


def _of(look: Look) -> Pairs:
    page = [("look", str(look.page))] if look.page is not None else []
    return [*page, ("zoom", str(look.zoom))]


def _look(pairs: Pairs) -> Look | None:
    """None where it is none: whoever typed it typed anything."""
    values = dict(pairs)
    page, zoom = values.get("look"), values.get("zoom", str(ZOOMS[0]))
    if zoom not in {str(one) for one in ZOOMS} or len(values) < len(pairs):
        return None
    if page is None:
        return Look(zoom=int(zoom))
    return Look(int(page), int(zoom)) if page.isdecimal() and len(page) < 10 else None
