"""A bucket (`policies.bucket`) as a source.

A key with empty segments or with «..» is no path, and stops the listing.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import obstore
from obstore.exceptions import BaseError, InvalidPathError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from ingestion.sources.errors import EntryGone, EntryRefused, SourceInvalid, SourceRefused, SourceUnreachable
from ingestion.sources.port import Entry, is_hidden
from policies.bucket import Bucket

PAGE = 1000  # keys; as many as a server gives at once
PIECE = 1 << 20  # bytes

# A listing that is refused has no error of its own.
_FORBIDDEN = re.compile(r"status code: 40[13]\b")


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
async def open_s3(bucket: Bucket) -> AsyncIterator[S3Source]:
    """Nothing is asked of the server yet. Raises `SourceInvalid`."""
    try:
        store = bucket.store()
    except OSError as error:
        raise SourceInvalid(f"Le fichier {bucket.ca} ne donne pas d’autorités de certification.") from error
    yield S3Source(store, f"{bucket.endpoint}/{bucket.name}")
