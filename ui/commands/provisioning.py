"""A realm provisioned, with a record of it; and checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ui.control.client import open_client
from ui.errors import SettingsInvalid
from ui.french import system_reason
from ui.keys import write_privately
from ui.realm.connection import open_realm
from ui.realm.findings import findings, remarks
from ui.realm.held import export
from ui.realm.plan import Change, client_secret, plan
from ui.realm.settings import RealmSettings
from ui.realm.shape import Shape
from ui.settings import Settings
from ui.sign_in.routes import BACK_CHANNEL, RETURN, SIGNED_OUT


def shape_of(address: str, client_id: str, *, realm_roles: bool = False) -> Shape:
    """The assistant at that public address, with the pages that it signs people in and out by."""
    return Shape(
        client_id=client_id,
        address=address,
        redirect_uri=address + RETURN,
        after_logout=address + SIGNED_OUT,
        back_channel=address + BACK_CHANNEL,
        realm_roles=realm_roles,
    )


async def provision(
    settings: Settings, access: RealmSettings, shape: Shape, *, create_realm: bool, apply: bool
) -> Sequence[Change]:
    """What there is to change, made if `apply`.

    The register is opened before anything is changed, and what was changed is recorded even if not all could
    be. Raises `UiError`.
    """
    async with open_realm(access) as admin:
        planned = await plan(admin, shape, create_realm=create_realm)
        if not (apply and planned):
            return planned
        done: list[str] = []
        async with open_client(settings) as register:
            try:
                for change in planned:
                    await change.make(admin)
                    done.append(change.name)
            finally:
                if done:
                    record = {"realm": access.realm, "client": shape.client_id, "changes": done}
                    await register.call("POST", "/keycloak/provisioned", record)
    return planned


async def write_secret(access: RealmSettings, client_id: str, path: Path) -> None:
    """Write the client's secret into a file that its owner alone can read. Raises `UiError`."""
    async with open_realm(access) as admin:
        secret = await client_secret(admin, client_id)
    try:
        write_privately(path, secret.encode())
    except OSError as error:
        raise SettingsInvalid(f"Le secret ne peut pas être écrit dans {path} : {system_reason(error)}.") from error


@dataclass(frozen=True, slots=True)
class Examination:
    """What is wrong with a realm, and what might be better; French sentences."""

    findings: list[str]
    remarks: list[str]


async def examine(access: RealmSettings, client_id: str, *, realm_roles: bool = False) -> Examination:
    """The realm as it is now. Raises `UiError`."""
    async with open_realm(access) as admin:
        exported = await export(admin, roles=True)
    return Examination(findings(exported, client_id, realm_roles=realm_roles), remarks(exported))
