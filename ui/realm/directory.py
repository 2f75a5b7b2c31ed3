"""Where a person is found by the name with which they sign in: the port, and what stands there without Keycloak."""

from typing import Protocol

from policies.principal import Principal
from ui.errors import PersonNotFound


class Directory(Protocol):
    """The people of whom a decision can be asked."""

    async def find(self, username: str, /) -> Principal:
        """The person of that name, with the groups and roles of now.

        Raises `PersonNotFound`; where Keycloak is asked, `RealmRefused` and `ProviderUnreachable`.
        """


class LocalDirectory:
    """Nobody but the person who owns this process."""

    def __init__(self, person: Principal) -> None:
        self._person = person

    async def find(self, username: str, /) -> Principal:
        """That person, by their own name. Raises `PersonNotFound`."""
        if username != self._person.username:
            raise PersonNotFound(
                f"Sans Keycloak, « {self._person.username} » est la seule personne ; « {username} » n’existe pas."
            )
        return self._person
