"""Whose a pseudonym is: read from the records of the ledger, and kept nowhere else."""

from collections.abc import Mapping
from typing import Any, LiteralString

from policies.audit.kinds import Kind
from policies.audit.ledger import Transaction
from policies.audit.schema import fields
from policies.review.bodies import person_of, read_body
from policies.review.pseudonyms import Pseudonyms
from policies.review.rows import value_of

# The last record of what they did.
BY: LiteralString = "select max(index) from review_record where who = %s and who <> ''"
# The last record that has that key, block by block as deploy/migrations/0025_review.sql says.
KEYED: LiteralString = """
select max(seen.index)
from generate_series(0, (select max(index) >> 15 from review_record)) block, lateral (
    select index from review_record
    where review_terms(index, act, who, keys) @> review_wanted(block, array[%s::text])
    order by index desc limit 1
) seen
"""
BODY: LiteralString = "select body from ledger_record where index = %s"


async def last_keyed(transaction: Transaction, key: str) -> int | None:
    """The last record that has that key (see `policies.review.keys`)."""
    index: int | None = await value_of(transaction, KEYED, [key])
    return index


async def is_known(transaction: Transaction, who: str) -> bool:
    """Whether the register has a record by them or about them."""
    return (
        await value_of(transaction, BY, [who]) is not None or await last_keyed(transaction, f"about:{who}") is not None
    )


async def named(transaction: Transaction, pseudonyms: Pseudonyms, who: str) -> str | None:
    """The name by which the person of that pseudonym last acted, else their subject; None where nothing tells it."""
    if (did := await value_of(transaction, BY, [who])) is not None:
        body = await body_of(transaction, did)
        if pseudonyms.of(person_of(body)) == who:
            return str(body["principal"].get("username") or person_of(body))
    if (about := await last_keyed(transaction, f"about:{who}")) is not None:
        subjects = (str(one.value) for one in fields(await body_of(transaction, about)) if one.kind is Kind.PERSON)
        return next((subject for subject in subjects if pseudonyms.of(subject) == who), None)
    return None


async def body_of(transaction: Transaction, index: int) -> Mapping[str, Any]:
    """The body of a record; empty where there is none that can be read."""
    return read_body(bytes(await value_of(transaction, BODY, [index]) or b""))
