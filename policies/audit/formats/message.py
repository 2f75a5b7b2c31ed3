"""What is told to a SIEM of a record or a checkpoint, before it is put into a format.

Invariants:
1. Under a veil, a message holds no subject, name, group or address of a person in clear; see `Kind` for where they
   stand.
2. No content is in it: of questions and answers a record has commitments, which stay behind.
3. Every record can be told, one that somebody damaged too: whoever forwards them is never stuck.
"""

import copy
import datetime as dt
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from policies.audit.event import Json, Record
from policies.audit.kinds import Kind
from policies.audit.merkle import leaf_hash
from policies.audit.schema import Path, fields

# The acts of messages that are no record's own.
CHECKPOINT = "audit.checkpoint"
UNREADABLE = "record.unreadable"


# What may be somebody's name, and whose it is cannot be told by a pseudonym.
_NAMES = frozenset({Kind.PERSON_NAME, Kind.OTHER})


class Veil(Protocol):
    """Hides who acted and from where behind names that stay the same."""

    def of(self, subject: str, /) -> str:
        """The person's."""

    def of_address(self, origin: str, /) -> str:
        """The address's; where an act came from that is no address, as it is."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that happened; `leaf` is the record's hash in the ledger's tree, in hexadecimal (RFC 9162, 2.1.1).

    `index` is the record's; a checkpoint's is its size, and it has no leaf.
    """

    index: int
    at: dt.datetime
    act: str
    host: str
    subject: str = ""
    username: str = ""
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    origin: str = ""
    details: Mapping[str, Json] = field(default_factory=dict)
    leaf: str = ""

    @property
    def ip(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """The origin, where it is an address."""
        try:
            return ipaddress.ip_address(self.origin)
        except ValueError:
            return None


def message_of(record: Record, host: str, veil: Veil | None) -> Message:
    """What is told of a record; without a veil, with names and addresses."""
    leaf = leaf_hash(record.body).hex()
    try:
        body = json.loads(record.body)
        if veil is not None:
            body = _veiled(body, veil)
        who = body["principal"]
        return Message(
            index=record.index,
            at=record.at,
            act=str(body["act"]),
            host=host,
            subject=str(who["subject"]),
            username=str(who["username"]),
            groups=tuple(map(str, who["groups"])),
            roles=tuple(map(str, who["roles"])),
            origin=str(body.get("origin", "")),
            details=dict(body["details"]),
            leaf=leaf,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Message(index=record.index, at=record.at, act=UNREADABLE, host=host, leaf=leaf)


def message_of_checkpoint(size: int, at: dt.datetime, note: str, host: str) -> Message:
    """What is told of a checkpoint: the signed note itself."""
    return Message(index=size, at=at, act=CHECKPOINT, host=host, details={"size": size, "note": note})


def _veiled(body: dict[str, Any], veil: Veil) -> dict[str, Any]:
    body = copy.deepcopy(body)
    for found in list(fields(body)):
        value = str(found.value)
        if found.kind is Kind.PERSON:
            _put(body, found.path, veil.of(value))
        elif found.kind is Kind.ADDRESS:
            _put(body, found.path, veil.of_address(value))
        elif found.kind in _NAMES and isinstance(found.value, str):
            _put(body, found.path, "")
    body["principal"]["groups"] = []
    return body


def _put(body: Any, path: Path, value: str) -> None:
    *above, last = path
    for name in above:
        body = body[name]
    body[last] = value
