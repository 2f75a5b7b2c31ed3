"""Reading the texts of a record: for a stated reason, in a case, and never unrecorded.

Invariants:
1. The reading is in the ledger before a text is given. No record, no text.
2. With `approval`, a text is given only to the two auditors who agreed on it, for as long as their agreement holds.
3. What is said of a text is checked against what was recorded of it (see `policies.audit.body`).
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString

from policies.audit.body import Content, commitment
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Transaction
from policies.principal import Principal
from policies.review.auditors import Auditors, reason_given
from policies.review.bodies import person_of, read_body
from policies.review.cases import open_case
from policies.review.errors import NotGranted, OwnAffair, RecordNotFound
from policies.review.names import body_of
from policies.review.requests import Requests
from policies.review.rows import rows_of, value_of
from policies.review.wishes import Kind, Wish, concerns

BODY: LiteralString = "select body from ledger_record where index = %s"
TEXTS: LiteralString = "select name, salt, text from ledger_content where record = %s order by name"
CONVERSATIONS: LiteralString = """
select substr(key, length('conversation:') + 1) from review_record, unnest(keys) key
where index = %s and key like 'conversation:%%'
"""


class State(StrEnum):
    """What a text is, by what was recorded of it."""

    RECORDED = "recorded"  # the very text
    ALTERED = "altered"  # another one, or one of which nothing was recorded
    ERASED = "erased"  # there was one


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a record, as it was kept; nothing where it was erased."""

    name: str
    state: State
    text: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Reads texts; with `approval`, after a second auditor's grant only."""

    auditors: Auditors
    requests: Requests
    approval: bool = False

    async def read(self, principal: Principal, case_id: int, index: int, reason: str) -> Sequence[Text]:
        """The texts of that record, by name; the reading is recorded.

        Raises `ReviewInvalid`, `NotGranted`, `OwnAffair`, `RecordNotFound`, `CaseNotFound`, `CaseClosed`, `Refused`,
        `LedgerUnavailable`.
        """
        by, reason = await self.auditors.admitted(principal), reason_given(reason)
        record = Wish(Kind.RECORD, str(index))
        async with self.auditors.pool.connection() as connection:
            await open_case(connection, case_id)
            who = self.auditors.pseudonyms.of(person_of(await body_of(connection, index)))
            details: dict[str, Json] = {"case": case_id, "record": index, "who": who, "second": self.approval}
            if self.approval:
                wishes = [record, *(Wish(Kind.CONVERSATION, one) for one in await _conversations(connection, index))]
                granted = await self.requests.in_force(connection, by, wishes, case_id)
                if granted is None:
                    raise NotGranted
                details["request"] = granted.id
            if await concerns(connection, self.auditors.pseudonyms, by, record):
                raise OwnAffair
            texts = await _texts(connection, index)
            details["texts"] = {text.name: text.state for text in texts}
            event = Event(Act.REVIEW_CONTENT_READ, principal, details, {"reason": reason})
            await self.auditors.record(connection, event)
        return texts


async def _conversations(transaction: Transaction, index: int) -> Sequence[str]:
    return [one for (one,) in await (await transaction.execute(CONVERSATIONS, [index])).fetchall()]


async def _texts(transaction: Transaction, index: int) -> Sequence[Text]:
    written = await value_of(transaction, BODY, [index])
    if written is None:
        raise RecordNotFound(index)
    recorded: Mapping[str, str] = read_body(bytes(written)).get("content", {})
    kept = {one.name: one for one in await rows_of(transaction, Content, TEXTS, [index])}
    return [_text(name, recorded.get(name, ""), kept.get(name)) for name in sorted(recorded.keys() | kept.keys())]


def _text(name: str, recorded: str, kept: Content | None) -> Text:
    if kept is None:
        return Text(name, State.ERASED, "")
    holds = hmac.compare_digest(commitment(kept), recorded)
    # Bytes that are no text, and those of lone surrogates, are written out: nobody is kept from reading the rest.
    text = bytes(kept.text).decode("utf-8", "backslashreplace")
    return Text(name, State.RECORDED if holds else State.ALTERED, text)
