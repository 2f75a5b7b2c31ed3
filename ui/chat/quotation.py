"""A passage as it is quoted in a letter or a note: its words, then what it is taken from."""

import re

from assistant.conversation import Source
from retrieval.corpus import DocumentMetadata
from ui.pages import french_date

_ARTICLE = re.compile(r"art(?:icle|\.)", re.IGNORECASE)


def quoted(text: str) -> str:
    """The words between French quotation marks; those within become English ones, as is usual."""
    within = re.sub(r"«\s*", "“", re.sub(r"\s*»", "”", text.strip()))
    return f"«\u202f{within}\u202f»"


def reference(metadata: DocumentMetadata, source: Source) -> str:
    """«Titre, n° …, article L. 1, 1er mars 2026, version 2»: what is not known is left out."""
    title = metadata.title or source.document_id
    number = f"n°\u00a0{metadata.number}" if metadata.number and metadata.number not in title else ""
    day = metadata.signed_on or metadata.date or metadata.in_force_from
    parts = [title, number, _place(title, source), french_date(day) if day else "", f"version {source.version}"]
    return ", ".join(part for part in parts if part)


def _place(title: str, source: Source) -> str:
    """The article where a heading names one, otherwise the page, otherwise the innermost heading."""
    articles = [heading for heading in source.heading_path if _ARTICLE.match(heading)]
    if articles:
        return articles[-1][:1].lower() + articles[-1][1:]
    if source.page is not None:
        return f"page {source.page}"
    named = [heading for heading in source.heading_path[-1:] if heading != title]
    return f"«\u202f{named[0]}\u202f»" if named else ""
