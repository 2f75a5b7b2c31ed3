"""What was erased, listed beside checkpoints: after an older backup is restored, the same is erased again.

Where records up to a checkpoint say that something was erased, a place outside the database holds one file more: a
line of JSON for each, with the number of the record, its act, and a keyed hash (RFC 2104) of what went; last the same
hash over all lines before it. Who does not hold the key learns from it that something was erased, not what, and
cannot write one that is believed. The key is derived from the secret of the data folder, which a backup holds.
"""

import hmac
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, LiteralString

from policies.audit.event import Act
from policies.audit.ledger import Transaction
from policies.audit.places import ERASURES, Place, read_name
from policies.errors import ErasuresInvalid

# What is hashed of each act's details, in this order. A collection that was deleted lies in the bin and may come out of
# it again: the last of its acts holds.
_OF: Mapping[str, tuple[str, ...]] = {
    Act.DOCUMENT_REMOVED: ("collection_id", "document_id"),
    Act.FILE_REMOVED: ("collection_id", "file"),
    Act.CONVERSATION_DELETED: ("conversation",),
    Act.COLLECTION_DELETED: ("collection_id",),
    Act.COLLECTION_RECOVERED: ("collection_id",),
    Act.COLLECTION_PURGED: ("collection_id",),
    Act.PERSON_ERASED: ("subject",),
}

# Records of a span that may be about an erasure; their act is looked at when they are read.
CANDIDATES: LiteralString = """
select index, body from ledger_record as record
where index >= %s and index < %s
    and exists (select from unnest(%s::bytea[]) as act (needle) where position(needle in record.body) > 0)
order by index
"""


@dataclass(frozen=True, slots=True)
class Erased:
    """That a record says that something went; `hidden` is the keyed hash of what."""

    record: int
    act: Act
    hidden: str


@dataclass(frozen=True, slots=True)
class Erasures:
    """Writes and reads these lists with one key, of 32 bytes."""

    key: bytes

    def hidden(self, act: Act, *about: object) -> str:
        """The keyed hash of what an act is about: `about` are the values of `_OF`."""
        kind = act.value.partition(".")[0]
        text = "\0".join([kind, *map(str, about)])
        return hmac.digest(self.key, text.encode("utf-8", "surrogatepass"), "sha256").hex()

    def of(self, index: int, body: bytes) -> Erased | None:
        """What a record says that went; None where it says of nothing."""
        try:
            told: Any = json.loads(body)
            act, details = Act(told["act"]), told["details"]
            return Erased(index, act, self.hidden(act, *(details[name] for name in _OF[act])))
        except (ValueError, TypeError, KeyError):
            return None

    async def between(self, transaction: Transaction, start: int, end: int) -> list[Erased]:
        """What the records from `start` up to `end` say that went. Raises `psycopg.Error`."""
        needles = [f'"act":"{act}"'.encode() for act in _OF]
        rows = await (await transaction.execute(CANDIDATES, [start, end, needles])).fetchall()
        return [erased for index, body in rows if (erased := self.of(index, bytes(body))) is not None]

    def written(self, found: Iterable[Erased]) -> bytes:
        """The file of these."""
        lines = "".join(f"{json.dumps([one.record, one.act, one.hidden])}\n" for one in found).encode()
        return lines + self._seal(lines)

    def read(self, content: bytes) -> list[Erased]:
        """What a file lists. Raises `ErasuresInvalid` where it was not written with this key."""
        *lines, seal = content.splitlines(keepends=True) or [b""]
        if not hmac.compare_digest(seal, self._seal(b"".join(lines))):
            raise ErasuresInvalid
        return [Erased(int(record), Act(act), str(hidden)) for record, act, hidden in map(json.loads, lines)]

    def _seal(self, lines: bytes) -> bytes:
        return hmac.digest(self.key, b"erasures\0" + lines, "sha256").hex().encode() + b"\n"


async def erased_since(place: Place, erasures: Erasures, size: int) -> list[Erased]:
    """What a place lists of records from `size` on, in their order. Raises `PlaceUnreachable`, `ErasuresInvalid`."""
    found = [one async for name in _lists(place, size) for one in erasures.read(await place.read(name))]
    return sorted((one for one in found if one.record >= size), key=lambda one: one.record)


async def _lists(place: Place, size: int) -> AsyncIterator[str]:
    async for name in place.names():
        match read_name(name):
            case checkpoint, kind if kind == ERASURES and checkpoint > size:
                yield name
