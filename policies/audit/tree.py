"""The ledger's Merkle tree in PostgreSQL, one node a complete subtree: roots and proofs read O(log n) of them.

It follows the records: what was appended since is hashed when somebody wants a checkpoint, so that an append costs
no more for it, and inside the database, so that no body travels.
"""

from collections.abc import Iterable, Sequence
from typing import LiteralString

import psycopg

from policies.audit.ledger import Transaction
from policies.audit.merkle import Span, consistency_spans, inclusion_spans, joined, places
from policies.audit.tree_queries import APPENDED, HASHES, LEAVES, NODES, SIZE
from policies.errors import LedgerBroken, LedgerUnavailable


class Tree:
    """Each method works in its caller's transaction. All raise `LedgerUnavailable`; `LedgerBroken` where nodes lack."""

    async def size(self, transaction: Transaction) -> int:
        """How many leaves are in the tree."""
        return await _number(transaction, SIZE)

    async def integrate(self, transaction: Transaction) -> int:
        """Add the records that were committed since, and give the new size.

        One process at a time: see `Checkpoints`. Raises `LedgerBroken` where a record is missing among them.
        """
        start, end = await self.size(transaction), await _number(transaction, APPENDED)
        if end < start:
            raise LedgerBroken(f"Le registre a {end} enregistrements, mais son arbre en connaît {start}.")
        try:
            added = await transaction.execute(LEAVES, [start, end])
            if added.rowcount != end - start:
                raise LedgerBroken(
                    f"Il manque {end - start - added.rowcount} enregistrements au registre entre les numéros {start} "
                    f"et {end - 1}."
                )
            for level in range(1, end.bit_length()):
                first, last = start >> level, end >> level
                if first < last:
                    await transaction.execute(NODES, {"level": level, "first": first, "end": last})
        except psycopg.Error as error:
            raise LedgerUnavailable(f"L’arbre du registre ne peut pas être complété : {error}") from error
        return end

    async def root(self, transaction: Transaction, size: int) -> bytes:
        """The root over the first `size` leaves."""
        return (await _roots(transaction, [(0, size)]))[0]

    async def inclusion(self, transaction: Transaction, index: int, size: int) -> list[bytes]:
        """The proof that a leaf is in the tree of the first `size` ones. Raises `ProofInvalid` beyond them."""
        return await _roots(transaction, inclusion_spans(index, size))

    async def inclusions(self, transaction: Transaction, indexes: Iterable[int], size: int) -> list[list[bytes]]:
        """The same proof for each of some leaves, in one round trip: neighbours share most of theirs."""
        paths = [inclusion_spans(index, size) for index in indexes]
        spans = list({span for path in paths for span in path})
        roots = dict(zip(spans, await _roots(transaction, spans), strict=True))
        return [[roots[span] for span in path] for path in paths]

    async def consistency(self, transaction: Transaction, first: int, second: int) -> list[bytes]:
        """The proof that the tree of `first` leaves grew to `second`. Raises `ProofInvalid` where it did not grow."""
        return await _roots(transaction, consistency_spans(first, second))


async def _roots(transaction: Transaction, spans: Sequence[Span]) -> list[bytes]:
    """The root of each subtree, in one round trip."""
    made_of = [places(span) for span in spans]
    named = [place for some in made_of for place in some]
    try:
        found = await transaction.execute(HASHES, [[level for level, _ in named], [index for _, index in named]])
        rows = await found.fetchall()
    except psycopg.Error as error:
        raise LedgerUnavailable(f"L’arbre du registre est illisible : {error}") from error
    if len(rows) != len(named):
        raise LedgerBroken("Il manque des nœuds à l’arbre du registre.")
    hashes = iter(rows)
    return [joined([bytes(next(hashes)[0]) for _ in some]) for some in made_of]


async def _number(transaction: Transaction, query: LiteralString) -> int:
    try:
        row = await (await transaction.execute(query)).fetchone()
    except psycopg.Error as error:
        raise LedgerUnavailable(f"L’arbre du registre est illisible : {error}") from error
    return int(row[0]) if row else 0
