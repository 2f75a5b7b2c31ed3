"""What Chainlit must be set to, whatever its files and the environment say: the process does not start otherwise.

Chainlit takes its settings from a file, which `ui.chat.front` writes anew at each start, and from the
environment: by the names of its groups of settings, and by variables that its modules read one by one. The
latter switch on what has no setting: other ways of signing in, bots, another store of conversations.
"""

import re
from collections.abc import Iterable
from functools import reduce
from pathlib import Path
from typing import Any

from ui.errors import FrontUnusable

SAFE: dict[str, object] = {
    "project.allow_origins": [],
    "project.user_env": [],
    "project.user_session_timeout": 12 * 3600,
    "project.persist_user_env": False,
    "project.cache": False,
    "features.unsafe_allow_html": False,
    "features.latex": False,
    "features.edit_message": True,
    "features.allow_thread_sharing": False,
    "features.favorites": False,
    "features.audio.enabled": False,
    "features.mcp.enabled": False,
    "features.mcp.servers": [],
    "features.mcp.user_servers.enabled": False,
    "features.mcp.user_servers.allowed_urls": [],
    "ui.language": "fr-FR",
    "ui.default_theme": "light",
    "ui.custom_build": "front",
    "ui.custom_css": None,
    "ui.custom_js": None,
    "ui.logo_file_url": None,
    "ui.default_avatar_file_url": None,
    "ui.header_links": None,
    "run.root_path": "",
    "run.module_name": None,
    "run.debug": False,
    "run.watch": False,
    "code.password_auth_callback": None,
    "code.oauth_callback": None,
    "code.on_mcp_connect": None,
    "code.on_shared_thread_view": None,
}

# Set by `ui.chat.front`, whatever they were.
OURS = frozenset({"CHAINLIT_APP_ROOT", "CHAINLIT_ENV_FILE"})

FOREIGN = re.compile(
    "ROOT|RUN|FEATURES|UI|PROJECT|CODE|CHAINLIT_.+|OAUTH_.+|LITERAL_.+|(SLACK|DISCORD)_BOT_TOKEN|TEAMS_APP_ID",
    re.IGNORECASE,
)


def require_safe_environment(names: Iterable[str]) -> None:
    """Raises `FrontUnusable` where a variable of the environment would set Chainlit."""
    foreign = sorted(name for name in set(names) - OURS if FOREIGN.fullmatch(name))
    if foreign:
        raise FrontUnusable(
            f"La variable d’environnement {foreign[0]} changerait les réglages de Chainlit, que l’assistant fixe "
            f"lui-même. Retirez-la (unset {foreign[0]}), puis relancez."
        )


def require_safe_settings(config: Any, root: Path) -> None:
    """Raises `FrontUnusable` for the first setting in force that is not ours, or where the folder `root` is not."""
    expected = SAFE | {"root": str(root)}
    for name, value in expected.items():
        found = reduce(getattr, name.split("."), config)
        if found != value:
            raise FrontUnusable(
                f"Le réglage {name} de Chainlit vaut {found!r} au lieu de {value!r}\u202f: le serveur ne démarre pas "
                "ainsi. Rétablissez ui/chat/chainlit.toml tel qu’il est livré, puis relancez."
            )
