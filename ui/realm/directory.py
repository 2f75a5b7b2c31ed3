"""Where a person is found by the name with which they sign in: the port, and what stands there without Keycloak."""

from dataclasses import dataclass
from typing import Protocol

from policies.principal import Principal, Role
from ui.errors import PersonNotFound


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the directory, with the groups and roles of now; whose account is closed may do nothing."""

    principal: Principal
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person of the directory as a list shows them; `name` is for people's eyes, and may be empty."""

    subject: str
    username: str
    name: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class PeopleWanted:
    """Which people: whose name or address of mail holds these words, or who are in that group, or have that role.

    Of group and role those count who have it of their own, as Keycloak lists them.
    """

    words: str = ""
    group: str = ""
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group and those below it."""

    name: str
    path: str
    below: "tuple[Group, ...]" = ()


class Listing(Protocol):
    """The people of a realm, a page at a time; nothing of it is kept here.

    All methods raise `RealmRefused`, `ProviderUnreachable`.
    """

    async def listed(self, wanted: PeopleWanted, /, *, first: int, most: int) -> list[ListedPerson]:
        """Some of them, in Keycloak's order; `first` counts from 0. Raises `GroupNotFound`."""

    async def by_subject(self, subject: str, /) -> tuple[ListedPerson, Person]:
        """That one, with the groups and roles of now. Raises `PersonNotFound`."""

    async def tree(self) -> tuple[Group, ...]:
        """All groups."""


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
