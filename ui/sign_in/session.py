"""A person's session, and why it ends."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from policies.principal import Principal


class Reason(StrEnum):
    """Why a session ended; the values stand in the ledger."""

    SIGNED_OUT = "signed-out"
    IDLE = "idle"
    TOO_OLD = "too-old"
    EXPIRED = "expired"  # one of these two, noticed later by somebody else's sign-in
    ENDED_BY_PROVIDER = "ended-by-provider"
    NO_ROLE = "no-role"
    TOKEN_REFUSED = "token-refused"  # noqa: S105 - a word
    UNREADABLE = "unreadable"  # its tokens were sealed with another key


@dataclass(frozen=True, slots=True)
class Session:
    """A person who signed in; `provider_session` is Keycloak's name for it, `used_at` is right within a minute."""

    id: UUID
    principal: Principal
    provider_session: str
    created_at: dt.datetime
    used_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A session and what is known of it at Keycloak, which was last asked at `checked_at`.

    Its last answer holds until `valid_until` if it gives no other.
    """

    session: Session
    checked_at: dt.datetime
    valid_until: dt.datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to ask Keycloak about a session, had at `at`; no token if it was sealed with another key."""

    at: dt.datetime
    refresh_token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that is no more, and the tokens that end it at Keycloak too (empty if they cannot be read)."""

    session: Session
    refresh_token: str = field(repr=False)
    id_token: str = field(repr=False)
