"""Which tasks there are: what administrators put in place, or else what the product brings. Each change is recorded."""

from collections.abc import Sequence

from assistant.errors import TaskNotFound, TemplateInvalid
from assistant.tasks import template_table
from assistant.tasks.template import DRAFT, Template
from assistant.tasks.template_file import read_template
from assistant.tasks.template_table import Version
from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.permission import require_right
from retrieval.rows import Pool


class Templates:
    """The templates; changing them needs `Action.ADMINISTER_TASKS`.

    `edition` is the last version when it was shown to who changes it, 0 for a task that there was not: where another
    is the last by then, nothing is changed.
    """

    def __init__(self, pool: Pool, policy: Policy, ledger: Ledger) -> None:
        self._pool = pool
        self._policy = policy
        self._ledger = ledger

    async def offered(self) -> Sequence[Template]:
        """Those in force, by title."""
        return sorted((one.template for one in await self.all() if not one.disabled), key=lambda one: one.title)

    async def template(self, name: str) -> Template:
        """The one in force of that name. Raises `TaskNotFound`."""
        offered = await self.offered()
        for template in offered:
            if template.name == name:
                return template
        raise TaskNotFound(name, [template.name for template in offered])

    async def all(self) -> list[Version]:
        """The last version of each, by name."""
        async with self._pool.connection() as connection:
            held = await template_table.last_versions(connection)
        return [held[name] for name in sorted(held)]

    async def versions(self, name: str) -> list[Version]:
        """All of one, the first one first. Raises `TaskNotFound`."""
        async with self._pool.connection() as connection:
            return await template_table.versions(connection, name)

    async def version(self, name: str, version: int | None = None) -> Version:
        """That version, or the last. Raises `TaskNotFound`, `TemplateInvalid` where there is no such version."""
        held = await self.versions(name)
        for one in reversed(held):
            if version in (None, one.template.version):
                return one
        numbers = ", ".join(str(one.template.version) for one in held)
        raise TemplateInvalid(f"La tâche «\u202f{name}\u202f» n’a pas de version {version}\u202f: elle a {numbers}.")

    async def draft(self, principal: Principal, source: str) -> Template:
        """The template in that text, which is not kept. Raises `Refused`, `TemplateInvalid`."""
        await require_right(self._pool, self._policy, self._ledger, principal, Action.ADMINISTER_TASKS)
        return read_template(source, DRAFT)

    async def put(self, principal: Principal, source: str, edition: int | None = None) -> Version:
        """Put a new version in force, or a new task. Raises `Refused`, `TemplateInvalid`, `TaskChanged`."""
        return await self._add(principal, "put", source, edition)

    async def restore(self, principal: Principal, name: str, version: int, edition: int | None = None) -> Version:
        """Put an earlier version in force again, as a new one.

        Raises `Refused`, `TaskNotFound`, `TemplateInvalid`, `TaskChanged`.
        """
        await require_right(self._pool, self._policy, self._ledger, principal, Action.ADMINISTER_TASKS)
        return await self._add(principal, "restore", (await self.version(name, version)).template.source, edition)

    async def disable(self, principal: Principal, name: str, edition: int | None = None) -> Version:
        """Offer the task no longer. Raises `Refused`, `TaskNotFound`, `TaskChanged`."""
        await require_right(self._pool, self._policy, self._ledger, principal, Action.ADMINISTER_TASKS)
        source = (await self.version(name)).template.source
        return await self._add(principal, "disable", source, edition, disabled=True)

    async def enable(self, principal: Principal, name: str, edition: int | None = None) -> Version:
        """Offer it again, as it was. Raises `Refused`, `TaskNotFound`, `TaskChanged`."""
        await require_right(self._pool, self._policy, self._ledger, principal, Action.ADMINISTER_TASKS)
        return await self._add(principal, "enable", (await self.version(name)).template.source, edition)

    async def _add(
        self, principal: Principal, change: str, source: str, edition: int | None, *, disabled: bool = False
    ) -> Version:
        rules = await require_right(self._pool, self._policy, self._ledger, principal, Action.ADMINISTER_TASKS)
        async with self._pool.connection() as connection:
            added = await template_table.add(connection, principal, source, edition, disabled=disabled)
            template = added.template
            details: dict[str, Json] = {
                "change": change,
                "task": template.name,
                "version": template.version,
                "template": template.fingerprint,
                "rules": rules,
            }
            await self._ledger.append(connection, Event(Act.TEMPLATE_CHANGED, principal, details))
        return added
