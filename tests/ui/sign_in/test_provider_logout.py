"""Signing out at the real Keycloak, and hearing from it that somebody has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import parse_qs

import httpx
import pytest

from tests.keycloak import Keycloak, Realm, provisioned
from tests.ui.sign_in.visiting import SHAPE, sign_in
from ui.errors import SignInEnded, TokenRefused
from ui.sign_in.provider import Provider, ProviderSettings, open_provider


class BackChannel:
    """A server that keeps the logout tokens that Keycloak posts to it."""

    def __init__(self) -> None:
        self.tokens: asyncio.Queue[str] = asyncio.Queue()
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["BackChannel"]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._keep, "127.0.0.1", 0)
        async with server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            yield self

    async def _keep(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        form = parse_qs((await reader.readexactly(length)).decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await self.tokens.put(form["logout_token"][0])


async def test_a_sign_out_from_here_ends_it_there(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        await people.add(name)
    signed_in = await sign_in(provider, name)
    await provider.logout(signed_in.refresh_token)
    with pytest.raises(SignInEnded):
        await provider.refresh(signed_in.refresh_token)
    await provider.logout(signed_in.refresh_token)  # it has ended: nothing is left to do


async def test_a_browser_can_sign_out_by_an_address(
    provider: Provider, settings: ProviderSettings, realm: Realm, name: str
) -> None:
    async with realm.people() as people:
        await people.add(name)
    signed_in = await sign_in(provider, name)
    async with httpx.AsyncClient(timeout=60) as browser:
        answer = await browser.get(await provider.logout_url(signed_in.id_token))
    assert answer.headers["location"] == settings.after_logout
    with pytest.raises(SignInEnded):
        await provider.refresh(signed_in.refresh_token)


async def test_keycloak_says_whose_session_has_ended(keycloak: Keycloak) -> None:
    async with BackChannel().listening() as channel:
        realm = await provisioned(keycloak, replace(SHAPE, back_channel=channel.url))
        async with open_provider(realm.provider(SHAPE)) as provider, realm.people() as people:
            subject = await people.add("alice")
            signed_in = await sign_in(provider, "alice")
            await people.admin.a_user_logout(subject)
            async with asyncio.timeout(60):
                token = await channel.tokens.get()
            claims = await provider.logout_claims(token)
            assert claims.provider_session == signed_in.claims.provider_session
            with pytest.raises(TokenRefused):
                await provider.service(token)
            for forged in (signed_in.id_token, token[:-8] + "AAAAAAAA"):
                with pytest.raises(TokenRefused):
                    await provider.logout_claims(forged)
