"""Secrets that the environment of a process that stays gives, in the place of files: taken from what it hands on.

Whoever may look into the process still finds them in `/proc/PID/environ`, which is what the process was started with
and cannot be changed from within: so it says so, and names the way that leaves nothing there.
"""

import re
from collections.abc import MutableMapping

from ui.engine_settings import ENGINES
from ui.settings import PREFIX, SECRETS
from ui.source_settings import SOURCES

_OF_SECTIONS = tuple(
    re.compile(f"{PREFIX}{kind.prefix.upper()}.+_{kind.secret.upper()}", re.IGNORECASE) for kind in (ENGINES, SOURCES)
)
# Of addresses, those alone are secrets that carry a password.
_ADDRESSES = {"postgres", "postgres_owner"}
_PASSWORD = re.compile(r"://[^/@]*:[^/@]+@|\bpassword\s*=|\bsslpassword\s*=")


def take_secrets(environ: MutableMapping[str, str]) -> str:
    """Take them out, so that no child of this process is given one. Says in one line which they were; empty: none."""
    found = sorted(name for name, value in environ.items() if value and _is_secret(name, value))
    for name in found:
        del environ[name]
    if not found:
        return ""
    return (
        f"L’environnement de ce processus contient des secrets ({', '.join(found)})\u202f: qui peut lire ses fichiers "
        f"dans /proc les lit aussi. Nommez plutôt des fichiers, par exemple {found[0]}_FILE."
    )


def _is_secret(name: str, value: str) -> bool:
    setting = name.removeprefix(PREFIX).lower()
    if not name.startswith(PREFIX) or setting not in SECRETS:
        return any(pattern.fullmatch(name) for pattern in _OF_SECTIONS)
    return setting not in _ADDRESSES or bool(_PASSWORD.search(value))
