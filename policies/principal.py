"""Who acts."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the product; the values are the names of the roles in Keycloak."""

    AGENT = "agent"
    GESTIONNAIRE = "gestionnaire"
    ADMINISTRATEUR = "administrateur"
    AUDITEUR = "auditeur"


@dataclass(frozen=True, slots=True)
class Principal:
    """The person or service who acts. `subject` is the key; `username` is for people's eyes."""

    subject: str
    username: str
    groups: frozenset[str]
    roles: frozenset[Role]
