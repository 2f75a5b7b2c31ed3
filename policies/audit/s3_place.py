"""A bucket as a place for checkpoints.

What was put cannot be replaced by us (`If-None-Match: *`), nor deleted by anybody for as long as the bucket's own
object lock says. The lock does not keep another object from being put above it, which is what would be read: give the
bucket a default retention and a policy that refuses what comes without `If-None-Match`, and the assistant a key that
may list, read and put only.
"""

import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from policies.bucket import Bucket
from policies.errors import PlaceHolds, PlaceUnreachable


class S3Place:
    """A `Place`. Nothing is asked of the server before the first method. Raises `PlaceUnreachable`."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._label = f"s3://{bucket.name}/{bucket.prefix}".rstrip("/")
        with self._translated():
            self._store = bucket.store()

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
        try:
            with self._translated():
                store = self._bucket.store({"Content-MD5": md5})  # a bucket with object lock takes nothing without
                await obstore.put_async(store, name, content, mode="create", use_multipart=False)
        except AlreadyExistsError as error:
            if await self.read(name) != content:
                raise PlaceHolds(self.label, name) from error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except AlreadyExistsError:
            raise
        except (BaseError, OSError) as error:
            raise PlaceUnreachable(self._label, "il ne répond pas, ou refuse l’accès") from error
