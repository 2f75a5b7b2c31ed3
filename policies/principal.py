"""Who acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# From where somebody acts who comes by no address: the command line of this machine; the product itself.
COMMAND = "commande"
SERVICE = "service"


class Role(StrEnum):
    """What a person is to the product; the values are the names of the roles in Keycloak."""

    AGENT = "agent"
    GESTIONNAIRE = "gestionnaire"
    ADMINISTRATEUR = "administrateur"
    AUDITEUR = "auditeur"


@dataclass(frozen=True, slots=True)
class Principal:
    """The person or service who acts. `subject` is the key; `username` is for people's eyes.

    `origin` is from where: the address of a machine, `COMMAND`, `SERVICE`, or empty where nobody knows. `session` is in
    which of their sessions: empty outside of a browser.
    """

    subject: str
    username: str
    groups: frozenset[str]
    roles: frozenset[Role]
    origin: str = field(default="", compare=False)
    session: str = field(default="", compare=False)

    def as_json(self) -> dict[str, Any]:
        """For the ledger and for tables, in one order."""
        return {
            "subject": self.subject,
            "username": self.username,
            "groups": sorted(self.groups),
            "roles": sorted(self.roles),
            "origin": self.origin,
            "session": self.session,
        }

    @classmethod
    def of_json(cls, who: Mapping[str, Any]) -> "Principal":
        """What `as_json` gave, now or before there was an `origin` or a `session`."""
        return cls(
            who["subject"],
            who["username"],
            frozenset(who["groups"]),
            frozenset(map(Role, who["roles"])),
            who.get("origin", ""),
            who.get("session", ""),
        )
