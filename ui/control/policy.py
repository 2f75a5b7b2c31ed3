"""The part of the API behind the command line that administers people: decisions explained, rules read again,
sessions listed and ended, the realm's groups listed, its provisioning recorded.

Each of these is decided by the policy itself (`Action.ADMINISTER_PEOPLE`), and recorded before it is answered.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends

from policies import (
    AccessRule,
    Act,
    Action,
    Event,
    Json,
    Ledger,
    LivePolicy,
    Principal,
    RulesInvalid,
    put_in_force,
)
from retrieval import Catalog
from retrieval.permission import require_right
from ui.console.seeing_as import decided, deciding
from ui.control.policy_wire import (
    DecisionRequest,
    Described,
    Named,
    ProvisionedRequest,
    explained,
    person_json,
    session_json,
)
from ui.database import Pool
from ui.identity import local_principal
from ui.realm.directory import Directory, Person
from ui.sign_in.ending import PeoplesSessions

Actor = Annotated[Principal, Depends(local_principal)]


@dataclass(frozen=True, slots=True)
class PolicyServices:
    """What these routes stand on."""

    pool: Pool
    ledger: Ledger
    catalog: Catalog
    policy: LivePolicy
    directory: Directory
    sessions: PeoplesSessions


def policy_router(services: PolicyServices) -> APIRouter:
    """These routes."""
    router = APIRouter()
    control = _Control(services)
    router.add_api_route("/policy/decisions", control.decide, methods=["POST"])
    router.add_api_route("/policy/reload", control.reload, methods=["POST"])
    router.add_api_route("/sessions", control.list_sessions, methods=["GET"])
    router.add_api_route("/sessions", control.end_session, methods=["DELETE"])
    router.add_api_route("/keycloak/groups", control.groups, methods=["GET"])
    router.add_api_route("/keycloak/provisioned", control.provisioned, methods=["POST"])
    return router


class _Control:
    def __init__(self, services: PolicyServices) -> None:
        self._services = services

    async def decide(self, actor: Actor, request: DecisionRequest) -> dict[str, Any]:
        """Yes or no, with the rules that decided and their text."""
        await self._require_people(actor)
        person = await self._person(request.person)
        rule = await self._rule(request)
        policy = self._services.policy
        decision = decided(policy, person, request.action, rule)
        rules = [asdict(one) for one in deciding(policy, decision.rules)]
        await self._record(Act.POLICY_EXPLAINED, actor, explained(request, person, rule, decision))
        return {
            "allowed": decision.allowed,
            "rules": rules,
            "person": person_json(person.principal),
            "enabled": person.enabled,
            "action": request.action.value,
            "collection": request.collection,
        }

    async def reload(self, actor: Actor) -> dict[str, Any]:
        """Take the rules as they stand in their folder, or leave all as it is."""
        await self._require_people(actor)
        policy = self._services.policy
        try:
            law = await asyncio.to_thread(policy.read_folder)
        except RulesInvalid:
            await self._record(Act.RULES_REJECTED, actor, {"in_force": policy.fingerprint})
            raise
        async with self._services.pool.connection() as connection:
            details = await put_in_force(connection, law.source)
            await self._services.ledger.append(connection, Event(Act.RULES_LOADED, actor, details))
        changed = law.source.fingerprint != policy.fingerprint
        policy.take(law)  # once it is recorded
        return {"changed": changed, "fingerprint": policy.fingerprint}

    async def list_sessions(self, actor: Actor) -> list[dict[str, Any]]:
        """Who is signed in."""
        return [session_json(session) for session in await self._services.sessions.listed(actor)]

    async def end_session(self, actor: Actor, session: UUID) -> dict[str, Any]:
        """End one session, here and at Keycloak."""
        return session_json(await self._services.sessions.end(actor, session))

    async def provisioned(self, actor: Actor, request: ProvisionedRequest) -> dict[str, Any]:
        """Record what was changed in a realm."""
        await self._require_people(actor)
        details: dict[str, Json] = {"realm": request.realm, "client": request.client, "changes": [*request.changes]}
        await self._record(Act.REALM_PROVISIONED, actor, details)
        return {"changes": len(request.changes)}

    async def groups(self, actor: Actor) -> list[str]:
        """The full paths of the groups that rules and collections may name."""
        await self._require_people(actor)
        groups = await self._services.directory.groups()
        await self._record(Act.GROUPS_LISTED, actor, {"groups": len(groups)})
        return groups

    async def _person(self, asked: Named | Described) -> Person:
        if isinstance(asked, Named):
            return await self._services.directory.find(asked.username)
        return Person(Principal("personne-décrite", "une personne décrite", asked.groups, asked.roles))

    async def _rule(self, request: DecisionRequest) -> AccessRule | None:
        """The collection's; a collection that is to be created has nobody's groups yet."""
        if not request.action.on_a_collection:
            return None
        if request.action is Action.CREATE_COLLECTION:
            return AccessRule(uuid4(), owner="", readers=frozenset())
        async with self._services.pool.connection() as connection:
            return (await self._services.catalog.collection(connection, request.collection)).rule

    async def _require_people(self, actor: Principal) -> None:
        services = self._services
        await require_right(services.pool, services.policy, services.ledger, actor, Action.ADMINISTER_PEOPLE)

    async def _record(self, act: Act, actor: Principal, details: Mapping[str, Json]) -> None:
        async with self._services.pool.connection() as connection:
            await self._services.ledger.append(connection, Event(act, actor, details))
