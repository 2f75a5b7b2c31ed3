"""The provider is trusted by its certificate alone."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.certificate import Certificate, certificate_of_this_machine
from ui.errors import ProviderUnreachable, SettingsInvalid
from ui.sign_in.provider_http import open_provider_http


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Of this machine; nobody else vouches for it."""
    return certificate_of_this_machine(tmp_path)


@asynccontextmanager
async def serving(certificate: Certificate) -> AsyncIterator[str]:
    """A server with that certificate, which answers `{}` to everybody."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.public, certificate.private)
    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_certificate_of_the_given_file_is_trusted(certificate: Certificate) -> None:
    async with serving(certificate) as url, open_provider_http(certificate.public, timeout=30) as http:
        assert await http.get(url) == {}


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(certificate: Certificate) -> None:
    async with serving(certificate) as url, open_provider_http(None, timeout=30) as http:
        with pytest.raises(ProviderUnreachable):
            await http.get(url)


@pytest.mark.parametrize("content", [None, "", "rien qui soit un certificat"])
async def test_a_file_without_certificates_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "autorites.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsInvalid, match=r"autorites\.pem"):
        async with open_provider_http(file, timeout=30):
            pass
