"""What a request may ask for, whether there is such a thing, and whether it is an auditor's own affair."""

from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from policies.audit.event import Json
from policies.audit.ledger import Transaction
from policies.review.bodies import person_of
from policies.review.errors import HoldNotFound, PersonUnknown, RecordNotFound, ReviewInvalid
from policies.review.keys import keys
from policies.review.names import body_of, is_known, last_keyed
from policies.review.pseudonyms import Pseudonyms, read_pseudonym
from policies.review.rows import value_of

LONGEST_NUMBER = 18  # digits: less than what PostgreSQL counts with

RECORDED: LiteralString = "select exists (select from ledger_record where index = %s)"
HELD: LiteralString = """
select exists (select from review_hold where id = %s and case_id = %s and released_at is null)
"""
OWN_CONVERSATION: LiteralString = """
select exists (
    select from review_record where who = %(who)s and keys @> array['conversation:' || %(target)s]
)
"""
OWN_HOLD: LiteralString = """
select exists (
    select from review_hold as hold where id = %(target)s::bigint and (
        kind = 'person' and target = %(who)s
        or kind = 'conversation' and exists (
            select from review_record where who = %(who)s and keys @> array['conversation:' || hold.target]
        )
        or kind = 'records' and exists (
            select from review_record
            where who = %(who)s and index between hold.first and hold.last and not is_of_auditors(act)
        )
    )
)
"""


class Kind(StrEnum):
    """Of what a wish is."""

    NAME = "name"  # behind a pseudonym
    RECORD = "record"  # its texts
    CONVERSATION = "conversation"  # the texts of all its records
    RELEASE = "release"  # of a hold


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: `target` is a pseudonym, an index, the identifier of a conversation, the number of a hold."""

    kind: Kind
    target: str

    def details(self) -> dict[str, Json]:
        """As records name it."""
        match self.kind:
            case Kind.NAME:
                return {"who": self.target}
            case Kind.RECORD:
                return {"record": int(self.target)}
            case Kind.CONVERSATION:
                return {"conversation": self.target}
            case Kind.RELEASE:
                return {"hold": int(self.target)}


async def checked(transaction: Transaction, case_id: int, wish: Wish) -> Wish:
    """The wish in its one form, which there is something for.

    Raises `PersonUnknown`, `RecordNotFound`, `HoldNotFound`, `ReviewInvalid`.
    """
    match wish.kind:
        case Kind.NAME:
            who = pseudonym_given(wish.target)
            if not await is_known(transaction, who):
                raise PersonUnknown(who)
            return Wish(wish.kind, who)
        case Kind.RECORD:
            index = number_given(wish.target, "d’enregistrement")
            if not await value_of(transaction, RECORDED, [index]):
                raise RecordNotFound(index)
            return Wish(wish.kind, str(index))
        case Kind.CONVERSATION:
            conversation = identifier_given(wish.target)
            if await last_keyed(transaction, f"conversation:{conversation}") is None:
                raise ReviewInvalid("Le registre ne connaît pas cette conversation. Vérifiez son identifiant.")
            return Wish(wish.kind, conversation)
        case Kind.RELEASE:
            hold = number_given(wish.target, "de gel")
            if not await value_of(transaction, HELD, [hold, case_id]):
                raise HoldNotFound(hold)
            return Wish(wish.kind, str(hold))


async def concerns(transaction: Transaction, pseudonyms: Pseudonyms, who: str, wish: Wish) -> bool:
    """Whether it is about that person: what they did, or where they are named."""
    values = {"who": who, "target": wish.target}
    match wish.kind:
        case Kind.NAME:
            return wish.target == who
        case Kind.RECORD:
            body = await body_of(transaction, int(wish.target))
            return who == pseudonyms.of(person_of(body)) or f"about:{who}" in keys(body, pseudonyms)
        case Kind.CONVERSATION:
            return bool(await value_of(transaction, OWN_CONVERSATION, values))
        case Kind.RELEASE:
            return bool(await value_of(transaction, OWN_HOLD, values))


def pseudonym_given(typed: str) -> str:
    """A person's pseudonym as somebody typed it. Raises `ReviewInvalid`."""
    who = read_pseudonym(typed)
    if not who:
        raise ReviewInvalid("Ce n’est pas un pseudonyme. Copiez-le du registre\u202f; il a la forme 7F3K9-QTM2A.")
    return who


def number_given(typed: str, what: str) -> int:
    """A number as somebody typed it; `what` says of what. Raises `ReviewInvalid`."""
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER):
        raise ReviewInvalid(f"Donnez un numéro {what}, en chiffres.")
    return int(digits)


def identifier_given(typed: str) -> str:
    """The identifier of a collection or a conversation. Raises `ReviewInvalid`."""
    try:
        return str(UUID(typed.strip()))
    except ValueError as error:
        raise ReviewInvalid(
            "Cet identifiant n’est pas valable. Copiez-le du registre\u202f; il a 32 chiffres et lettres de a à f."
        ) from error
