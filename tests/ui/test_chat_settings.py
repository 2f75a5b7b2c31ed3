"""Chainlit's dangerous defaults are overridden; this fails if one of them is back."""

from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

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


async def test_the_page_brings_a_cookie_that_no_script_and_no_other_site_gets(
    chat: ModuleType, mounted: httpx.AsyncClient
) -> None:
    response = await mounted.get("/")
    cookie = response.headers["set-cookie"]
    assert response.status_code == 200
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Max-Age=43200" in cookie
    assert (await mounted.get("/user")).json()["display_name"] == "agent"


async def test_a_cookie_signed_with_another_secret_is_nobody(mounted: httpx.AsyncClient) -> None:
    import jwt

    forged = jwt.encode({"identifier": "s-agent", "exp": 4102444800}, "x" * 32, algorithm="HS256")
    assert (await mounted.get("/user", headers={"Cookie": f"access_token={forged}"})).status_code == 401


async def test_the_words_of_the_chat_are_french(mounted: httpx.AsyncClient) -> None:
    words = (await mounted.get("/project/translations?language=en-US")).json()["translation"]
    assert words["chat"]["input"]["placeholder"] == "Posez votre question…"
    assert words["threadHistory"]["thread"]["menu"]["delete"] == "Supprimer"
