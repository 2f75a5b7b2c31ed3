"""What an act is to a security team: how grave, whether it succeeded, and what kind of deed.

Told from the act's own name (`what.happened`), so that no act is without a meaning.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Deed(StrEnum):
    """What was done to what the act is about."""

    CREATE = "create"
    READ = "read"
    QUERY = "query"
    UPDATE = "update"
    DELETE = "delete"
    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    START = "start"
    ALERT = "alert"
    OTHER = "other"


class Gravity(Enum):
    """How grave an act is; the value is the severity of RFC 5424, 6.2.1, which is the greater the less grave."""

    ALARMING = 2
    FAILED = 4
    NOTABLE = 5
    USUAL = 6


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an act is."""

    deed: Deed
    gravity: Gravity
    succeeded: bool


_BY_ACT = {
    "process.started": Deed.START,
    "session.started": Deed.SIGN_IN,
    "session.refused": Deed.SIGN_IN,
    "service.refused": Deed.SIGN_IN,
    "refusals.summed": Deed.SIGN_IN,
    "session.ended": Deed.SIGN_OUT,
    "session.revoked": Deed.SIGN_OUT,
    "answer.given": Deed.READ,
    "ledger.purged": Deed.DELETE,
    "backup.made": Deed.READ,
    "backup.restored": Deed.UPDATE,
}

_BY_WHAT_HAPPENED = {
    **dict.fromkeys(("created", "received", "added", "attached", "imported", "provisioned", "requested"), Deed.CREATE),
    **dict.fromkeys(
        ("opened", "listed", "exported", "downloaded", "explained", "name_read", "content_read", "verified"), Deed.READ
    ),
    **dict.fromkeys(("asked", "done", "run"), Deed.QUERY),
    **dict.fromkeys(("deleted", "removed", "erased", "purged"), Deed.DELETE),
    **dict.fromkeys(
        ("indexed", "corrected", "renamed", "changed", "set", "replaced", "switched", "repaired", "loaded", "synced"),
        Deed.UPDATE,
    ),
    **dict.fromkeys(("quarantined", "released", "key_rotated", "granted", "retried", "cancelled"), Deed.UPDATE),
}

# « refused » is a person's decision where it is about a document or a request.
_FAILURES = frozenset({"access.refused", "session.refused", "service.refused", "refusals.summed", "model.refused"})
_FAILED = frozenset({"failed", "rejected", "abandoned"})

_NOTABLE = frozenset({Deed.CREATE, Deed.DELETE, Deed.UPDATE, Deed.START})


def meaning_of(act: str) -> Meaning:
    """What an act of that name is, whatever version of the schema it stands in."""
    about, _, happened = act.partition(".")
    failed = act in _FAILURES or happened in _FAILED
    if about == "alert":
        return Meaning(Deed.ALERT, Gravity.ALARMING if happened == "raised" else Gravity.NOTABLE, succeeded=True)
    deed = _BY_ACT.get(act) or _BY_WHAT_HAPPENED.get(happened, Deed.OTHER)
    if failed:
        return Meaning(deed, Gravity.FAILED, succeeded=False)
    return Meaning(deed, Gravity.NOTABLE if deed in _NOTABLE else Gravity.USUAL, succeeded=True)
