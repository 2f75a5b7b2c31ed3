"""What the routes that administer people are asked and answer, as JSON; and a decision as the ledger keeps it."""

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from policies import AccessRule, Action, Decision, Json, Principal, Role
from ui.realm.directory import Person
from ui.sign_in.session import Session
from ui.wire import Request


class Named(Request):
    """Somebody, by the name with which they sign in."""

    username: str


class Described(Request):
    """Anybody with these roles and groups; they need not exist."""

    roles: frozenset[Role]
    groups: frozenset[str] = frozenset()


class DecisionRequest(Request):
    """Whether that person may do that; `collection` is a name, and empty where the action is done to none."""

    person: Named | Described
    action: Action
    collection: str = ""


class ProvisionedRequest(Request):
    """What was changed in a realm for that client, by the names of the changes."""

    realm: str
    client: str
    changes: list[str] = Field(min_length=1)


def person_json(person: Principal) -> dict[str, Any]:
    """A person and what decides about them."""
    return {"username": person.username, "groups": _sorted(person.groups), "roles": _sorted(person.roles)}


def session_json(session: Session) -> dict[str, Any]:
    """A session, without anything by which it could be used."""
    return {
        "id": str(session.id),
        "person": person_json(session.principal),
        "created_at": session.created_at.isoformat(timespec="seconds"),
        "used_at": session.used_at.isoformat(timespec="seconds"),
    }


def explained(request: DecisionRequest, person: Person, rule: AccessRule | None, decision: Decision) -> dict[str, Json]:
    """Of a person in the realm, the subject and whether the account is open; of one only described, how."""
    principal = person.principal
    about: dict[str, Json] = (
        {"subject": principal.subject, "enabled": person.enabled}
        if isinstance(request.person, Named)
        else {"roles": [*_sorted(principal.roles)], "groups": [*_sorted(principal.groups)]}
    )
    return about | {
        "action": request.action.value,
        "collection_id": str(rule.collection_id) if rule else "",
        "allowed": decision.allowed,
        "rules": [*decision.rules],
    }


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(str(name) for name in names)
