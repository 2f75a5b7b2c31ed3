"""The page of an original that stands beside its text: which one, its picture, and the links around it."""

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


async def shown(
    originals: DocumentOriginals, links: PassageLinks, opened: Opened, look: Look, now: float
) -> tuple[Original | None, str]:
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
    return (None if view is None else _original(links, opened, look, view, now)), ""


def _original(links: PassageLinks, opened: Opened, look: Look, view: SheetView, now: float) -> Original:
    source, number = opened.source, wanted(look).number

    def page(other: int, zoom: int = look.zoom) -> str:
        return f"{links.link(source, Look(other, zoom))}#original"

    return Original(
        number=number,
        view=view,
        picture=links.picture(source, look, opened.person.subject, now),
        previous=page(number - 1) if number > 1 else "",
        following=page(number + 1) if number < view.sheets else "",
        cited=page(source.page) if source.page is not None and source.page != number else "",
        zooms=tuple((zoom, page(number, zoom)) for zoom in ZOOMS),
        zoom=look.zoom,
    )
