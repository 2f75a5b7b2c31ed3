"""What changed between two versions of a document: computed, as for two texts that somebody compares in the chat."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from assistant.tasks.difference import Span
from assistant.tasks.differences import Change, Unit, changes, units
from assistant.tasks.pieces import paragraphs
from retrieval.corpus import Chunk, DocumentText, Locator, Passage

LONGEST = 600_000  # characters of both together: more takes longer than somebody waits
MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Comparison:
    """`changes` are in the order of the texts, the first `MOST_SHOWN` of `total`; `moved` sentences stand elsewhere.

    `too_long` says that nothing was compared.
    """

    changes: Sequence[Change] = ()
    total: int = 0
    moved: int = 0
    too_long: bool = False


async def compared(old: DocumentText, new: DocumentText) -> Comparison:
    """Outside of the event loop."""
    if len(old.text) + len(new.text) > LONGEST:
        return Comparison(too_long=True)
    found, moved = await asyncio.to_thread(_compared, old, new)
    return Comparison(found[:MOST_SHOWN], len(found), moved)


def what(change: Change) -> str:
    """In a word or two."""
    if change.old is None:
        return "Ajouté"
    if change.new is None:
        return "Retiré"
    return "Chiffre, date ou article changé" if change.figures else "Changé"


def marked(unit: Unit | None, spans: Sequence[Span]) -> Markup:
    """The words of one side, those that changed marked."""
    return Markup("") if unit is None else Markup("").join(_marked(unit.text, spans))


def _marked(text: str, spans: Sequence[Span]) -> Iterator[Markup]:
    place = 0
    for start, end in spans:
        yield escape(text[place:start])
        yield Markup("<mark>{}</mark>").format(text[start:end])
        place = end
    yield escape(text[place:])


def _compared(old: DocumentText, new: DocumentText) -> tuple[list[Change], int]:
    return changes(units(_paragraphs(old), 0), units(_paragraphs(new), 1))


def _paragraphs(text: DocumentText) -> list[Passage]:
    whole = Chunk(0, text.text, Locator(None, (), 0, len(text.text)))
    passage = Passage(text.collection_id, "", text.document_id, text.version, text.metadata, whole, 0.0)
    return [piece.passages[0] for piece in paragraphs([passage], len, max(1, len(text.text)))]
