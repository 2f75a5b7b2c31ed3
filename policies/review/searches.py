"""Searches of the register that an auditor keeps for themselves: filters under a name, never what they find."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger, Transaction
from policies.principal import Principal
from policies.review.errors import ReviewInvalid, SearchNotFound
from policies.review.pseudonyms import Pseudonyms
from policies.review.rows import row_of, rows_of, value_of

LONGEST_NAME = 80  # characters
MOST = 50  # of one auditor

OF_AUDITOR: LiteralString = "select id, name, filters from review_search where auditor = %s order by lower(name), name"
ONE: LiteralString = "select id, name, filters from review_search where auditor = %s and id = %s"
COUNT: LiteralString = "select count(*) from review_search where auditor = %s and name <> %s"
# Under a name that is taken already, the newer search stands.
KEEP: LiteralString = """
insert into review_search as held (id, auditor, name, filters) values (%s, %s, %s, %s)
on conflict (auditor, name) do update set filters = excluded.filters, kept_at = now()
returning id, name, filters
"""
FORGET: LiteralString = "delete from review_search where auditor = %s and id = %s returning id, name, filters"


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """Filters under a name, as they were typed."""

    id: UUID
    name: str
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Searches:
    """Each auditor's own: nobody sees another's. Changes are recorded; the name, which may say anything, as content."""

    ledger: Ledger
    pseudonyms: Pseudonyms

    async def of(self, transaction: Transaction, auditor: Principal) -> list[SavedSearch]:
        """Theirs, by name."""
        return await rows_of(transaction, SavedSearch, OF_AUDITOR, [self._key(auditor)])

    async def one(self, transaction: Transaction, auditor: Principal, search_id: UUID) -> SavedSearch:
        """One of theirs. Raises `SearchNotFound`."""
        return _found(await row_of(transaction, SavedSearch, ONE, [self._key(auditor), search_id]))

    async def keep(
        self,
        transaction: Transaction,
        auditor: Principal,
        name: str,
        typed: Mapping[str, str],
        filters: Mapping[str, Json],
    ) -> SavedSearch:
        """Keep what was `typed`; `filters` are as a record tells them. Raises `ReviewInvalid`, `LedgerUnavailable`."""
        name, key = " ".join(name.split()), self._key(auditor)
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise ReviewInvalid(f"Donnez à la recherche un nom, de {LONGEST_NAME} caractères au plus.")
        if await value_of(transaction, COUNT, [key, name]) >= MOST:
            raise ReviewInvalid(f"Vous gardez déjà {MOST} recherches\u202f: supprimez-en une d’abord.")
        kept = _found(await row_of(transaction, SavedSearch, KEEP, [uuid4(), key, name, Jsonb(dict(typed))]))
        details: dict[str, Json] = {"search": str(kept.id), "filters": dict(filters)}
        await self.ledger.append(transaction, Event(Act.SEARCH_SAVED, auditor, details, {"name": name}))
        return kept

    async def forget(self, transaction: Transaction, auditor: Principal, search_id: UUID) -> SavedSearch:
        """Take one of theirs out. Raises `SearchNotFound`, `LedgerUnavailable`."""
        gone = _found(await row_of(transaction, SavedSearch, FORGET, [self._key(auditor), search_id]))
        await self.ledger.append(transaction, Event(Act.SEARCH_FORGOTTEN, auditor, {"search": str(gone.id)}))
        return gone

    def _key(self, auditor: Principal) -> str:
        return self.pseudonyms.of(auditor.subject)


def _found(search: SavedSearch | None) -> SavedSearch:
    if search is None:
        raise SearchNotFound
    return search
