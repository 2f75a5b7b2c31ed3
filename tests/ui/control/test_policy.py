"""Administering people through the control API: each act decided, done, recorded."""

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from policies import LivePolicy, PostgresLedger, Principal, Refused, Role, RulesInvalid
from policies.source import RULES
from retrieval import Catalog, CollectionNotFound
from tests.ui.control.one_person import OnePerson, OneSession
from ui.control.policy import PolicyServices, policy_router
from ui.database import Pool
from ui.errors import PersonNotFound, ProviderUnreachable, SessionNotFound
from ui.identity import local_principal
from ui.realm.directory import LocalDirectory, Person
from ui.sign_in.ending import PeoplesSessions

ADMINISTER = {"person": {"roles": ["administrateur"]}, "action": "administerPeople"}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder of rules that a test may change."""
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


@pytest.fixture
def services(pool: Pool, rules: Path, agent: Principal) -> PolicyServices:
    """What the routes stand on."""
    one, policy, ledger = OneSession(agent), LivePolicy(rules), PostgresLedger()
    return PolicyServices(
        pool=pool,
        ledger=ledger,
        catalog=Catalog(),
        policy=policy,
        directory=LocalDirectory(agent),
        sessions=PeoplesSessions(pool, policy, ledger, one, one),
    )


@pytest.fixture
async def api(services: PolicyServices) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the routes, with the collection «RH» of /DGS, which /DGS reads."""
    async with services.pool.connection() as connection:
        await services.catalog.create_collection(
            connection, "RH", owner="/DGS", readers=frozenset({"/DGS"}), description=""
        )
    async with _client(services) as client:
        yield client


def _client(services: PolicyServices) -> httpx.AsyncClient:
    application = FastAPI(openapi_url=None)
    application.include_router(policy_router(services))
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://assistant")


async def _recorded(services: PolicyServices) -> dict[str, Any]:
    """The last record."""
    async with services.pool.connection() as connection:
        records = [record async for record in services.ledger.records(connection)]
    body: dict[str, Any] = json.loads(records[-1].body)
    return body


async def _decide(api: httpx.AsyncClient, person: dict[str, Any], action: str, collection: str = "RH") -> Any:
    body = {"person": person, "action": action, "collection": collection}
    return (await api.post("/policy/decisions", json=body)).json()


async def test_a_decision_names_its_rules_and_gives_their_text(
    api: httpx.AsyncClient, services: PolicyServices, agent: Principal
) -> None:
    decided = await _decide(api, {"username": "agent"}, "read")
    assert decided["allowed"]
    assert decided["person"] == {"username": "agent", "groups": ["/DGS"], "roles": ["agent"]}
    assert decided["enabled"]
    (rule,) = decided["rules"]
    assert rule["name"] == "agent-reads-collection-of-their-group"
    assert '@id("agent-reads-collection-of-their-group")' in rule["text"]

    record = await _recorded(services)
    assert record["act"] == "policy.explained"
    assert record["details"]["subject"] == agent.subject
    assert record["details"]["rules"] == [rule["name"]]


async def test_a_closed_account_may_do_nothing(
    api: httpx.AsyncClient, services: PolicyServices, agent: Principal
) -> None:
    assert (await _decide(api, {"username": "agent"}, "read"))["allowed"]
    async with _client(replace(services, directory=OnePerson(Person(agent, enabled=False)))) as closed:
        decided = await _decide(closed, {"username": "agent"}, "read")
    assert (decided["allowed"], decided["rules"], decided["enabled"]) == (False, [], False)
    assert (await _recorded(services))["details"]["enabled"] is False


async def test_groups_are_listed_and_that_is_recorded(api: httpx.AsyncClient, services: PolicyServices) -> None:
    assert (await api.get("/keycloak/groups")).json() == ["/DGS"]
    record = await _recorded(services)
    assert record["act"] == "group.listed"
    assert record["details"] == {"groups": 1}


async def test_a_person_who_need_not_exist_is_described(api: httpx.AsyncClient, services: PolicyServices) -> None:
    inside = await _decide(api, {"roles": ["agent"], "groups": ["/DGS/Bureau-A"]}, "read")
    outside = await _decide(api, {"roles": ["agent"], "groups": ["/DAJ"]}, "read")
    assert inside["allowed"]
    assert (outside["allowed"], outside["rules"]) == (False, [])
    assert (await _recorded(services))["details"]["groups"] == ["/DAJ"]


async def test_a_collection_may_be_asked_about_before_it_is_there(api: httpx.AsyncClient) -> None:
    assert (await _decide(api, {"roles": ["administrateur"]}, "createCollection", "Nouvelle"))["allowed"]
    assert not (await _decide(api, {"roles": ["agent"]}, "createCollection", "Nouvelle"))["allowed"]


async def test_what_is_not_done_to_a_collection_needs_none(api: httpx.AsyncClient) -> None:
    assert (await _decide(api, {"roles": ["administrateur"]}, "administerPeople", ""))["allowed"]
    both = {"roles": ["administrateur", "auditeur"]}
    assert (await _decide(api, both, "administerPeople", ""))["rules"][0]["name"] == "auditeur-never-administers"


@pytest.mark.parametrize(
    ("person", "collection", "error"),
    [({"username": "personne"}, "RH", PersonNotFound), ({"roles": ["agent"]}, "Nulle part", CollectionNotFound)],
)
async def test_who_or_what_is_not_there_is_named(
    api: httpx.AsyncClient, person: dict[str, Any], collection: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"personne|Nulle part"):
        await _decide(api, person, "read", collection)


async def test_rules_are_read_again_and_recorded(api: httpx.AsyncClient, services: PolicyServices, rules: Path) -> None:
    assert (await api.post("/policy/reload")).json() == {"changed": False, "fingerprint": services.policy.fingerprint}
    with (rules / "access.cedar").open("a") as file:
        file.write('\n@id("nobody-deletes") forbid (principal, action == Action::"deleteCollection", resource);\n')
    for table in (rules / "cases").glob("*.toml"):
        table.unlink()  # they say otherwise
    reloaded = (await api.post("/policy/reload")).json()
    assert reloaded == {"changed": True, "fingerprint": services.policy.fingerprint}
    assert not (await _decide(api, {"roles": ["administrateur"]}, "deleteCollection"))["allowed"]


async def test_rules_that_do_not_hold_are_refused_whole_and_recorded(
    api: httpx.AsyncClient, services: PolicyServices, rules: Path
) -> None:
    before = services.policy.fingerprint
    (rules / "access.cedar").write_text("permit (")
    with pytest.raises(RulesInvalid):
        await api.post("/policy/reload")
    assert services.policy.fingerprint == before
    record = await _recorded(services)
    assert (record["act"], record["details"]) == ("rules.rejected", {"in_force": before})


async def test_a_session_is_listed_without_its_tokens_and_ended_on_both_sides(
    api: httpx.AsyncClient, services: PolicyServices
) -> None:
    (listed,) = (await api.get("/sessions")).json()
    assert listed.keys() == {"id", "person", "created_at", "used_at"}
    assert (await _recorded(services))["act"] == "session.listed"

    sessions = services.sessions.sessions
    assert isinstance(sessions, OneSession)
    ended = await api.delete("/sessions", params={"session": listed["id"]})
    assert ended.json()["person"]["username"] == "agent"
    assert not sessions.here
    assert not sessions.there
    with pytest.raises(SessionNotFound):
        await api.delete("/sessions", params={"session": listed["id"]})


async def test_a_session_ends_here_even_where_keycloak_is_silent(
    api: httpx.AsyncClient, services: PolicyServices
) -> None:
    sessions = services.sessions.sessions
    assert isinstance(sessions, OneSession)
    sessions.silent = True
    with pytest.raises(ProviderUnreachable, match="terminée ici"):
        await api.delete("/sessions", params={"session": str(sessions.session.id)})
    assert not sessions.here


async def test_without_keycloak_nobody_is_signed_in(services: PolicyServices) -> None:
    nobody = replace(services.sessions, sessions=None, provider=None)
    async with _client(replace(services, sessions=nobody)) as api:
        assert (await api.get("/sessions")).json() == []
        with pytest.raises(SessionNotFound):
            await api.delete("/sessions", params={"session": str(uuid4())})


async def test_what_was_provisioned_is_recorded(api: httpx.AsyncClient, services: PolicyServices) -> None:
    body = {"realm": "sante", "client": "assistant", "changes": ["client.created", "role.created"]}
    assert (await api.post("/keycloak/provisioned", json=body)).json() == {"changes": 2}
    record = await _recorded(services)
    assert (record["act"], record["details"]) == ("realm.provisioned", body)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/policy/decisions", ADMINISTER),
        ("POST", "/policy/reload", None),
        ("GET", "/sessions", None),
        ("GET", "/keycloak/groups", None),
        ("DELETE", f"/sessions?session={UUID(int=1)}", None),
        ("POST", "/keycloak/provisioned", {"realm": "a", "client": "b", "changes": ["c"]}),
    ],
)
async def test_nothing_of_this_is_done_for_who_may_not_administer_people(
    services: PolicyServices, method: str, path: str, body: Any
) -> None:
    auditor = replace(local_principal(), roles=frozenset({Role.ADMINISTRATEUR, Role.AUDITEUR}))
    application = FastAPI(openapi_url=None)
    application.include_router(policy_router(services))
    application.dependency_overrides[local_principal] = lambda: auditor
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://assistant") as api:
        with pytest.raises(Refused):
            await api.request(method, path, json=body)
    record = await _recorded(services)
    assert record["act"] == "access.refused"
    assert record["details"] == {"action": "administerPeople", "rules": ["auditeur-never-administers"]}
