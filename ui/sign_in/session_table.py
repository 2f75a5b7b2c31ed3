"""Sessions in PostgreSQL (`deploy/migrations/0004_sessions.sql`), each step in its caller's transaction.

Who reads the table alone can use no session: it holds the SHA-256 of cookies, and tokens that are sealed.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, LiteralString
from uuid import UUID

from policies.principal import Principal, Role
from retrieval.rows import Connection, all_rows, one_row
from ui.sign_in.provider import SignIn
from ui.sign_in.sealing import Seal
from ui.sign_in.session import Claim, Ended, Held, Session
from ui.sign_in.tokens import LogoutClaims

REFRESH_TOKEN = "refresh_token"  # noqa: S105 - columns
ID_TOKEN = "id_token"  # noqa: S105

INSERT = """
    insert into session (id, key, subject, username, groups, roles, provider_session, refresh_token, id_token,
                         created_at, used_at, checked_at, valid_until)
    values (%(id)s, %(key)s, %(subject)s, %(username)s, %(groups)s, %(roles)s, %(provider_session)s,
            %(refresh_token)s, %(id_token)s, %(now)s, %(now)s, %(checked_at)s, %(valid_until)s)
"""

# What each request asks.
SELECT = """
    select id, subject, username, groups, roles, provider_session, created_at, used_at, checked_at, valid_until
    from session where key = %(key)s
"""

SELECT_ALL = """
    select id, subject, username, groups, roles, provider_session, created_at, used_at, checked_at, valid_until
    from session where %(subject)s = '' or subject = %(subject)s order by created_at, id
"""

MARK_USED = "update session set used_at = %(now)s where id = %(id)s and used_at < %(now)s"

# Of all who find that Keycloak is to be asked, one gets the row: whoever waited for it sees the claim.
CLAIM = """
    update session set claimed_at = %(now)s
    where id = %(id)s and checked_at <= %(due)s and (claimed_at is null or claimed_at <= %(abandoned)s)
    returning refresh_token
"""

# Keycloak vouched; who lost the claim meanwhile changes nothing.
RENEW = """
    update session
    set username = %(username)s, groups = %(groups)s, roles = %(roles)s, provider_session = %(provider_session)s,
        refresh_token = %(refresh_token)s, id_token = %(id_token)s,
        checked_at = %(checked_at)s, valid_until = %(valid_until)s, claimed_at = null
    where id = %(id)s and claimed_at = %(claimed_at)s
"""

# Keycloak did not answer.
POSTPONE = """
    update session set checked_at = %(checked_at)s, claimed_at = null
    where id = %(id)s and claimed_at = %(claimed_at)s
"""

DELETE = "delete from session where id = %(id)s returning *"

DELETE_BY_COOKIE = "delete from session where key = %(key)s returning *"

# An empty value names nobody; one of the two is given.
DELETE_BY_PROVIDER = """
    delete from session
    where (%(provider_session)s = '' or provider_session = %(provider_session)s)
      and (%(subject)s = '' or subject = %(subject)s)
    returning *
"""

# A few at a time, and none that somebody else is ending.
DELETE_EXPIRED = """
    delete from session where id in (
        select id from session
        where created_at <= %(created_before)s or used_at <= %(used_before)s
        order by used_at limit %(limit)s for update skip locked
    )
    returning *
"""


class SessionTable:
    """The table `session`, as whoever has the key of its tokens sees it."""

    def __init__(self, key: bytes) -> None:
        self._seal = Seal(key)

    async def insert(self, connection: Connection, cookie: str, held: Held, sign_in: SignIn) -> None:
        """Add a session, under its cookie."""
        values = {"key": _key(cookie), "subject": held.session.principal.subject, "now": held.checked_at}
        await connection.execute(INSERT, values | self._vouched(held, sign_in))

    async def find(self, connection: Connection, cookie: str) -> Held | None:
        """The session of a cookie."""
        row = await one_row(connection, SELECT, {"key": _key(cookie)})
        return _held(row) if row else None

    async def all(self, connection: Connection, subject: str = "") -> list[Held]:
        """Every session, or that person's, the oldest first, with those beyond their limits that nobody has noticed."""
        return [_held(row) for row in await all_rows(connection, SELECT_ALL, {"subject": subject})]

    async def mark_used(self, connection: Connection, session_id: UUID, now: dt.datetime) -> None:
        """Somebody uses the session now."""
        await connection.execute(MARK_USED, {"id": session_id, "now": now})

    async def claim(
        self, connection: Connection, session_id: UUID, now: dt.datetime, due: dt.datetime, abandoned: dt.datetime
    ) -> Claim | None:
        """Be the one who asks Keycloak, if it was last asked at `due` or before, and nobody is asking it.

        A claim of `abandoned` or before counts as nobody's.
        """
        values = {"id": session_id, "now": now, "due": due, "abandoned": abandoned}
        row = await one_row(connection, CLAIM, values)
        return Claim(now, self._seal.open(row[REFRESH_TOKEN], _place(session_id, REFRESH_TOKEN))) if row else None

    async def renew(self, connection: Connection, claim: Claim, held: Held, sign_in: SignIn) -> None:
        """Give the claim back: Keycloak vouches for `held`."""
        await connection.execute(RENEW, {"claimed_at": claim.at} | self._vouched(held, sign_in))

    async def postpone(self, connection: Connection, claim: Claim, session_id: UUID, now: dt.datetime) -> None:
        """Give the claim back: Keycloak did not answer."""
        await connection.execute(POSTPONE, {"id": session_id, "claimed_at": claim.at, "checked_at": now})

    async def delete(self, connection: Connection, session_id: UUID) -> list[Ended]:
        """End the session, if it is still there."""
        return await self._delete(connection, DELETE, {"id": session_id})

    async def delete_by_cookie(self, connection: Connection, cookie: str) -> list[Ended]:
        """End the session of a cookie, if there is one."""
        return await self._delete(connection, DELETE_BY_COOKIE, {"key": _key(cookie)})

    async def delete_by_provider(self, connection: Connection, claims: LogoutClaims) -> list[Ended]:
        """End the sessions that Keycloak names by its own session, by the person, or by both."""
        values = {"provider_session": claims.provider_session, "subject": claims.subject}
        return await self._delete(connection, DELETE_BY_PROVIDER, values)

    async def delete_expired(
        self, connection: Connection, created_before: dt.datetime, used_before: dt.datetime, limit: int
    ) -> list[Ended]:
        """End some of the sessions that are too old, or have been unused for too long."""
        values = {"created_before": created_before, "used_before": used_before, "limit": limit}
        return await self._delete(connection, DELETE_EXPIRED, values)

    async def _delete(self, connection: Connection, query: LiteralString, values: Mapping[str, Any]) -> list[Ended]:
        return [self._ended(row) for row in await all_rows(connection, query, values)]

    def _vouched(self, held: Held, sign_in: SignIn) -> dict[str, Any]:
        session = held.session
        return {
            "id": session.id,
            "username": session.principal.username,
            "groups": sorted(session.principal.groups),
            "roles": sorted(session.principal.roles),
            "provider_session": session.provider_session,
            "refresh_token": self._seal.close(sign_in.refresh_token, _place(session.id, REFRESH_TOKEN)),
            "id_token": self._seal.close(sign_in.id_token, _place(session.id, ID_TOKEN)),
            "checked_at": held.checked_at,
            "valid_until": held.valid_until,
        }

    def _ended(self, row: Mapping[str, Any]) -> Ended:
        session = _held(row).session
        return Ended(
            session,
            refresh_token=self._seal.open(row[REFRESH_TOKEN], _place(session.id, REFRESH_TOKEN)) or "",
            id_token=self._seal.open(row[ID_TOKEN], _place(session.id, ID_TOKEN)) or "",
        )


def _held(row: Mapping[str, Any]) -> Held:
    principal = Principal(
        subject=row["subject"],
        username=row["username"],
        groups=frozenset(row["groups"]),
        roles=frozenset(Role(role) for role in row["roles"]),
    )
    session = Session(row["id"], principal, row["provider_session"], row["created_at"], row["used_at"])
    return Held(session, row["checked_at"], row["valid_until"])


def _key(cookie: str) -> bytes:
    """A cookie's place in the table; 256 random bits need neither salt nor stretching."""
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).digest()


def _place(session_id: UUID, column: str) -> bytes:
    """Where a sealed value belongs."""
    return session_id.bytes + column.encode()
