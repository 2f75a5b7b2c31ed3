"""Whether a legal hold keeps a conversation: by its name, by its owner, or by one of its records."""

from typing import LiteralString
from uuid import UUID

from policies.audit.ledger import Transaction
from policies.review.pseudonyms import Pseudonyms
from policies.review.rows import value_of

# Records are looked through where there is a hold at all.
HELD: LiteralString = """
select exists (select from review_hold where released_at is null) and (
    exists (
        select from review_hold
        where released_at is null
            and ((kind = 'conversation' and target = %(conversation)s) or (kind = 'person' and target = %(who)s))
    ) or exists (
        select from review_keyed(array['conversation:' || %(conversation)s]) as seen where ledger_held(seen.index)
    )
)
"""


async def is_kept(transaction: Transaction, pseudonyms: Pseudonyms, conversation: UUID, owner: str) -> bool:
    """Whether it may not be deleted yet; the review is to have read the ledger before."""
    values = {"conversation": str(conversation), "who": pseudonyms.of(owner)}
    return bool(await value_of(transaction, HELD, values))
