"""A realm as it is provisioned here, and how its administrator looks at it and repairs it."""

from typing import Any

from keycloak import KeycloakAdmin

from tests.keycloak import CLIENT, Realm
from ui.commands.provisioning import shape_of
from ui.realm.plan import plan
from ui.realm.settings import RealmSettings
from ui.realm.shape import Shape

ADDRESS = "http://127.0.0.1:1"
SHAPE = shape_of(ADDRESS, CLIENT)


def administrator_of(realm: Realm) -> RealmSettings:
    """An administrator of Keycloak, as the command line reaches the realm."""
    return RealmSettings(
        url=realm.keycloak.url,
        realm=realm.name,
        account_realm="master",
        client="admin-cli",
        user="admin",
        password="admin",
    )


async def repair(admin: KeycloakAdmin, shape: Shape = SHAPE) -> list[str]:
    """What was to be changed, and is now."""
    planned = await plan(admin, shape)
    for change in planned:
        await change.make(admin)
    return [change.name for change in planned]


async def client_of(admin: KeycloakAdmin) -> dict[str, Any]:
    """The assistant's client in that realm."""
    return await admin.a_get_client(str(await admin.a_get_client_id(CLIENT)))
