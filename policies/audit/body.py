"""What stands in a record: an event as canonical JSON, with commitments in the place of content.

Invariants:
1. The same event at the same time, with the same salts, has the same bytes (RFC 8785).
2. No text of `Event.content` is in the body; who has only the body cannot confirm a guess of it:
   each text enters as HMAC-SHA256 under a random salt of its own (RFC 2104).
3. An act, or a field of its details, that is not in the schema does not enter.
"""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

from policies.audit.canonical import canonical_form
from policies.audit.event import Event
from policies.audit.schema import validate
from policies.errors import EventInvalid

SALT_BYTES = 32

# A change of what stands in a body is a new format; records of the old one stay as they are. Format 1 had no `origin`
# and no `session`.
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Content:
    """A text of an event and the salt of its commitment; both are kept apart from the record."""

    name: str
    salt: bytes
    text: bytes


def salted(event: Event) -> list[Content]:
    """The event's texts (UTF-8), each with a fresh salt."""
    return [
        Content(name, secrets.token_bytes(SALT_BYTES), text.encode("utf-8", "surrogatepass"))
        for name, text in event.content.items()
    ]


def commitment(content: Content) -> str:
    """What a record's body says of a text: 64 hexadecimal digits."""
    return hmac.digest(content.salt, content.text, "sha256").hex()


def body(event: Event, at: dt.datetime, contents: list[Content]) -> bytes:
    """The event as canonical JSON; `at` is aware. Raises `EventInvalid`."""
    validate(event)
    who = event.principal.as_json()
    origin, session = who.pop("origin"), who.pop("session")
    try:
        return canonical_form(
            {
                "format": FORMAT,
                "act": event.act,
                "at": at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
                "principal": who,
                "origin": origin,
                "session": session,
                "details": dict(event.details),
                "content": {content.name: commitment(content) for content in contents},
            }
        )
    except ValueError as error:  # no canonical form, or keys that are not UTF-8
        raise EventInvalid(f"L’acte « {event.act} » ne peut pas être inscrit au registre : {error}") from error
