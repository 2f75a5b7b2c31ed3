"""A legal or administrative text by its name, in one form however it is written."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.dates import written
from retrieval.references import codes, texts

_OF = {"loi": "de la ", "ordonnance": "de l'", "circulaire": "de la ", "instruction": "de l'", "note": "de la "} | {
    "directive": "de la ",
    "arrêté": "de l'",
    "décision": "de la ",
}
_UNLETTERED = re.compile(r"\d{3,4}-")
_SERVICES = re.compile(r"^.*?[A-Z]\w*/(?=(?:19|20)\d\d/)")


@dataclass(frozen=True, slots=True)
class Reference:
    """An article or an annex (of a code or a law, or of whichever it may be), or a text as a whole.

    What is not said is empty. `str` gives the canonical spelling, which is read as the same reference again.

        >>> str(Reference("L162-5-3", code="code de la sécurité sociale"))
        'code de la sécurité sociale, article L162-5-3'
    """

    article: str = ""
    """«L162-5-3», «annexe 1 à R434-32 (3)», «tableau n° 57 bis»."""
    code: str = ""
    """Its name, one of `codes.CODES`."""
    kind: str = ""
    """«décret», «circulaire»…; empty for a NOR."""
    number: str = ""
    """«2020-123», «DGOS/R4/2021/12», «SSAH2012345A»."""
    signed_on: dt.date | None = None

    def __str__(self) -> str:
        if not self.article:
            return self._text
        number = "1er" if self.article == "1" else self.article
        article = number if number.startswith(("annexe", "tableau")) else f"article {number}"
        if self.code:
            return f"{self.code}, {article}"
        return f"{article} {_OF.get(self.kind, 'du ')}{self._text}" if self._text else article

    @property
    def _text(self) -> str:
        if texts.is_nor(self.number):
            return f"NOR {self.number}"
        number = f" n° {self.number}" if self.number else ""
        day = f" du {written(self.signed_on)}" if self.signed_on else ""
        return f"{self.kind}{number}{day}"

    def looked_for(self) -> tuple[str, ...]:
        """The index's words for the texts that are meant, the most exact first."""
        text = next(self._text_keys(), "")
        if self.article and text:
            return f"{text} art. {self.article}", text
        if self.article and self.code:
            of_code = codes.short(self.code)
            return *(f"{of_code} {article}" for article in self._lettered()), f"? {self.article}"
        return tuple(self._lettered()) if self.article else (text,)

    def cited(self) -> tuple[str, ...]:
        """The index's words for what a text cites that names it: of an article of a law, the law too."""
        text = next(self._text_keys(), "")
        return self.looked_for() if text else self.looked_for()[:1]

    def borne(self) -> frozenset[str]:
        """The index's words for all that a text of this name may be looked for by."""
        if not self.article:
            return frozenset(self._text_keys())
        if text := next(self._text_keys(), ""):
            return frozenset({f"{text} art. {self.article}"})
        of_which = codes.short(self.code) or "?"
        return frozenset(key for article in self._articles() for key in (article, f"{of_which} {article}"))

    def _lettered(self) -> Iterator[str]:
        """The article, and where its letter was forgotten that with each."""
        yield self.article
        if _UNLETTERED.match(self.article):
            yield from (f"{letter}{self.article}" for letter in "LRD")

    def _articles(self) -> Iterator[str]:
        """Of a part of an annex also the annex, and of an annex also that of its article, unnumbered."""
        yield self.article
        if self.article.startswith("annexe") and " à " in self.article:
            whole = re.sub(r" \(\d+\)$", "", self.article)
            yield whole
            yield re.sub(r"^annexe \d+ ", "annexe ", whole)

    def _text_keys(self) -> Iterator[str]:
        if texts.is_nor(self.number):
            yield f"NOR {self.number}"
        elif self.number and self.kind in texts.NUMBERED_TOGETHER:
            yield f"n° {self.number}"
        elif self.number and self.kind in texts.OF_THE_UNION:
            yield f"UE {self.number}"
        elif self.number:
            yield f"réf. {self.number}"
            if (short := _SERVICES.sub("", self.number)) != self.number:
                yield f"réf. {short}"
        if self.kind and self.signed_on:
            yield f"{self.kind} {self.signed_on.isoformat()}"
