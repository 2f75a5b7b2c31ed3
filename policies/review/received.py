"""Who gave the versions of a document, as long as the ledger tells."""

from typing import LiteralString

from policies.audit.event import Act
from policies.audit.ledger import Transaction
from policies.review.filters import Filters
from policies.review.walk import BLOCKS, walk


def by_version(found: LiteralString, exact: LiteralString) -> LiteralString:
    return f"""
select (told.body -> 'details' ->> 'version')::int, told.body -> 'principal' ->> 'username'
from {BLOCKS} cross join lateral (select index {found} and {exact}) as shown
join ledger_record record on record.index = shown.index,
lateral (select convert_from(record.body, 'UTF8')::json as body) as told
order by record.index desc
"""  # noqa: S608 - literals alone


async def received_by(connection: Transaction, collection: str, document: str) -> dict[int, str]:
    """The name of whoever gave each version first, as far as the review has read the ledger."""
    acts = (Act.DOCUMENT_RECEIVED.value,)
    walked = await walk(connection, Filters(collection=collection, document=document, acts=acts))
    if walked is None:
        return {}
    rows = await connection.execute(by_version(walked.found, walked.exact), walked.values)
    return dict(await rows.fetchall())
