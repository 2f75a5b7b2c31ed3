"""Every `Transport` hands lines over in order, to a real collector of its kind, and says what went wrong."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from policies import DestinationUnavailable
from policies.audit.transports import transport_to
from policies.audit.transports.transport import PATIENCE_S, Connection, Transport
from tests.certificate import Certificate, certificate_of_this_machine
from tests.policies.audit.collectors import (
    Collector,
    file_collector,
    relp_collector,
    syslog_collector,
    web_collector,
)

Opening = Callable[[Certificate, Path], AbstractAsyncContextManager[Collector]]
OVER_A_NETWORK = [syslog_collector, relp_collector, web_collector]
LINES = [f"<110>1 é {n} " + "x" * n for n in range(500)]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate_of_this_machine(Path(tmp_path_factory.mktemp("certificate")))


@pytest.fixture
def tls(certificate: Certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate.public)


@pytest.fixture(params=[*OVER_A_NETWORK, file_collector])
async def collector(
    request: pytest.FixtureRequest, certificate: Certificate, tmp_path: Path
) -> AsyncIterator[Collector]:
    opening: Opening = request.param
    async with opening(certificate, tmp_path) as collector:
        yield collector


@pytest.fixture(params=OVER_A_NETWORK)
async def server(request: pytest.FixtureRequest, certificate: Certificate, tmp_path: Path) -> AsyncIterator[Collector]:
    opening: Opening = request.param
    async with opening(certificate, tmp_path) as collector:
        yield collector


async def told(transport: Transport, *batches: list[str]) -> None:
    async with transport.open() as connection:
        for lines in batches:
            await connection.send(lines)


async def sent_without_end(connection: Connection) -> None:
    while True:
        await connection.send(LINES[1:2])


async def test_lines_arrive_whole_and_in_order(collector: Collector, tls: ssl.SSLContext) -> None:
    transport = collector.transport(tls)
    await told(transport, LINES[:1], LINES[1:400])
    await told(transport, LINES[400:])
    if transport.unconfirmed:
        await collector.heard(len(LINES))
    assert collector.received() == LINES


async def test_line_after_line_arrives_over_one_connection(collector: Collector, tls: ssl.SSLContext) -> None:
    async with collector.transport(tls).open() as connection:
        for line in LINES[:30]:
            async with asyncio.timeout(PATIENCE_S / 10):
                await connection.send([line])
            await asyncio.sleep(0)
    if collector.transport(tls).unconfirmed:
        await collector.heard(30)
    assert collector.received() == LINES[:30]


@pytest.mark.parametrize("opening", [relp_collector, web_collector, file_collector])
async def test_what_is_not_taken_is_told(
    opening: Opening, certificate: Certificate, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    async with opening(certificate, tmp_path) as collector:
        collector.refuse()
        with pytest.raises(DestinationUnavailable):
            await told(collector.transport(tls), LINES[:3])
        assert collector.received() == []


async def test_a_closed_connection_is_told_in_the_end(server: Collector, tls: ssl.SSLContext) -> None:
    async with server.transport(tls).open() as connection:
        await connection.send(LINES[:1])
        server.refuse()
        with pytest.raises(DestinationUnavailable):
            await sent_without_end(connection)


async def test_a_server_that_nobody_vouches_for_gets_nothing(server: Collector) -> None:
    stranger = ssl.create_default_context()
    with pytest.raises(DestinationUnavailable, match=r"certificat|ne répond pas"):
        await told(server.transport(stranger), LINES[:1])
    assert server.received() == []


async def test_a_certificate_of_another_host_is_refused(server: Collector, tls: ssl.SSLContext) -> None:
    server.address = server.address.replace("localhost", "127.0.0.2")
    with pytest.raises(DestinationUnavailable, match=r"certificat|ConnectError"):
        await told(server.transport(tls), LINES[:1])
    assert server.received() == []


async def test_a_server_that_is_away_is_told(server: Collector, tls: ssl.SSLContext) -> None:
    scheme, _, _ = server.address.partition("://")
    server.address = f"{scheme}://localhost:1"
    with pytest.raises(DestinationUnavailable):
        await told(server.transport(tls), LINES[:1])


async def test_half_a_line_that_a_killed_process_left_goes(tmp_path: Path, tls: ssl.SSLContext) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text('{"whole":1}\n{"half')
    await told(transport_to(f"file://{path}", tls), ['{"half":2}'])
    assert path.read_text() == '{"whole":1}\n{"half":2}\n'


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path, tls: ssl.SSLContext) -> None:
    with pytest.raises(DestinationUnavailable, match="n’est pas inscriptible"):
        await told(transport_to(f"file://{tmp_path}/nulle-part/audit.jsonl", tls), LINES[:1])
