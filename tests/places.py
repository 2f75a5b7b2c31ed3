"""Real places that sources read: a folder, an S3 server and a WebDAV server of this machine, a file of JSON lines."""

import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import ThreadingMixIn
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any, Protocol
from uuid import uuid4
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
import obstore
from moto.server import ThreadedMotoServer
from obstore.store import S3Store
from wsgidav.wsgidav_app import WsgiDAVApp

from ingestion.sources.folder import FolderSettings, open_folder
from ingestion.sources.lines import LinesSettings, open_lines
from ingestion.sources.port import Source
from ingestion.sources.s3 import open_s3
from ingestion.sources.webdav import WebdavSettings, open_webdav
from policies.bucket import NO_PROXY, Bucket
from tests.certificate import Certificate

USER, PASSWORD = "assistant", "mot de passe : é"


class Place(Protocol):
    """A place that a test fills, and the source that reads it."""

    def put(self, key: str, content: bytes) -> None:
        """Make or replace an entry."""

    def delete(self, key: str) -> None:
        """Remove one."""

    def source(self) -> AbstractAsyncContextManager[Source]:
        """Open the source."""


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """Files that are old enough for their times to be believed."""

    folder: Path

    def put(self, key: str, content: bytes) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        other = path.with_name(f".{uuid4()}")
        other.write_bytes(content)
        before = time.time_ns() - 3_600_000_000_000
        os.utime(other, ns=(before, before))
        other.replace(path)

    def delete(self, key: str) -> None:
        (self.folder / key).unlink()

    def source(self) -> AbstractAsyncContextManager[Source]:
        return open_folder(FolderSettings(self.folder))


@dataclass(frozen=True, slots=True)
class S3Place:
    """The objects below «notes/» in a bucket of their own; others lie beside them."""

    endpoint: str
    bucket: str

    def put(self, key: str, content: bytes) -> None:
        obstore.put(self._store(), key, content)

    def delete(self, key: str) -> None:
        obstore.delete(self._store(), key)

    def source(self) -> AbstractAsyncContextManager[Source]:
        return open_s3(Bucket(self.endpoint, self.bucket, "notes", "clef", "secret"))

    def _store(self) -> S3Store:
        return _bucket(self.endpoint, self.bucket, "notes")


@dataclass(frozen=True, slots=True)
class WebdavPlace:
    """A folder that is served."""

    folder: Path
    url: str
    ca: Path | None = None

    def put(self, key: str, content: bytes) -> None:
        FolderPlace(self.folder).put(key, content)

    def delete(self, key: str) -> None:
        (self.folder / key).unlink()

    def source(self) -> AbstractAsyncContextManager[Source]:
        return open_webdav(WebdavSettings(self.url, USER, PASSWORD, self.ca))


@dataclass(frozen=True, slots=True)
class LinesPlace:
    """Records, by id; the content is their text."""

    path: Path

    def put(self, key: str, content: bytes) -> None:
        self._write(self._held() | {key: content.decode()})

    def delete(self, key: str) -> None:
        self._write({held: text for held, text in self._held().items() if held != key})

    def source(self) -> AbstractAsyncContextManager[Source]:
        return open_lines(LinesSettings(self.path))

    def _held(self) -> dict[str, str]:
        records = map(json.loads, self.path.read_text().splitlines())
        return {record["id"]: record["text"] for record in records}

    def _write(self, records: dict[str, str]) -> None:
        lines = (json.dumps({"id": key, "text": text}) + "\n" for key, text in records.items())
        self.path.write_text("".join(lines))


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def s3_server() -> Iterator[str]:
    """Gives its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def s3_place(endpoint: str) -> S3Place:
    """An empty bucket, but for an object beside what is to be read."""
    bucket = f"seau-{uuid4()}"
    httpx.put(f"{endpoint}/{bucket}", trust_env=False).raise_for_status()
    obstore.put(_bucket(endpoint, bucket, ""), "notes-du-voisin/a.txt", b"Voisin.")
    return S3Place(endpoint, bucket)


def _bucket(endpoint: str, bucket: str, prefix: str) -> S3Store:
    return S3Store(
        bucket,
        prefix=prefix or None,
        endpoint=endpoint,
        access_key_id="clef",
        secret_access_key="secret",
        region="us-east-1",
        client_options={"allow_http": True, "proxy_url": NO_PROXY, "proxy_excludes": "127.0.0.1"},
    )


@contextmanager
def webdav_server(folder: Path, certificate: Certificate | None = None) -> Iterator[str]:
    """Serves that folder to one person; gives its address."""
    share = WsgiDAVApp(
        {
            "provider_mapping": {"/partage é": str(folder)},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "logging": {"enable": False},
            "verbose": 0,
        }
    )
    with serving(share, certificate) as address:
        yield f"{address}/partage%20%C3%A9/"


@contextmanager
def serving(application: Any, certificate: Certificate | None = None) -> Iterator[str]:
    """Serves a WSGI application; gives its address."""
    with make_server("127.0.0.1", 0, application, server_class=_Threaded, handler_class=_Quiet) as server:
        if certificate:
            tls = SSLContext(PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate.public, certificate.private)
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
