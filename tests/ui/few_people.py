"""The people of tests as Keycloak would list them, their groups, and nobody else."""

from collections.abc import Sequence

from policies import Principal
from ui.errors import GroupNotFound, PersonNotFound, ProviderUnreachable
from ui.realm.directory import Group, ListedPerson, PeopleWanted, Person

TREE = (Group("DAJ", "/DAJ"), Group("DGS", "/DGS", (Group("Bureau-A", "/DGS/Bureau-A"),)))


class FewPeople:
    """A `Listing` and a `Directory`; it may be silent, and remembers what it was asked."""

    def __init__(self, people: Sequence[Principal]) -> None:
        self._people = {person.subject: person for person in people}
        self.silent = False
        self.wanted: list[PeopleWanted] = []

    async def listed(self, wanted: PeopleWanted, /, *, first: int, most: int) -> list[ListedPerson]:
        self._answer()
        self.wanted.append(wanted)
        if wanted.group and not any(group.path == wanted.group for group in TREE):
            raise GroupNotFound(wanted.group)
        found = [
            one
            for one in self._people.values()
            if wanted.words in one.username
            and (not wanted.group or wanted.group in one.groups)
            and (not wanted.role or wanted.role in one.roles)
        ]
        return [_listed(one) for one in found[first : first + most]]

    async def by_subject(self, subject: str, /) -> tuple[ListedPerson, Person]:
        self._answer()
        if subject not in self._people:
            raise PersonNotFound("Keycloak ne connaît pas, ou plus, cette personne.")
        return _listed(self._people[subject]), Person(self._people[subject])

    async def tree(self) -> tuple[Group, ...]:
        self._answer()
        return TREE

    async def find(self, username: str, /) -> Person:
        self._answer()
        for person in self._people.values():
            if person.username == username:
                return Person(person)
        raise PersonNotFound(f"Personne ne s’appelle « {username} ».")

    async def groups(self) -> list[str]:
        self._answer()
        return ["/DAJ", "/DGS", "/DGS/Bureau-A"]

    def _answer(self) -> None:
        if self.silent:
            raise ProviderUnreachable("Keycloak ne répond pas à l’adresse http://x. Vérifiez-la, puis réessayez.")


def _listed(person: Principal) -> ListedPerson:
    return ListedPerson(person.subject, person.username, person.username.capitalize(), enabled=True)
