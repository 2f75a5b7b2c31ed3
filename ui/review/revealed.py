"""Texts that somebody else wrote, as an auditor reads them: nothing in them is hidden, and nothing of them acts."""

from collections.abc import Iterable
from itertools import groupby

from markupsafe import Markup, escape

from ingestion.characters import visible


def revealed(text: str) -> Markup:
    """The text as HTML; each character without a shape is written by its code point, and marked."""
    pieces = ("".join(run) if shown else _written(run) for shown, run in groupby(text, _is_shown))
    return Markup().join(piece if isinstance(piece, Markup) else escape(piece) for piece in pieces)


def _is_shown(character: str) -> bool:
    return bool(visible(character))


def _written(run: Iterable[str]) -> Markup:
    return Markup().join(Markup("<mark>U+{:04X}</mark>").format(ord(one)) for one in run)
