"""Legal and administrative references: read from questions and texts in whatever spelling, in one canonical form."""

from retrieval.references.bearing import asked, borne, citations, cited, names, own_code
from retrieval.references.codes import short_forms
from retrieval.references.reference import Reference

__all__ = ["Reference", "asked", "borne", "citations", "cited", "names", "own_code", "short_forms"]
