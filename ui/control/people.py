"""The part of the API behind the command line about people, as Keycloak has them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from policies import Principal, Role
from ui.console.people_book import PeopleBook, PersonSeen
from ui.control.policy_wire import person_json, session_json
from ui.errors import PersonNotFound
from ui.identity import local_principal
from ui.realm.directory import Directory, PeopleWanted

PAGE = 100

Actor = Annotated[Principal, Depends(local_principal)]
NOBODY = "Sans Keycloak, personne ne s’identifie\u202f: il n’y a personne à lister. Réglez ASSISTANT_KEYCLOAK."


def people_router(book: PeopleBook | None, directory: Directory) -> APIRouter:
    """These routes; `book` is None where people are not in Keycloak."""
    router = APIRouter()

    @router.get("/people")
    async def listed(
        actor: Actor,
        words: str = "",
        group: str = "",
        role: Role | None = None,
        first: Annotated[int, Query(ge=0, le=10**7)] = 0,
    ) -> list[dict[str, Any]]:
        """Some people, in Keycloak's order."""
        wanted = PeopleWanted(words, group, role)
        people = await _book(book).listed(actor, wanted, first=first, most=PAGE)
        return [{"username": one.username, "name": one.name, "enabled": one.enabled} for one in people]

    @router.get("/people/{username}")
    async def one(actor: Actor, username: str) -> dict[str, Any]:
        """One person with what they may do, and their sessions."""
        known = _book(book)
        await known.require(actor)
        person = await directory.find(username)
        return _seen(await known.opened(actor, person.principal.subject))

    return router


def _book(book: PeopleBook | None) -> PeopleBook:
    if book is None:
        raise PersonNotFound(NOBODY)
    return book


def _seen(seen: PersonSeen) -> dict[str, Any]:
    return {
        "person": person_json(seen.person.principal),
        "name": seen.listed.name,
        "enabled": seen.listed.enabled,
        "collections": [
            {
                "collection": one.collection.name,
                "reads": one.reading.allowed,
                "keeps": one.keeping.allowed,
                "rules": sorted({*one.reading.rules, *one.keeping.rules}),
            }
            for one in seen.collections
        ],
        "sessions": [session_json(session) for session in seen.sessions],
    }
