"""A provider that is down, or answers as no provider should, is one that does not answer."""

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.ui.sign_in.minting import FOREIGN, RSA, SETTINGS, service_token
from ui.errors import ProviderUnreachable, UnknownKey
from ui.sign_in import discovery
from ui.sign_in.provider import ProviderSettings, open_provider
from ui.sign_in.provider_http import LONGEST_ANSWER

CONFIGURATION = "/realms/sante/.well-known/openid-configuration"
CERTS = "/realms/sante/certs"


class Hostile:
    """A server on loopback that answers each path with given bytes, and counts who asks."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Hostile"]:
        """Listen on a free port, as a provider without fault."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        async with server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/realms/sante"
            self.answers = {CONFIGURATION: answer(self.document()), CERTS: answer(published(RSA))}
            yield self

    def document(self, **changes: Any) -> dict[str, Any]:
        """What a provider says of itself."""
        endpoints = ("authorization_endpoint", "token_endpoint", "end_session_endpoint")
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/certs",
            **{name: f"{self.url}/{name}" for name in endpoints},
            **changes,
        }

    def settings(self, **changes: Any) -> ProviderSettings:
        """Our client there."""
        settings = ProviderSettings(
            url=self.url,
            client_id="assistant",
            client_secret="secret",
            redirect_uri="http://127.0.0.1:1/connexion/retour",
            after_logout="http://127.0.0.1:1/deconnecte",
            ca_file=None,
            tokens=replace(SETTINGS, issuer=self.url),
            timeout=30.0,
        )
        return replace(settings, **changes)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        path = request.split()[1].decode()
        self.asked.append(path)
        if path in self.answers:
            writer.write(self.answers[path])
            await writer.drain()
            writer.close()
        else:  # says nothing until the other side gives up
            await reader.read()
            writer.close()


def answer(content: Any, status: str = "200 OK", *headers: str) -> bytes:
    """A whole response; anything but bytes is sent as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def published(*keys: Any) -> dict[str, Any]:
    """A key set."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


@pytest.fixture
async def hostile() -> AsyncIterator[Hostile]:
    """A server that has done nothing wrong yet."""
    async with Hostile().listening() as server:
        yield server


async def test_a_provider_is_asked_at_first_use_and_then_known(hostile: Hostile) -> None:
    async with open_provider(hostile.settings()) as provider:
        assert hostile.asked == []
        await provider.begin()
        await provider.begin()
    assert hostile.asked == [CONFIGURATION, CERTS]


async def test_a_provider_that_is_down_is_said_to_be() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server = Hostile()
        server.url = f"http://127.0.0.1:{unused.getsockname()[1]}/realms/sante"
        async with open_provider(server.settings()) as provider:
            for _ in range(2):
                with pytest.raises(ProviderUnreachable, match="Keycloak ne répond pas"):
                    await provider.begin()


async def test_a_provider_that_comes_back_is_used_at_once(hostile: Hostile) -> None:
    up, hostile.answers[CONFIGURATION] = hostile.answers[CONFIGURATION], answer({}, "503 Service Unavailable")
    async with open_provider(hostile.settings()) as provider:
        with pytest.raises(ProviderUnreachable):
            await provider.begin()
        hostile.answers[CONFIGURATION] = up
        await provider.begin()


async def test_nobody_is_sent_to_a_provider_that_has_fallen_silent(hostile: Hostile) -> None:
    async with open_provider(hostile.settings(keys_again=0.0)) as provider:
        await provider.begin()
        hostile.answers[CONFIGURATION] = answer({}, "503 Service Unavailable")
        for leading in (provider.begin(), provider.logout_url("")):
            with pytest.raises(ProviderUnreachable, match="Keycloak ne répond pas"):
                await leading
        outcomes = await asyncio.gather(*(provider.begin() for _ in range(5)), return_exceptions=True)
    assert all(isinstance(outcome, ProviderUnreachable) for outcome in outcomes)


@pytest.mark.parametrize(
    "wrong",
    [
        answer({"error": "Realm does not exist"}, "404 Not Found"),
        answer(b"", "302 Found", "Location: https://mechant.example/"),
        answer(b"<html>"),
        answer([]),
        answer(b"[" * 100_000),
        answer(b"\xff"),
        answer(gzip.compress(b"{}"), "200 OK", "Content-Encoding: gzip"),
        answer(b" " * (LONGEST_ANSWER + 1)),
        b"",
        b"rubbish\r\n\r\n",
    ],
)
async def test_an_answer_that_is_none_counts_as_none(hostile: Hostile, wrong: bytes) -> None:
    hostile.answers[CONFIGURATION] = wrong
    async with open_provider(hostile.settings()) as provider:
        with pytest.raises(ProviderUnreachable, match="Keycloak ne répond pas"):
            await provider.begin()


async def test_an_answer_that_does_not_come_is_not_waited_for(hostile: Hostile) -> None:
    del hostile.answers[CONFIGURATION]
    async with open_provider(hostile.settings(timeout=0.1)) as provider:
        with pytest.raises(ProviderUnreachable, match="Keycloak ne répond pas"):
            await provider.begin()


async def test_those_who_wait_for_a_silent_provider_wait_once(hostile: Hostile) -> None:
    del hostile.answers[CONFIGURATION]
    async with open_provider(hostile.settings(timeout=0.2)) as provider:
        outcomes = await asyncio.gather(*(provider.begin() for _ in range(20)), return_exceptions=True)
    assert all(isinstance(outcome, ProviderUnreachable) for outcome in outcomes)
    assert hostile.asked == [CONFIGURATION]


async def test_another_issuer_is_named(hostile: Hostile) -> None:
    hostile.answers[CONFIGURATION] = answer(hostile.document(issuer="https://sso.example/realms/autre"))
    async with open_provider(hostile.settings()) as provider:
        with pytest.raises(ProviderUnreachable, match=r"https://sso\.example/realms/autre.*ASSISTANT_KEYCLOAK"):
            await provider.begin()


@pytest.mark.parametrize("name", ["jwks_uri", "authorization_endpoint", "token_endpoint", "end_session_endpoint"])
@pytest.mark.parametrize("elsewhere", ["https://mechant.example/x", "http://127.0.0.1:1/x", "", None])
async def test_no_address_of_another_origin_is_used(hostile: Hostile, name: str, elsewhere: str | None) -> None:
    hostile.answers[CONFIGURATION] = answer(hostile.document(**{name: elsewhere}))
    async with open_provider(hostile.settings()) as provider:
        with pytest.raises(ProviderUnreachable, match=name):
            await provider.begin()


async def test_invented_keys_do_not_make_us_hammer_the_provider(hostile: Hostile) -> None:
    async with open_provider(hostile.settings()) as provider:
        await provider.service(service_token({"iss": hostile.url}))
        for kid in range(50):
            with pytest.raises(UnknownKey):
                await provider.service(service_token({"iss": hostile.url}, key=FOREIGN, kid=str(kid)))
    assert hostile.asked == [CONFIGURATION, CERTS]


async def test_a_key_that_was_published_since_is_known(hostile: Hostile) -> None:
    async with open_provider(hostile.settings(keys_again=0.0)) as provider:
        await provider.service(service_token({"iss": hostile.url}))
        hostile.answers[CERTS] = answer(published(RSA, FOREIGN))
        await provider.service(service_token({"iss": hostile.url}, key=FOREIGN))


async def test_a_key_that_was_withdrawn_is_forgotten_in_time(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "KEPT", 0.0)
    hostile.answers[CERTS] = answer(published(RSA, FOREIGN))
    async with open_provider(hostile.settings(keys_again=0.0)) as provider:
        await provider.service(service_token({"iss": hostile.url}, key=FOREIGN))
        hostile.answers[CERTS] = answer(published(RSA))
        with pytest.raises(UnknownKey):
            await provider.service(service_token({"iss": hostile.url}, key=FOREIGN))
        hostile.answers[CONFIGURATION] = answer({}, "503 Service Unavailable")
        await provider.service(service_token({"iss": hostile.url}))


async def test_tokens_with_known_keys_are_read_while_the_provider_is_down(hostile: Hostile) -> None:
    async with open_provider(hostile.settings(keys_again=0.0)) as provider:
        await provider.service(service_token({"iss": hostile.url}))
        hostile.answers[CONFIGURATION] = answer({}, "503 Service Unavailable")
        await provider.service(service_token({"iss": hostile.url}))
        with pytest.raises(ProviderUnreachable):
            await provider.service(service_token({"iss": hostile.url}, key=FOREIGN))
