"""One real server that is watched by all means that there are, and what keeps spans in the process of a test."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from prometheus_client import CollectorRegistry
from psycopg.conninfo import conninfo_to_dict

from tests.conftest import PROJECT
from tests.ui.observability.receiving import Collector, Model, collecting, speaking
from ui.database import DatabaseSettings
from ui.observability.metrics import Metrics
from ui.observability.tracing import ClosedExporter
from ui.observability.watching import Watching
from ui.observability.words import SCOPE
from ui.server import port_bound

SAID = "Le télétravail est ouvert trois jours par semaine aux agents [1]."


def planted(what: str) -> str:
    """A word that stands nowhere else."""
    return f"{what}{uuid4().hex}"


@dataclass
class Watched:
    """The server, and what it has told of itself. `secrets` are the values of its secret settings."""

    home: Path
    address: str
    metrics: str
    collector: Collector
    model: Model
    secrets: dict[str, str]
    lines: list[str] = field(default_factory=list)

    def scrape(self) -> str:
        """Its metrics now."""
        return httpx.get(f"{self.metrics}/metrics", timeout=10).text


class Kept(SpanExporter):
    """Keeps spans as they come."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans += spans
        return SpanExportResult.SUCCESS


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def watching(kept: Kept) -> Watching:
    """Metrics, and spans that are kept once they have passed the closed list."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(ClosedExporter(kept)))
    return Watching(Metrics(CollectorRegistry()), provider.get_tracer(SCOPE))


@pytest.fixture(scope="module")
def database(postgres: DatabaseSettings) -> Iterator[dict[str, Any]]:
    """An empty database of this server's own."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("drop database if exists watched with (force)")
        connection.execute("create database watched")
        yield conninfo_to_dict(postgres.url) | {"dbname": "watched"}
        connection.execute("drop database if exists watched with (force)")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, database: dict[str, Any]) -> Iterator[Watched]:
    """The server, its log in JSON with every logger at DEBUG."""
    home = Path(tmp_path_factory.mktemp("watched"))
    with port_bound("127.0.0.1", 0) as one, port_bound("127.0.0.1", 0) as other:
        port, metrics = one.getsockname()[1], other.getsockname()[1]
    secrets = {name: planted(name) for name in ("postgres", "llm_key", "qdrant_key", "reranker_key", "secret")}
    user, host = database["user"], database["host"]
    url = f"postgresql://{user}:{secrets['postgres']}@/{database['dbname']}?host={host}"
    if database.get("port"):
        url += f"&port={database['port']}"
    files = {"POSTGRES": url} | {name.upper(): secrets[name] for name in secrets if name != "postgres"}
    for name, value in files.items():
        (home / f"{name}.txt").write_text(value)
    with collecting() as collector, speaking(SAID) as model:
        environment = {
            **{f"ASSISTANT_{name}_FILE": str(home / f"{name}.txt") for name in files},
            "ASSISTANT_HOME": str(home / "data"),
            "ASSISTANT_AIDE": "off",
            "ASSISTANT_REFUSAL": "off",
            "ASSISTANT_LLM": model.address,
            "ASSISTANT_LLM_MODEL": "essai",
            "ASSISTANT_LOGS": "json",
            "ASSISTANT_METRICS": f"127.0.0.1:{metrics}",
            "ASSISTANT_TRACES": collector.address,
            "ASSISTANT_POWER_WATTS": "100",
            "ASSISTANT_PUE": "1.5",
            "ASSISTANT_CHECKPOINT_SECONDS": "1",
        }
        command = [sys.executable, "-m", "tests.ui.observability.launched", "serve", "--port", str(port)]
        with subprocess.Popen(  # noqa: S603
            command,
            env=os.environ | environment,
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as server:
            watched = Watched(
                home / "data", f"http://127.0.0.1:{port}", f"http://127.0.0.1:{metrics}", collector, model, secrets
            )
            ready = threading.Event()
            reading = threading.Thread(target=_read, args=(server.stdout, watched.lines, ready))
            reading.start()
            assert ready.wait(120), watched.lines
            assert server.poll() is None, watched.lines
            yield watched
            server.terminate()
            assert server.wait(60) == 0
            reading.join()


def _read(out: Any, lines: list[str], ready: threading.Event) -> None:
    for line in out:
        lines.append(line)
        if "prêt" in line:
            ready.set()
    ready.set()  # it has ended
