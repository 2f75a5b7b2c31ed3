"""`assistant keycloak`, with the real Keycloak and a real socket."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from policies import LivePolicy, PostgresLedger, Principal
from retrieval import Catalog
from tests.keycloak import CLIENT, Keycloak, provisioned
from tests.ui.commands.running import Outcome, Run, answering, runner
from tests.ui.control.one_person import without_keycloak
from ui.commands.keycloak import keycloak as commands
from ui.commands.policy import policy
from ui.commands.provisioning import shape_of
from ui.database import Pool
from ui.realm.directory import LocalDirectory
from ui.realm.people import People, directory_settings
from ui.realm.shape import api_scope
from ui.sign_in.tokens import TokenSettings


@pytest.fixture
async def home(tmp_path: Path, pool: Pool, agent: Principal) -> AsyncIterator[Path]:
    """The data folder of a server that keeps the register."""
    services = without_keycloak(pool, LivePolicy(), LocalDirectory(agent))
    async with answering(tmp_path / "home", services):
        yield tmp_path / "home"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Commands beside that server."""
    return runner(home, monkeypatch, capsys)


@pytest.fixture
def password(tmp_path: Path) -> Path:
    """A file that holds the administrator's password."""
    path = tmp_path / "mot-de-passe"
    path.write_text("admin\n")
    return path


@pytest.fixture
def realm(keycloak: Keycloak) -> str:
    """The address of a realm that is not there yet."""
    return f"{keycloak.url}/realms/commandes-{uuid4().hex[:8]}"


async def _records(pool: Pool) -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]


async def test_a_realm_is_shown_then_made_then_in_order(
    run: Run, pool: Pool, realm: str, password: Path, tmp_path: Path
) -> None:
    asked = ("provision", "--realm", realm, "--password-file", password, "--create-realm")
    shown = await run(commands, *asked)
    assert shown.code == 0
    assert "· Créer le client « assistant »." in shown.out
    assert shown.out.endswith("Rien n’a été changé. Pour faire ces changements, ajoutez --apply.\n")
    assert (await run(commands, *asked)).out == shown.out
    assert await _records(pool) == []

    secret = tmp_path / "secret"
    made = await run(commands, *asked, "--apply", "--secret-file", secret)
    assert made.code == 0
    assert "✓ Créer le client « assistant »." in made.out
    assert secret.read_text() not in made.out + made.err
    (record,) = await _records(pool)
    assert record["act"] == "realm.provisioned"
    assert record["details"]["realm"] == realm.rpartition("/")[2]
    assert "client.created" in record["details"]["changes"]

    again = await run(commands, *asked, "--apply", "--json")
    assert again.json == {"applied": True, "changes": []}
    assert len(await _records(pool)) == 1
    checked = await run(commands, "check", "--realm", realm, "--password-file", password)
    assert checked == Outcome(0, "✓ Rien à signaler dans ce royaume.\n", "")


async def test_a_weakened_realm_is_the_code_1(run: Run, keycloak: Keycloak, realm: str, password: Path) -> None:
    name = realm.rpartition("/")[2]
    async with keycloak.administered(name) as admin:
        await admin.a_create_realm({"realm": name, "enabled": True})
    checked = await run(commands, "check", "--realm", realm, "--password-file", password, "--json")
    assert checked.code == 1
    assert checked.json == {
        "findings": ["Le royaume n’a pas de client « assistant »."],
        "remarks": ["Les pages de connexion de Keycloak ne sont pas proposées en français."],
    }


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["provision", "--password-file", "PASSWORD"], "--realm"),
        (["provision", "--realm", "REALM"], "--password-file"),
        (["provision", "--realm", "http://sso.exemple.fr/realms/a", "--password-file", "PASSWORD"], "https://"),
        (["provision", "--realm", "https://sso.exemple.fr", "--password-file", "PASSWORD"], "realms/sante"),
        (["provision", "--realm", "REALM", "--password-file", "PASSWORD"], "--create-realm"),
        (["provision", "--realm", "REALM", "--password-file", "PASSWORD", "--address", "ici"], "--address"),
        (["check", "--realm", "REALM", "--password-file", "/nulle/part"], "il n’existe pas"),
        (["sign-out", "anne", "--realm", "REALM", "--password-file", "PASSWORD"], "commandes-"),
    ],
)
async def test_what_is_missing_or_wrong_is_one_clear_line(
    run: Run, realm: str, password: Path, arguments: list[str], problem: str
) -> None:
    given = {"REALM": realm, "PASSWORD": str(password)}
    outcome = await run(commands, *(given.get(argument, argument) for argument in arguments))
    assert outcome.code > 0
    assert not outcome.out
    assert problem in outcome.err
    assert outcome.err.count("\n") == 1


async def test_the_rules_are_asked_about_people_of_keycloak_by_name(
    keycloak: Keycloak, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    realm = await provisioned(keycloak, shape_of("http://127.0.0.1:1", CLIENT))
    async with realm.people() as people:
        await people.add("camille", groups=["/DGS/Bureau-A"])
        await people.disable(await people.add("denis", groups=["/DGS"]))
    async with pool.connection() as connection:
        await Catalog().create_collection(connection, "RH", owner="/DGS", readers=frozenset({"/DGS"}), description="")
    directory = People(
        directory_settings(realm.url, CLIENT, realm.secret), TokenSettings(realm.url, CLIENT, api_scope(CLIENT))
    )
    run = runner(tmp_path, monkeypatch, capsys)
    asked = ("--action", "read", "--collection", "RH", "--user")
    async with answering(tmp_path, without_keycloak(pool, LivePolicy(), directory)):
        assert await run(policy, "check", *asked, "camille") == Outcome(
            0,
            "Oui : camille peut faire « read » sur la collection « RH » (par agent-reads-collection-of-their-group).\n",
            "",
        )
        no = "Non : denis ne peut pas faire « read » sur la collection « RH » (son compte est fermé dans Keycloak).\n"
        assert await run(policy, "check", *asked, "denis") == Outcome(1, no, "")
        explained = await run(policy, "explain", *asked, "denis")
        assert explained.out == f"{no}Rôles : agent. Groupes : /DGS.\n"
        assert await run(commands, "groups") == Outcome(0, "/DGS\n/DGS/Bureau-A\n", "")
        assert (await run(commands, "groups", "--json")).json == {"groups": ["/DGS", "/DGS/Bureau-A"]}


async def test_nothing_is_changed_where_it_cannot_be_recorded(
    keycloak: Keycloak,
    realm: str,
    password: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").touch()
    run = runner(tmp_path / "file" / "home", monkeypatch, capsys)
    asked = ("provision", "--realm", realm, "--password-file", password, "--create-realm", "--apply")
    assert (await run(commands, *asked)).code == 1
    async with keycloak.administered() as admin:
        assert realm.rpartition("/")[2] not in {one["realm"] for one in await admin.a_get_realms()}
