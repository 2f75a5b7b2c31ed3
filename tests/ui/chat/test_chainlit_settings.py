"""Chainlit's dangerous defaults are overridden, and the process does not start if one of them is back."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import jwt
import pytest

from policies.principal import Principal
from ui.chat.front import HERE
from ui.chat.safe_settings import SAFE, require_safe_environment, require_safe_settings
from ui.errors import FrontUnusable

ASSISTANT = str(Path(sys.executable).with_name("assistant"))


def _changed(config: Any, path: list[str]) -> Any:
    """The settings with another value in one place."""
    if not path:
        return "autre"
    return SimpleNamespace(**{**dict(config), path[0]: _changed(getattr(config, path[0]), path[1:])})


@pytest.fixture
def config(chat: ModuleType) -> Any:
    """The settings that Chainlit took when it was imported."""
    return chat.config


def test_the_settings_in_force_are_ours(config: Any, front: Path) -> None:
    require_safe_settings(config, front)


@pytest.mark.parametrize("name", [*SAFE, "root"])
def test_a_setting_that_is_not_ours_keeps_the_server_from_starting(name: str, config: Any, front: Path) -> None:
    with pytest.raises(FrontUnusable, match=f"réglage {name} de Chainlit"):
        require_safe_settings(_changed(config, name.split(".")), front)


def test_chainlits_own_defaults_are_refused(config: Any, front: Path) -> None:
    """Whatever it would do without our file."""
    from chainlit.config import DEFAULT_CONFIG_STR, ChainlitConfig, FeaturesSettings, ProjectSettings, UISettings

    given = tomllib.loads(DEFAULT_CONFIG_STR)
    default = ChainlitConfig(
        root=str(front),
        features=FeaturesSettings(**given["features"]),
        ui=UISettings(**given["UI"]),
        project=ProjectSettings(**given["project"]),
        code=config.code,
    )
    with pytest.raises(FrontUnusable):
        require_safe_settings(default, front)


def test_every_switch_of_chainlit_has_been_decided_on(config: Any) -> None:
    """One that a new version brings is to be decided on in `chainlit.toml` or in `SAFE`."""
    decided = tomllib.loads((HERE / "chainlit.toml").read_text())["features"].keys()
    decided |= {name.split(".")[1] for name in SAFE if name.startswith("features.")}
    assert set(type(config.features).model_fields) - decided == {"slack"}  # a bot, which its own variable would start


@pytest.mark.parametrize(
    "name",
    [
        "CHAINLIT_AUTH_COOKIE_NAME",
        "CHAINLIT_COOKIE_SAMESITE",
        "CHAINLIT_CUSTOM_AUTH",
        "OAUTH_KEYCLOAK_CLIENT_ID",
        "LITERAL_API_KEY",
        "SLACK_BOT_TOKEN",
        "TEAMS_APP_ID",
        "DISCORD_BOT_TOKEN",
    ],
)
def test_a_variable_that_would_set_chainlit_is_refused(name: str) -> None:
    with pytest.raises(FrontUnusable, match=f"unset {name}"):
        require_safe_environment({"PATH": "", name: "x"})


def test_every_group_of_settings_can_be_set_by_a_variable_and_is_refused(config: Any) -> None:
    for group in type(config).model_fields.keys() - {"chainlit_server"}:  # which has that prefix
        with pytest.raises(FrontUnusable):
            require_safe_environment([group])


def test_what_the_product_and_its_machines_set_is_not_refused() -> None:
    require_safe_environment(["CHAINLIT_APP_ROOT", "CHAINLIT_ENV_FILE", "ASSISTANT_HOME", "PATH", "HOME", "LANG"])


@pytest.mark.parametrize(("name", "value"), [("RUN", '{"debug": true}'), ("CHAINLIT_AUTH_COOKIE_NAME", "access_token")])
def test_a_server_with_such_a_variable_says_so_and_ends(name: str, value: str, tmp_path: Path) -> None:
    home = {"ASSISTANT_HOME": str(tmp_path / "home")}
    ended = subprocess.run(  # noqa: S603  # our own command
        [ASSISTANT, "serve"], env=os.environ | home | {name: value}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Erreur : La variable d’environnement {name} ")
    assert ended.stderr.count("\n") == 1


HOSTILE = """
[project]
allow_origins = ["*"]
[features]
unsafe_allow_html = true
[features.mcp]
enabled = true
[UI]
name = "x"
custom_js = "https://exemple.invalid/x.js"
[meta]
generated_by = "2.12.0"
"""

LOADED = """
import sys
from pathlib import Path
from ui.chat.front import FrontSettings, prepare_front
from ui.chat.safe_settings import require_safe_settings
from ui.pages import Notice

home = Path(sys.argv[1])
if sys.argv[2] == "before":
    prepare_front(FrontSettings(home, Notice("essai", demonstration=False, local=False)))
from chainlit.config import config

require_safe_settings(config, home / "chat")
"""


def _loaded(home: Path, prepared: str) -> "subprocess.CompletedProcess[str]":
    """A process that reads Chainlit's settings from a folder where somebody has left a file."""
    (home / "chat" / ".chainlit").mkdir(parents=True)
    (home / "chat" / ".chainlit" / "config.toml").write_text(HOSTILE)
    environment = os.environ | {"CHAINLIT_APP_ROOT": str(home / "chat")}
    return subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", LOADED, str(home), prepared],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_file_that_somebody_changed_is_written_anew(tmp_path: Path) -> None:
    ended = _loaded(tmp_path, "before")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_file_that_was_not_written_anew_keeps_the_server_from_starting(tmp_path: Path) -> None:
    ended = _loaded(tmp_path, "never")
    assert ended.returncode == 1
    assert "FrontUnusable: Le réglage project.allow_origins de Chainlit" in ended.stderr


def test_the_front_end_is_ours(chat: ModuleType, front: Path) -> None:
    assert Path(chat.build_dir) == front / "front"


async def test_the_chat_gives_the_browser_no_cookie_that_says_who_it_is(mounted: httpx.AsyncClient) -> None:
    page = await mounted.get("/")
    user = await mounted.get("/user")
    assert page.status_code == user.status_code == 200
    assert "access_token" not in page.headers.get("set-cookie", "") + user.headers.get("set-cookie", "")


async def test_who_the_browser_says_it_is_does_not_count(mounted: httpx.AsyncClient, agent: Principal) -> None:
    forged = jwt.encode({"identifier": "s-autre", "metadata": {}, "exp": 9_999_999_999}, "x" * 32, "HS256")
    for headers in ({"Cookie": f"access_token={forged}"}, {"Authorization": f"Bearer {forged}"}):
        user = (await mounted.get("/user", headers=headers)).json()
        assert user["identifier"] == agent.subject


async def test_the_words_of_the_chat_are_french(mounted: httpx.AsyncClient) -> None:
    words = (await mounted.get("/project/translations?language=en-US")).json()["translation"]
    assert words["chat"]["input"]["placeholder"] == "Posez votre question…"
    assert words["threadHistory"]["thread"]["menu"]["delete"] == "Supprimer"
