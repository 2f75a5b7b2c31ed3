"""The page of an original that stands beside its text: which one, its picture, and the links around it."""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.conversation import Source
from ingestion import BlobMissing, IngestionError, PageNotFound, SheetView, SheetWanted
from policies.principal import Principal
from retrieval.corpus import Document, DocumentText
from ui.chat.passage_links import ZOOMS, Look, PassageLinks
from ui.chat.ports import DocumentOriginals

NOT_KEPT = "L’original de cette version n’est plus conservé\u202f: voici le texte qui en a été lu."
NOT_SHOWN = "L’original de ce document ne peut pas être affiché\u202f: voici le texte qui en a été lu."
WIDTH = 10  # pixels of a picture for each percent of its zoom


@dataclass(frozen=True, slots=True)
class Opened:
    """A document in the version that was cited, for the person who opened it; `latest` is the version there is now.

    `allowed_by` names the rules by which they may.
    """

    person: Principal
    source: Source
    text: DocumentText
    latest: Document | None
    allowed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ways:
    """The addresses, by what is looked at: of the page on which it is shown, and of its picture."""

    page: Callable[[Look], str]
    picture: Callable[[Look], str]


def ways(links: PassageLinks, opened: Opened, now: float) -> Ways:
    """Those of a passage that was opened `now` (Unix)."""
    source, reader = opened.source, opened.person.subject
    return Ways(
        page=lambda look: f"{links.link(source, look)}#original",
        picture=lambda look: links.picture(source, look, reader, now),
    )


@dataclass(frozen=True, slots=True)
class Original:
    """The page of the original that is shown: which, where its picture is, and the links around it."""

    number: int
    view: SheetView
    picture: str
    previous: str
    following: str
    cited: str
    zooms: tuple[tuple[int, str], ...]
    zoom: int


def wanted(look: Look, passage: str = "", *, is_drawn: bool = True) -> SheetWanted:
    """What is asked of the original."""
    return SheetWanted(1 if look.page is None else look.page, WIDTH * look.zoom, passage, is_drawn)


async def shown(originals: DocumentOriginals, ways: Ways, opened: Opened, look: Look) -> tuple[Original | None, str]:
    """The page to show, or why there is none; nothing is said of a document that never had pages."""
    source = opened.source
    if source.page is None:
        return None, ""
    look = Look(source.page if look.page is None else look.page, look.zoom)
    passage = opened.text.text[source.start : source.end] if look.page == source.page else ""
    try:
        view = await originals.sheet(opened.text, wanted(look, passage, is_drawn=False))
    except BlobMissing:
        return None, NOT_KEPT
    except PageNotFound as error:
        return None, str(error)
    except IngestionError:
        return None, NOT_SHOWN
    return (None if view is None else _original(ways, opened.source, look, view)), ""


def _original(ways: Ways, source: Source, look: Look, view: SheetView) -> Original:
    number = wanted(look).number

    def page(other: int, zoom: int = look.zoom) -> str:
        return ways.page(Look(other, zoom))

    return Original(
        number=number,
        view=view,
        picture=ways.picture(look),
        previous=page(number - 1) if number > 1 else "",
        following=page(number + 1) if number < view.sheets else "",
        cited=page(source.page) if source.page is not None and source.page != number else "",
        zooms=tuple((zoom, page(number, zoom)) for zoom in ZOOMS),
        zoom=look.zoom,
    )
