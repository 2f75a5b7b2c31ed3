"""How the ledger is signed, for `assistant doctor`."""

import datetime as dt
import stat
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from policies import Watch
from ui.audit_keys import AuditKeys
from ui.database import Pool
from ui.database_roles import is_owner
from ui.errors import LedgerUnsigned


@dataclass(frozen=True, slots=True)
class LedgerState:
    """Of so many `records`, `signed` are, the last of them at `at`; `trouble` says why no more are.

    `rewritable`: whoever has the application's address of the database can rewrite the ledger, if not its checkpoints.
    """

    records: int
    signed: int
    at: dt.datetime | None
    late: bool
    trouble: str
    rewritable: bool


_STATE = TypeAdapter(LedgerState)


async def ledger_state(pool: Pool, watch: Watch) -> LedgerState:
    """The state now. Raises `LedgerUnavailable`, `psycopg.Error`."""
    standing = await watch.standing()
    async with pool.connection() as connection:
        rewritable = await is_owner(connection)
    return LedgerState(
        records=standing.records,
        signed=standing.signed,
        at=standing.latest.at if standing.latest else None,
        late=standing.late,
        trouble=standing.trouble,
        rewritable=rewritable,
    )


def ledger_said(state: LedgerState, keys: AuditKeys, *, server: bool, own_database: bool) -> str:
    """The state in French; `server`: one is running, `own_database`: not the embedded one.

    Raises `LedgerUnsigned` where a running server does not sign what is there.
    """
    said = [_signed(state)]
    if state.late and server:
        raise LedgerUnsigned(said[0], state.trouble)
    if state.signed < state.records and not server:
        said.append("le reste le sera au prochain démarrage")
    if state.rewritable and own_database:
        said.append(
            "l’adresse ASSISTANT_POSTGRES est celle du propriétaire des tables, qui peut réécrire le registre : "
            "réglez ASSISTANT_POSTGRES_OWNER"
        )
    if keys.path.exists() and stat.S_IMODE(keys.path.stat().st_mode) & 0o077:
        said.append(f"d’autres comptes peuvent lire la clé {keys.path} : tapez « chmod 600 {keys.path} »")
    return " ; ".join(said)


def state_json(state: LedgerState) -> dict[str, Any]:
    """For the data folder's socket."""
    return {**_STATE.dump_python(state, mode="json")}


def state_of_json(state: Any) -> LedgerState:
    """What `state_json` gave."""
    return _STATE.validate_python(state)


def _signed(state: LedgerState) -> str:
    if state.at is None:
        return f"{state.records} enregistrements, aucun point de contrôle encore"
    return f"{state.records} enregistrements, dont {state.signed} signés le {state.at:%d/%m/%Y à %H:%M:%S} UTC"
