"""A ministry's own instructions to the model, in versions; each change is recorded.

What they say is in `assistant.prompts.guidance`: where they stand in a prompt, and what they may not do.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from assistant import guidance_queries as queries
from assistant.errors import GuidanceChanged, GuidanceNotFound
from assistant.prompts.guidance import cleaned
from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.permission import require_right
from retrieval.rows import Connection, Pool, all_rows, one_row


@dataclass(frozen=True, slots=True)
class GuidanceVersion:
    """The instructions as they were put in force; version 0, with an empty text, is before the first."""

    version: int = 0
    text: str = ""
    by: str = ""
    at: dt.datetime | None = None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Guidance:
    """The instructions; changing them needs `Action.ADMINISTER_TASKS`.

    `edition` is the version that was shown to who changes them: where another is in force by then, nothing is changed.
    """

    pool: Pool
    policy: Policy
    ledger: Ledger

    async def in_force(self) -> GuidanceVersion:
        """The last version."""
        async with self.pool.connection() as connection:
            return await _last(connection)

    async def text(self) -> str:
        """What the model is told besides; empty for nothing."""
        return (await self.in_force()).text

    async def versions(self) -> list[GuidanceVersion]:
        """All, the first one first."""
        async with self.pool.connection() as connection:
            return [GuidanceVersion(**row) for row in await all_rows(connection, queries.ALL)]

    async def version(self, number: int) -> GuidanceVersion:
        """That version. Raises `GuidanceNotFound`."""
        held = await self.versions()
        for one in held:
            if one.version == number:
                return one
        raise GuidanceNotFound(number, len(held))

    async def draft(self, principal: Principal, text: str) -> str:
        """The text as a prompt would have it, for a trial. Raises `Refused`, `GuidanceInvalid`."""
        await self._required(principal)
        return cleaned(text)

    async def put(self, principal: Principal, text: str, edition: int | None = None) -> GuidanceVersion:
        """Put a text in force, an empty one for none. Raises `Refused`, `GuidanceInvalid`, `GuidanceChanged`."""
        rules = await self._required(principal)
        clean = cleaned(text)
        return await self._add(principal, "put" if clean else "withdraw", clean, rules, edition)

    async def restore(self, principal: Principal, number: int, edition: int | None = None) -> GuidanceVersion:
        """Put an earlier version in force again, as a new one.

        Raises `Refused`, `GuidanceNotFound`, `GuidanceChanged`.
        """
        rules = await self._required(principal)
        return await self._add(principal, "restore", (await self.version(number)).text, rules, edition)

    async def _required(self, principal: Principal) -> list[Json]:
        return await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_TASKS)

    async def _add(
        self, principal: Principal, change: str, text: str, rules: list[Json], edition: int | None
    ) -> GuidanceVersion:
        async with self.pool.connection() as connection:
            await connection.execute(queries.LOCK)
            before = await _last(connection)
            if edition not in (None, before.version):
                raise GuidanceChanged(before.version)
            values = {"version": before.version + 1, "text": text, "by": principal.subject}
            row = await one_row(connection, queries.ADD, values)
            assert row is not None  # noqa: S101  # it returns what it inserts
            added = GuidanceVersion(**row)
            details: dict[str, Json] = {
                "change": change,
                "version": added.version,
                "guidance": added.fingerprint,
                "instead_of": before.fingerprint,
                "rules": rules,
            }
            await self.ledger.append(connection, Event(Act.GUIDANCE_CHANGED, principal, details))
        return added


async def _last(connection: Connection) -> GuidanceVersion:
    row = await one_row(connection, queries.LAST)
    return GuidanceVersion(**row) if row else GuidanceVersion()
