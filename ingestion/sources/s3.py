"""A bucket that speaks Amazon's S3: MinIO, Ceph, OVHcloud, Scaleway, Amazon.

Buckets are named in the path (`https://s3.exemple.fr/seau`), as servers of one's own want it. Nothing is
taken from the process's environment: neither proxies nor credentials. Redirects are followed, without our
credentials: the library has no way to refuse them, so whoever names a server in the settings trusts it. A key
with empty segments or with «..» is no path, and stops the listing.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, InvalidPathError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from ingestion.sources.errors import EntryGone, EntryRefused, SourceInvalid, SourceRefused, SourceUnreachable
from ingestion.sources.port import Entry, is_hidden

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Credential

PAGE = 1000  # keys; as many as a server gives at once
PIECE = 1 << 20  # bytes

# It does not answer, and is never asked: a proxy that excludes the one host we talk to.
NO_PROXY = "http://127.0.0.1:9"

# A listing that is refused has no error of its own.
_FORBIDDEN = re.compile(r"status code: 40[13]\b")


@dataclass(frozen=True, slots=True)
class S3Settings:
    """`endpoint` is the server's address; without a `key`, requests are not signed.

    `ca` holds authorities to trust beside the system's. `patience` is for one answer to begin, or to go on.
    """

    endpoint: str
    bucket: str
    prefix: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)
    region: str = "us-east-1"
    ca: Path | None = None
    patience: timedelta = timedelta(seconds=60)


class S3Source:
    """A `Source` over the objects below a prefix."""

    def __init__(self, store: S3Store, place: str) -> None:
        self._store = store
        self._place = place

    async def entries(self) -> AsyncGenerator[Entry, None]:
        """All objects. Raises `SourceUnreachable`, `SourceRefused`."""
        with self._translated():
            async for page in obstore.list(self._store, chunk_size=PAGE):
                for found in page:
                    if any(map(is_hidden, found["path"].split("/"))):
                        continue
                    tag = found["e_tag"] or found["last_modified"].isoformat()
                    yield Entry(found["path"], found["size"], f"{tag}-{found['size']}")

    async def read(self, key: str) -> AsyncGenerator[bytes, None]:
        """One object. Raises `EntryGone`, `EntryRefused`, `SourceUnreachable`."""
        try:
            with self._translated():
                answer = await obstore.get_async(self._store, key)
                async for piece in answer.stream(min_chunk_size=PIECE):
                    yield bytes(piece)
        except FileNotFoundError as error:
            raise EntryGone(key) from error
        except SourceRefused as error:
            raise EntryRefused(key) from error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise SourceRefused(self._place) from error
        except InvalidPathError as error:
            raise SourceUnreachable(self._place, "une clef n’y est pas un chemin (« // » ou « .. »)") from error
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as error:
            if _FORBIDDEN.search(str(error)):
                raise SourceRefused(self._place) from error
            raise SourceUnreachable(self._place, "elle ne répond pas, ou pas comme un service S3") from error


@asynccontextmanager
async def open_s3(settings: S3Settings) -> AsyncIterator[S3Source]:
    """Nothing is asked of the server yet. Raises `SourceInvalid`."""
    host = urlsplit(settings.endpoint).hostname or ""
    store = S3Store(
        settings.bucket,
        prefix=settings.prefix or None,
        endpoint=settings.endpoint,
        region=settings.region,
        virtual_hosted_style_request=False,
        skip_signature=not settings.key,
        credential_provider=lambda: _credential(settings),
        client_options={
            "allow_http": settings.endpoint.startswith("http://"),
            "proxy_url": NO_PROXY,
            "proxy_excludes": host,
            "connect_timeout": timedelta(seconds=10),
            "read_timeout": settings.patience,
            "timeout": timedelta(hours=1),
            **_trusted(settings.ca),
        },
        retry_config={"max_retries": 3, "retry_timeout": settings.patience},
    )
    yield S3Source(store, f"{settings.endpoint}/{settings.bucket}")


def _credential(settings: S3Settings) -> "S3Credential":
    return {
        "access_key_id": settings.key,
        "secret_access_key": settings.secret,
        "token": None,
        "expires_at": None,
    }


def _trusted(ca: Path | None) -> "ClientConfig":
    try:
        return {} if ca is None else {"root_certificate": ca.read_bytes()}
    except OSError as error:
        raise SourceInvalid(f"Le fichier {ca} ne donne pas d’autorités de certification.") from error
