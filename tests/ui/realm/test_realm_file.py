"""The realm that a bundle brings as a file, imported into the real Keycloak."""

from tests.keycloak import Keycloak
from tests.ui.realm.shaped import SHAPE, repair
from ui.bundle.realm import realm
from ui.realm.findings import findings
from ui.realm.held import export
from ui.realm.plan import plan


async def test_provisioning_finds_all_but_what_keycloak_alone_can_make(keycloak: Keycloak) -> None:
    async with keycloak.administered() as admin:
        await admin.a_create_realm(realm(SHAPE) | {"realm": "apporte"})
    async with keycloak.administered("apporte") as admin:
        assert await repair(admin) == ["realm.updated", "permission.written"]
        assert await plan(admin, SHAPE) == []
        assert findings(await export(admin, roles=True), SHAPE.client_id) == []
        assert await admin.a_get_client_secrets(str(await admin.a_get_client_id(SHAPE.client_id)))
