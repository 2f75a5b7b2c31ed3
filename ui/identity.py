"""Who acts, while there is no sign-in: the person at this machine.

Local identities work only while the server is bound to a loopback address (`ui.settings` refuses
any other), and every page says so.
"""

import getpass
import os

from policies.principal import Principal, Role


def local_principal() -> Principal:
    """The person who owns this process: may read, and administer collections, but not audit."""
    return Principal(
        subject=f"local:{os.getuid()}",
        username=_login(),
        groups=frozenset(),
        roles=frozenset({Role.AGENT, Role.GESTIONNAIRE, Role.ADMINISTRATEUR}),
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in this container
        return str(os.getuid())
