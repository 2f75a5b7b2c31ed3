"""A conversation as an OpenDocument text (ISO/IEC 26300), made by odfdo."""

import datetime as dt
from collections.abc import Iterator
from io import BytesIO

from odfdo import Document, Element, Header, Paragraph

from ui.export.content import NOTICE, Entry, Exported
from ui.export.odt_blocks import add_styles, elements


def odt(conversation: Exported) -> bytes:
    """The whole file; the mark for programs stands in its user-defined metadata."""
    document = Document("text")
    document.language = "fr-FR"
    day = dt.datetime.combine(conversation.day, dt.time())
    document.meta.title = conversation.title
    document.meta.set_comments(NOTICE)
    document.meta.creator = document.meta.initial_creator = "Assistant"
    document.meta.creation_date = document.meta.date = day
    for name, value in conversation.mark.items():
        document.meta.set_user_defined_metadata(name, value)
    document.body.clear()
    add_styles(document)
    document.body.extend([Header(1, conversation.title), Paragraph(NOTICE)])
    for entry in conversation.entries:
        document.body.extend([*_elements(entry)])
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _elements(entry: Entry) -> Iterator[Element]:
    yield Header(2, entry.question)
    if entry.understood:
        yield Paragraph(f"Question comprise\u202f: {entry.understood}")
    yield from elements(entry.answer)
    yield from map(Paragraph, entry.notes)
    if entry.sources:
        yield Header(3, "Sources")
    yield from (Paragraph(f"[{n}] {said}") for n, said in entry.sources)
