"""Where a person is found by the name with which they sign in: the port, and what stands there without Keycloak."""

from dataclasses import dataclass
from typing import Protocol

from policies.principal import Principal
from ui.errors import PersonNotFound


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the directory, with the groups and roles of now; whose account is closed may do nothing."""

    principal: Principal
    enabled: bool = True


class Directory(Protocol):
    """The people of whom a decision can be asked, and the groups that rules may name.

    Where Keycloak is asked, both methods raise `RealmRefused`, `ProviderUnreachable`.
    """

    async def find(self, username: str, /) -> Person:
        """The person of that name. Raises `PersonNotFound`."""

    async def groups(self) -> list[str]:
        """The full paths of all groups, in their order."""


class LocalDirectory:
    """Nobody but the person who owns this process."""

    def __init__(self, person: Principal) -> None:
        self._person = person

    async def find(self, username: str, /) -> Person:
        """That person, by their own name. Raises `PersonNotFound`."""
        if username != self._person.username:
            raise PersonNotFound(
                f"Sans Keycloak, « {self._person.username} » est la seule personne ; « {username} » n’existe pas."
            )
        return Person(self._person)

    async def groups(self) -> list[str]:
        """That person's own."""
        return sorted(self._person.groups)
