"""A bucket as a place for checkpoints.

What was put cannot be replaced by us (`If-None-Match: *`), nor deleted by anybody for as long as the bucket's own
object lock says. The lock does not keep another object from being put above it, which is what would be read: give the
bucket a default retention and a policy that refuses what comes without `If-None-Match`, and the assistant a key that
may list, read and put only. Nothing is taken from the process's environment: neither proxies nor credentials.
"""

import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from policies.errors import PlaceHolds, PlaceUnreachable

if TYPE_CHECKING:
    from obstore.store import ClientConfig

# It does not answer, and is never asked: a proxy that excludes the one host we talk to.
_NO_PROXY = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class S3PlaceSettings:
    """`endpoint` is the server's address, in whose path buckets are named; `ca` holds authorities to trust beside the
    system's. `patience` is for one answer."""

    endpoint: str
    bucket: str
    prefix: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)
    region: str = "us-east-1"
    ca: Path | None = None
    patience: timedelta = timedelta(seconds=30)


class S3Place:
    """A `Place`. Nothing is asked of the server before the first method. Raises `PlaceUnreachable`."""

    def __init__(self, settings: S3PlaceSettings) -> None:
        self._settings = settings
        self._label = f"s3://{settings.bucket}/{settings.prefix}".rstrip("/")
        with self._translated():
            self._authorities = settings.ca.read_bytes() if settings.ca else None
        self._store = self._opened({})

    @property
    def label(self) -> str:
        """Its address."""
        return self._label

    async def names(self) -> AsyncIterator[str]:
        """Of all objects below the prefix."""
        with self._translated():
            async for page in obstore.list(self._store):
                for found in page:
                    yield found["path"]

    async def read(self, name: str) -> bytes:
        """An object whole."""
        with self._translated():
            answer = await obstore.get_async(self._store, name)
            return bytes(await answer.bytes_async())

    async def put(self, name: str, content: bytes) -> None:
        """Make an object. Raises `PlaceHolds`."""
        md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        store = self._opened({"Content-MD5": md5})  # a bucket with object lock takes nothing without
        try:
            with self._translated():
                await obstore.put_async(store, name, content, mode="create", use_multipart=False)
        except AlreadyExistsError as error:
            if await self.read(name) != content:
                raise PlaceHolds(self.label, name) from error

    def _opened(self, headers: dict[str, str]) -> S3Store:
        """The bucket, with these headers in each request."""
        settings = self._settings
        options: ClientConfig = {
            "allow_http": settings.endpoint.startswith("http://"),
            "proxy_url": _NO_PROXY,
            "proxy_excludes": urlsplit(settings.endpoint).hostname or "",
            "connect_timeout": timedelta(seconds=10),
            "timeout": settings.patience,
            "default_headers": headers,
        }
        if self._authorities is not None:
            options["root_certificate"] = self._authorities
        return S3Store(
            settings.bucket,
            prefix=settings.prefix or None,
            endpoint=settings.endpoint,
            region=settings.region,
            access_key_id=settings.key,
            secret_access_key=settings.secret,
            virtual_hosted_style_request=False,
            client_options=options,
            retry_config={"max_retries": 2, "retry_timeout": settings.patience},
        )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except AlreadyExistsError:
            raise
        except (BaseError, OSError) as error:
            raise PlaceUnreachable(self._label, "il ne répond pas, ou refuse l’accès") from error
