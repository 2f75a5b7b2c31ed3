"""The ledger after a restore: it goes on from the last checkpoint that a place outside the database holds.

A backup is older than what was lost: places may vouch for records that it does not hold. Their hashes are taken over
from there, so that the tree is continued and nothing that anybody was ever shown is contradicted; of the records
themselves nothing is left, which the record of the restore says (`purges`).

Invariants:
1. Nothing is taken over that keys which are trusted have not signed.
2. The records of the backup must be those that were signed: else nothing is done, and it is no restore but a fork.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

import psycopg

from policies.audit.checkpoint import Checkpoint
from policies.audit.growing import Growing
from policies.audit.ledger import Transaction
from policies.audit.ledger_pages import LedgerPages
from policies.audit.note import VerifyingKey
from policies.audit.places import Place
from policies.audit.shipped import Segment, Shipped
from policies.audit.tree import Tree
from policies.audit.trust import Trust
from policies.errors import LedgerBroken, LedgerUnavailable, NoteInvalid

LAST_SIGNED: LiteralString = "select coalesce(max(size), 0) from ledger_checkpoint"

LEAVES: LiteralString = "select hash from ledger_node where level = 0 and index >= %s order by index"

KEEP_NODE: LiteralString = "insert into ledger_node (level, index, hash) values (%s, %s, %s)"

KEEP_CHECKPOINT: LiteralString = "insert into ledger_checkpoint (size, at, note) values (%s, %s, %s)"

COUNT: LiteralString = """
insert into ledger_head as head (size) values (%s) on conflict (one) do update set size = excluded.size
"""


@dataclass(frozen=True, slots=True)
class Regained:
    """The ledger has `held` records, and hashes up to `size`, signed by the last checkpoint, `note`.

    The places of `unknown` hold later checkpoints, which no key that is trusted has signed.
    """

    held: int
    size: int
    note: str
    unknown: Sequence[str]

    @property
    def lost(self) -> int:
        """Of how many records the hashes alone are left."""
        return self.size - self.held


async def regain(transaction: Transaction, places: Sequence[Place], keys: Sequence[VerifyingKey]) -> Regained:
    """Take over what places hold beyond the last checkpoint of the database, as the tables' owner.

    Nothing else may sign meanwhile. Raises `LedgerBroken`, `LedgerUnavailable`, `PlaceUnreachable`.
    """
    held = await Tree().integrate(transaction)
    ledger = LedgerPages(transaction)
    signed = await _number(transaction, LAST_SIGNED)
    tree = await ledger.tree(signed)
    if tree is None:
        raise LedgerBroken("Il manque des nœuds à l’arbre du registre.")
    leaves = [bytes(leaf) for (leaf,) in await (await transaction.execute(LEAVES, [signed])).fetchall()]
    told: list[Segment] = []
    unknown = []
    for place in places:
        segments, whole = await _told(place, tree.copy(), leaves, Trust(keys))
        told = max(told, segments, key=_size)
        if not whole:
            unknown.append(place.label)
    size = max(held, _size(told))
    try:
        await _take_over(transaction, told, tree, held)
        if size > held:
            await transaction.execute(COUNT, [size])
    except psycopg.Error as error:
        raise LedgerUnavailable(f"Le registre ne peut pas être continué : {error}") from error
    latest = await ledger.checkpoint_before(size)
    return Regained(held, size, latest.note if latest else "", unknown)


def _size(segments: Sequence[Segment]) -> int:
    return segments[-1].size if segments else 0


async def _told(place: Place, tree: Growing, leaves: Sequence[bytes], trust: Trust) -> tuple[list[Segment], bool]:
    """What a place holds beyond the tree as far as it is signed, and whether that is all.

    `leaves` are those of the database from there on. Raises `LedgerBroken` where it vouches for other ones.
    """
    start, segments = tree.size, list[Segment]()
    shipped = await Shipped.of(place)
    await shipped.advance(tree)
    while (segment := shipped.segment) is not None:
        try:
            trust.opened(segment.note)
        except NoteInvalid:
            return segments, False
        if segment.start != tree.size or shipped.doubled or shipped.forged(trust) is not None:
            raise LedgerBroken(
                f"L’emplacement {place.label} ne continue pas le registre de la sauvegarde après "
                f"{tree.size} enregistrements : ou bien il est celui d’un autre registre, ou bien il a été modifié."
            )
        for index in range(segment.start, segment.size):
            leaf = segment.leaf(index)
            if index - start < len(leaves) and leaves[index - start] != leaf:
                raise LedgerBroken(
                    f"L’enregistrement {index} de la sauvegarde n’est pas celui que {place.label} garde sous signature."
                )
            for _ in tree.add(leaf):
                pass
        segments.append(segment)
        await shipped.advance(tree)
    return segments, True


async def _take_over(transaction: Transaction, segments: Sequence[Segment], tree: Growing, held: int) -> None:
    nodes = []
    for segment in segments:
        for index in range(segment.start, segment.size):
            leaf = segment.leaf(index)
            above = [*tree.add(leaf)]
            nodes += [(*place, node) for place, node in [((0, index), leaf), *above] if place[1] + 1 << place[0] > held]
        # Signed by a key that is trusted, as was seen before.
        checkpoint = Checkpoint.parse(segment.note.rpartition("\n\n")[0] + "\n")
        await transaction.execute(KEEP_CHECKPOINT, [segment.size, checkpoint.at, segment.note])
    if nodes:
        await transaction.cursor().executemany(KEEP_NODE, nodes)


async def _number(transaction: Transaction, query: LiteralString) -> int:
    row = await (await transaction.execute(query)).fetchone()
    return int(row[0]) if row else 0
