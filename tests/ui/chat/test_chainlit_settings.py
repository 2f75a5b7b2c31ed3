"""Chainlit's dangerous defaults are overridden; this fails if one of them is back."""

from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import jwt
import pytest

from policies.principal import Principal

SAFE = {
    "project.allow_origins": [],
    "project.user_session_timeout": 12 * 3600,
    "project.persist_user_env": False,
    "project.cache": False,
    "features.unsafe_allow_html": False,
    "features.latex": False,
    "features.edit_message": False,
    "features.allow_thread_sharing": False,
    "features.spontaneous_file_upload.enabled": False,
    "features.audio.enabled": False,
    "features.mcp.enabled": False,
    "features.mcp.servers": [],
    "features.mcp.user_servers.enabled": False,
    "ui.language": "fr-FR",
    "ui.default_theme": "light",
    "ui.custom_css": None,
    "ui.custom_js": None,
    "ui.logo_file_url": None,
    "ui.default_avatar_file_url": None,
    "ui.header_links": None,
    "run.debug": False,
    "run.watch": False,
}


@pytest.mark.parametrize(("name", "value"), SAFE.items())
def test_a_dangerous_default_is_overridden(name: str, value: object, chat: ModuleType) -> None:
    from chainlit.config import config

    found: Any = config
    for part in name.split("."):
        found = getattr(found, part)
    assert found == value


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
