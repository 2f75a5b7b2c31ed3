"""A model's server is trusted by its certificate alone."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant import ModelUnavailable
from tests.assistant.scripted_server import MODELS
from tests.certificate import Certificate, certificate_of_this_machine
from ui.engine_settings import EngineSettings
from ui.errors import SettingsInvalid
from ui.language_model import open_engines
from ui.settings import Settings


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Of this machine; nobody else vouches for it."""
    return certificate_of_this_machine(tmp_path)


@asynccontextmanager
async def serving(
    certificate: Certificate, host: str = "127.0.0.1", lets_in: Certificate | None = None
) -> AsyncIterator[str]:
    """A server with that certificate, which lists a model; with `lets_in` only to whoever has that one."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(MODELS)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + MODELS)
        await writer.drain()
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.public, certificate.private)
    if lets_in:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(lets_in.public)
    async with await asyncio.start_server(answer, host, 0, ssl=context) as server:
        yield f"https://{host}:{server.sockets[0].getsockname()[1]}/v1"


async def reach(settings: Settings) -> None:
    """Ask the server whether it is there."""
    async with open_engines(settings) as engines:
        await engines.first.load()


def simple(home: Path, url: str, ca: Path | None) -> Settings:
    return Settings(home=home, llm=url, llm_ca=ca)


def several(home: Path, url: str, ca: Path | None) -> Settings:
    return Settings(home=home, engines={"grand": EngineSettings(kind="server", url=url, ca=ca)})


@pytest.mark.parametrize("set_up", [simple, several])
async def test_a_certificate_of_the_given_file_is_trusted_and_no_other(
    tmp_path: Path, certificate: Certificate, set_up: Callable[[Path, str, Path | None], Settings]
) -> None:
    (folder := tmp_path / "autre").mkdir()
    other = certificate_of_this_machine(folder)
    async with serving(certificate) as url:
        await reach(set_up(tmp_path, url, certificate.public))
        for ca in (None, other.public):
            with pytest.raises(ModelUnavailable, match="« ca »"):
                await reach(set_up(tmp_path, url, ca))


async def test_a_certificate_of_another_machine_is_not_trusted(tmp_path: Path, certificate: Certificate) -> None:
    async with serving(certificate, "127.0.0.2") as url:
        with pytest.raises(ModelUnavailable, match="certificat n’est pas accepté"):
            await reach(several(tmp_path, url, certificate.public))


async def test_a_server_that_asks_for_our_certificate_gets_it(tmp_path: Path, certificate: Certificate) -> None:
    (folder := tmp_path / "nous").mkdir()
    ours = certificate_of_this_machine(folder)
    (both := tmp_path / "nous.pem").write_bytes(ours.public.read_bytes() + ours.private.read_bytes())
    async with serving(certificate, lets_in=ours) as url:
        known = EngineSettings(kind="server", url=url, ca=certificate.public, certificate=both)
        await reach(Settings(home=tmp_path, engines={"grand": known}))
        with pytest.raises(ModelUnavailable):
            await reach(several(tmp_path, url, certificate.public))
    with pytest.raises(SettingsInvalid, match="clé privée"):
        await reach(Settings(home=tmp_path, engines={"a": known.model_copy(update={"certificate": ours.public})}))


@pytest.mark.parametrize("content", [None, "", "rien qui soit un certificat"])
async def test_a_file_without_certificates_stops_the_start_and_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "autorites.pem"
    if content is not None:
        file.write_text(content)
    for set_up in (simple, several):
        with pytest.raises(SettingsInvalid, match=r"autorites\.pem"):
            async with open_engines(set_up(tmp_path, "https://127.0.0.1:9/v1", file)):
                pass
