"""`assistant policy` and `assistant sessions`, on a real socket."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from policies import LivePolicy, Principal
from policies.source import RULES
from retrieval import Catalog
from tests.ui.commands.running import Outcome, Run, answering, runner
from tests.ui.control.one_person import without_keycloak
from ui.commands.policy import policy
from ui.commands.sessions import sessions
from ui.database import Pool
from ui.realm.directory import LocalDirectory


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder of rules that a test may change."""
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


@pytest.fixture
async def home(tmp_path: Path, pool: Pool, rules: Path, agent: Principal) -> AsyncIterator[Path]:
    """The data folder of a server that answers what these commands ask; it has the collection «RH» of /DGS."""
    home = tmp_path / "home"
    async with pool.connection() as connection:
        await Catalog().create_collection(connection, "RH", owner="/DGS", readers=frozenset({"/DGS"}), description="")
    services = without_keycloak(pool, LivePolicy(rules), LocalDirectory(agent))
    async with answering(home, services):
        yield home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Commands as a script gives them, beside the server."""
    return runner(home, monkeypatch, capsys)


async def test_yes_is_the_code_0_and_no_is_the_code_1(run: Run) -> None:
    asked = ("check", "--action", "read", "--collection", "RH", "--role", "agent")
    yes = await run(policy, *asked, "--group", "/DGS/Bureau-A")
    assert yes == Outcome(
        0,
        "Oui : une personne décrite peut faire « read » sur la collection « RH » "
        "(par agent-reads-collection-of-their-group).\n",
        "",
    )
    no = await run(policy, *asked, "--group", "/DAJ")
    assert no.code == 1
    assert no.out.endswith("(aucune règle ne le permet).\n")
    assert not no.err


async def test_without_keycloak_the_local_person_is_the_only_user(run: Run) -> None:
    asked = ("check", "--action", "read", "--collection", "RH", "--json", "--user")
    assert (await run(policy, *asked, "agent")).json["allowed"]


async def test_an_explanation_shows_the_person_and_the_rules_as_they_are_written(run: Run) -> None:
    asked = ("explain", "--action", "administerPeople", "--role", "administrateur", "--role", "auditeur")
    explained = await run(policy, *asked)
    assert explained.code == 0
    assert "Rôles : administrateur, auditeur. Groupes : aucun." in explained.out
    assert '// Separation of duties: who audits does not administer, whatever their other roles.\n@id("auditeur-' in (
        explained.out
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["check", "--role", "agent", "--collection", "RH"], "--action"),
        (["check", "--role", "agent", "--action", "read"], "--collection"),
        (["check", "--action", "read", "--collection", "RH"], "--user"),
        (["check", "--action", "read", "--collection", "RH", "--user", "agent", "--role", "agent"], "--user"),
        (["check", "--action", "fly", "--collection", "RH", "--role", "agent"], "fly"),
        (["check", "--action", "read", "--collection", "RH", "--role", "roi"], "roi"),
    ],
)
async def test_a_question_that_is_not_whole_is_one_clear_line(run: Run, arguments: list[str], problem: str) -> None:
    outcome = await run(policy, *arguments)
    assert outcome.code == 2
    assert problem in outcome.err
    assert outcome.err.count("\n") == 1


async def test_a_reload_says_whether_anything_changed(run: Run, rules: Path) -> None:
    assert (await run(policy, "reload")).out.startswith("Les règles n’ont pas changé (SHA-256 ")
    with (rules / "access.cedar").open("a") as file:
        file.write("// Another word.\n")
    assert (await run(policy, "reload", "--json")).json["changed"]


async def test_nobody_is_signed_in_without_keycloak(run: Run) -> None:
    assert (await run(sessions, "list")).out == "Personne n’est connecté.\n"
    assert (await run(sessions, "list", "--json")).json == {"sessions": []}
    assert (await run(sessions, "end", "not-a-session")).code == 2
