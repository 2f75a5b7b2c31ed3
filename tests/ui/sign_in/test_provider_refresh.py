"""Staying signed in at the real Keycloak, for as long as it vouches."""

from dataclasses import replace

import pytest

from policies.principal import Role
from tests.keycloak import Realm
from tests.ui.sign_in.visiting import sign_in
from ui.errors import ProviderUnreachable, SignInEnded
from ui.sign_in.provider import Provider, ProviderSettings, open_provider


async def test_a_refresh_brings_the_rights_of_now(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        subject = await people.add(name, ["/DGS"], [Role.AGENT, Role.GESTIONNAIRE])
        before = await sign_in(provider, name)
        await people.take(subject, Role.GESTIONNAIRE)
        await people.leave(subject, "/DGS")
        await people.join(subject, "/DSS/Bureau-B")
    after = await provider.refresh(before.refresh_token)
    assert after.claims.principal.roles == {Role.AGENT}
    assert after.claims.principal.groups == {"/DSS/Bureau-B"}
    assert after.claims.provider_session == before.claims.provider_session


async def test_a_disabled_account_is_vouched_for_no_longer(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        subject = await people.add(name)
        signed_in = await sign_in(provider, name)
        await people.disable(subject)
    with pytest.raises(SignInEnded):
        await provider.refresh(signed_in.refresh_token)


async def test_who_is_signed_out_at_keycloak_is_vouched_for_no_longer(
    provider: Provider, realm: Realm, name: str
) -> None:
    async with realm.people() as people:
        subject = await people.add(name)
        signed_in = await sign_in(provider, name)
        await people.admin.a_user_logout(subject)
    with pytest.raises(SignInEnded):
        await provider.refresh(signed_in.refresh_token)


async def test_a_wrong_secret_signs_nobody_out(
    provider: Provider, settings: ProviderSettings, realm: Realm, name: str
) -> None:
    async with realm.people() as people:
        await people.add(name)
    signed_in = await sign_in(provider, name)
    async with open_provider(replace(settings, client_secret="an old one")) as misconfigured:
        with pytest.raises(ProviderUnreachable, match="ASSISTANT_KEYCLOAK_SECRET_FILE"):
            await misconfigured.refresh(signed_in.refresh_token)
        with pytest.raises(ProviderUnreachable):
            await misconfigured.logout(signed_in.refresh_token)
    await provider.refresh(signed_in.refresh_token)
