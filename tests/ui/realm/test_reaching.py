"""Reaching the administration of the real Keycloak."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.keycloak import CLIENT, Realm
from tests.ui.realm.shaped import SHAPE
from ui.commands.provisioning import write_secret
from ui.errors import ProviderUnreachable, RealmRefused, SettingsInvalid
from ui.realm.connection import open_realm
from ui.realm.plan import plan
from ui.realm.settings import RealmSettings, split_realm


async def test_the_secret_is_written_for_its_owner_alone(realm: Realm, access: RealmSettings, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("the one before, which everybody could read")
    await write_secret(access, CLIENT, path)
    assert path.read_text() == realm.secret
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SettingsInvalid, match="il n’existe pas"):
        await write_secret(access, CLIENT, tmp_path / "nulle-part" / "secret")


async def test_a_realm_that_is_not_there_is_not_made_unasked(access: RealmSettings) -> None:
    async with open_realm(replace(access, realm="nulle-part")) as admin:
        with pytest.raises(RealmRefused, match="--create-realm"):
            await plan(admin, SHAPE)


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"password": "autre"}, RealmRefused, "ne reconnaît pas « admin »"),
        ({"user": "", "client": "releve", "secret": "x"}, RealmRefused, "ne reconnaît pas « releve »"),
        ({"account_realm": "nulle-part"}, RealmRefused, "nulle-part"),
        ({"url": "http://127.0.0.1:1"}, ProviderUnreachable, "http://127.0.0.1:1"),
        ({"ca_file": Path(__file__)}, SettingsInvalid, "autorités"),
    ],
)
async def test_who_may_not_or_cannot_reach_keycloak_reads_why(
    access: RealmSettings, changed: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        async with open_realm(replace(access, **changed)):
            raise AssertionError


def test_the_address_of_a_realm_is_server_and_realm() -> None:
    assert split_realm("https://sso.exemple.fr/auth/realms/sante/") == ("https://sso.exemple.fr/auth", "sante")
    for wrong in ("https://sso.exemple.fr", "/realms/sante", "https://sso.exemple.fr/realms/", "https://s/realms/a/b"):
        with pytest.raises(SettingsInvalid, match="realms/sante"):
            split_realm(wrong)
