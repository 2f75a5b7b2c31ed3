"""What a person filled in on the search page, and the search that it asks for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl

from retrieval.corpus import TextKind
from retrieval.dates import read_day
from ui.errors import RequestMalformed
from ui.wire import TextSearchRequest

PAGE = 10  # passages
PAGES = 10  # that can be turned: as many passages as a search gives
CONTEXT = 3  # paragraphs before and after a passage
FIELDS = 500  # more than there are boxes to tick


@dataclass(frozen=True, slots=True)
class SearchForm:
    """The fields as they were typed; days are ISO days, as a browser's own field of days gives them."""

    question: str = ""
    collections: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    on: str = ""
    signed_from: str = ""
    signed_until: str = ""
    page: int = 1

    @classmethod
    def of_body(cls, body: bytes) -> Self:
        """From a form's body (`application/x-www-form-urlencoded`). Raises `RequestMalformed`."""
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS)
        except ValueError as error:  # no UTF-8, or too many fields
            raise RequestMalformed("Cette demande n’est pas celle de la page de recherche. Rechargez-la.") from error
        form = cls(
            question=_last(pairs, "question"),
            collections=_all(pairs, "collection"),
            kinds=_all(pairs, "kind"),
            authors=_all(pairs, "author"),
            on=_last(pairs, "on"),
            signed_from=_last(pairs, "signed_from"),
            signed_until=_last(pairs, "signed_until"),
            page=_page(_last(pairs, "page")),
        )
        if _last(pairs, "clear"):
            return cls(question=form.question)
        return form._of_year(_last(pairs, "year"))

    def asked(self) -> TextSearchRequest:
        """Raises `RequestMalformed`."""
        return TextSearchRequest(
            question=self.question,
            collections=list(self.collections),
            k=self.page * PAGE,
            on=_day(self.on),
            kinds=[_kind(one) for one in self.kinds],
            authors=list(self.authors),
            signed_from=_day(self.signed_from),
            signed_until=_day(self.signed_until),
            context=CONTEXT,
            explain=True,
            facets=True,
        )

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return any((self.collections, self.kinds, self.authors, self.on, self.signed_from, self.signed_until))

    def _of_year(self, year: str) -> Self:
        """Narrowed to the texts signed in that year, where one was chosen."""
        if not year:
            return self
        if not (year.isdecimal() and len(year) == 4 and year > "0000"):
            raise RequestMalformed(f"« {year[:20]} » n’est pas une année. Choisissez-en une de la liste.")
        changed = {name: getattr(self, name) for name in self.__slots__}
        return type(self)(**changed | {"signed_from": f"{year}-01-01", "signed_until": f"{year}-12-31", "page": 1})


def _all(pairs: Iterable[tuple[str, str]], name: str) -> tuple[str, ...]:
    """The field's values, each once; blank ones are not filled in."""
    return tuple(dict.fromkeys(value.strip() for known, value in pairs if known == name and value.strip()))


def _last(pairs: Iterable[tuple[str, str]], name: str) -> str:
    values = [value.strip() for known, value in pairs if known == name]
    return values[-1] if values else ""


def _page(number: str) -> int:
    if not number:
        return 1
    if not (number.isdecimal() and len(number) < 4 and 1 <= int(number) <= PAGES):
        raise RequestMalformed(f"Cette page n’existe pas : il y en a {PAGES} au plus. Précisez plutôt la question.")
    return int(number)


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    day = read_day(text)
    if day is None:
        raise RequestMalformed(f"« {text[:40]} » n’est pas un jour. Écrivez-le comme 01/03/2023 ou 2023-03-01.")
    return day


def _kind(text: str) -> TextKind:
    try:
        return TextKind(text)
    except ValueError as error:
        known = ", ".join(kind.value for kind in TextKind)
        raise RequestMalformed(f"« {text[:40]} » n’est pas une nature de texte. Au choix : {known}.") from error
