"""The address of a passage in its document.

A link carries all that the page shows besides the document itself (heading path, page), so it is
signed: nobody can make the ministry's own page point at words of their choice. Who may open a link
is decided when it is opened, never by the link.
"""

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlencode
from uuid import UUID

from assistant.conversation import Source

PATH = "/passage"

Pairs = list[tuple[str, str]]


class PassageLinks:
    """Makes links and reads them again; `key` is secret, and changing it ends all links.

    `root` is the path under which a proxy shows this server.
    """

    def __init__(self, key: bytes, root: str = "") -> None:
        self._key = key
        self._root = root

    def link(self, source: Source) -> str:
        """The address, on this server."""
        pairs = _pairs(source)
        return f"{self._root}{PATH}?{urlencode([*pairs, ('key', self._sign(pairs))])}"

    def read(self, pairs: Iterable[tuple[str, str]]) -> Source | None:
        """The passage that a query string names, without the title; None where the link was not made here."""
        given = list(pairs)
        signed = [pair for pair in given if pair[0] != "key"]
        keys = [value for name, value in given if name == "key"]
        if len(keys) != 1 or not hmac.compare_digest(keys[0].encode(), self._sign(signed).encode()):
            return None
        values = dict(signed)
        return Source(
            collection_id=UUID(values["id"]),
            collection=values["collection"],
            document_id=values["document"],
            version=int(values["version"]),
            title="",  # the catalogue knows it
            heading_path=tuple(value for name, value in signed if name == "heading"),
            page=int(values["page"]) if "page" in values else None,
            start=int(values["start"]),
            end=int(values["end"]),
        )

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
