"""A long list as an address asks for it: narrowed, sorted, one page of it. Its state is in the address alone.

listing = Listing.of(request.query_params.multi_items(), fields=("etat", "texte"), sorts=("nom", "date"))
rows, total = await service.page(..., sort=listing.sort, descending=listing.descending,
                                 offset=listing.offset, limit=PAGE)
shell.page("documents", "/documents", listing=listing, window=listing.window(total), rows=rows)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from retrieval.errors import CollectionNotFound
from retrieval.rows import COUNTED
from ui.errors import RequestMalformed

PAGE = 50  # rows
LONGEST = 500  # characters of what narrows a list
DEEPEST = COUNTED // PAGE  # pages; whoever looks for something narrows the list

Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of how many a page shows (from 1), and the pages that there are.

    Of more rows than `most` only the first ones are shown, and how many there are in all is not said.
    """

    first: int
    last: int
    total: int
    page: int
    pages: int
    most: int = COUNTED

    @property
    def more(self) -> bool:
        """Whether there are more rows than are counted."""
        return self.total > self.most

    @property
    def numbers(self) -> list[int]:
        """The pages that are worth a link: the first, the last, those near."""
        near = range(max(1, self.page - 2), min(self.pages, self.page + 2) + 1)
        return sorted({1, *near, self.pages})


@dataclass(frozen=True, slots=True)
class Listing:
    """`filters` are those that are set, by their names; `page` counts from 1."""

    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    page: int = 1

    @classmethod
    def of(
        cls,
        query: Iterable[tuple[str, str]],
        *,
        fields: Sequence[str] = (),
        sorts: Sequence[str] = (),
        descending: bool = False,
    ) -> Self:
        """From the query of an address; the first of `sorts` is the order unless it names another.

        Fields that the list does not have are left alone. Raises `RequestMalformed`.
        """
        given = {name: value.strip() for name, value in query}
        if any(len(value) > LONGEST for value in given.values()):
            raise RequestMalformed(f"Un filtre dépasse {LONGEST} caractères\u202f: raccourcissez-le.")
        if "\0" in "".join(given.values()):
            raise RequestMalformed("Un filtre contient un caractère qu’aucun texte ne contient\u202f: retirez-le.")
        order = given.get("tri", "")
        name = order.removeprefix("-")
        known = name in sorts
        return cls(
            filters={name: given[name] for name in fields if given.get(name)},
            sort=name if known else next(iter(sorts), ""),
            descending=order.startswith("-") if known else descending,
            page=_page(given.get("page", "1")),
        )

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.page - 1) * PAGE

    def window(self, total: int) -> Window:
        """What this page shows of so many rows."""
        pages = min(max(1, -(-total // PAGE)), DEEPEST)
        return Window(min(self.offset + 1, total), min(self.offset + PAGE, total), total, self.page, pages)

    def get(self, name: str) -> str:
        """What a filter is set to; empty where it is not."""
        return self.filters.get(name, "")

    def one_of(self, name: str, kind: type[Kind]) -> Kind | None:
        """What a filter is set to, of a closed choice; None where it is not. Raises `RequestMalformed`."""
        try:
            return kind(self.get(name)) if self.get(name) else None
        except ValueError as error:
            raise RequestMalformed("Ce filtre n’existe pas. Revenez à la liste.") from error

    def collection(self) -> UUID | None:
        """The collection to which the filter of that name narrows it. Raises `CollectionNotFound`."""
        asked = self.get("collection")
        try:
            return UUID(asked) if asked else None
        except ValueError as error:
            raise CollectionNotFound(asked) from error

    def query(self) -> str:
        """The query of the address, with its `?`; the first page in the usual order has little to say."""
        order = {"tri": f"{'-' if self.descending else ''}{self.sort}"} if self.sort else {}
        page = {"page": str(self.page)} if self.page > 1 else {}
        return "?" + urlencode({**self.filters, **order, **page})

    def turned(self, page: int) -> str:
        """The query of another page of the same list."""
        return replace(self, page=page).query()

    def sorted_by(self, sort: str) -> str:
        """The query of the same list by another order; by the same one, the other way round."""
        return replace(self, sort=sort, descending=self.sort == sort and not self.descending, page=1).query()

    def narrowed(self, name: str, value: str) -> str:
        """The query of the list with one filter set to that; empty: without it."""
        others = {one: held for one, held in self.filters.items() if one != name}
        return replace(self, filters=others | ({name: value} if value else {}), page=1).query()


def _page(written: str) -> int:
    if written.isascii() and written.isdigit() and len(written) <= 6 and 1 <= int(written) <= DEEPEST:
        return int(written)
    return 1
