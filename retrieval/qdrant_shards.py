"""Shards of a collection on a Qdrant cluster that have keys, so that those that answer can be asked alone.

A cluster answers a question from one active replica of each shard. With a second replica the loss of a node changes
nothing. Where no replica of a shard is left it answers no question at all (status 500), unless the question names the
shards that are to be asked, which only shards with keys let it do:
https://qdrant.tech/documentation/guides/distributed_deployment/#user-defined-sharding
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import httpx
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException

from retrieval.index import Point

PROBE_S = 2  # a shard that takes longer to count is taken for one that is away

NO_KEY: tuple[str, ...] = ()


def keys(count: int) -> tuple[str, ...]:
    """Of so many shards."""
    return tuple(str(number) for number in range(count))


@dataclass(frozen=True, slots=True)
class Shards:
    """Those of a collection, by key; none where the server shards it by itself."""

    keys: tuple[str, ...] = NO_KEY

    def placed(self, points: Sequence[Point]) -> Iterable[tuple[str | None, Sequence[Point]]]:
        """The points by the key of their shard: all of a document in one."""
        if not self.keys:
            return [(None, points)]
        placed: dict[str | None, list[Point]] = defaultdict(list)
        for point in points:
            place = crc32(f"{point.collection_id}/{point.document_id}".encode())
            placed[self.keys[place % len(self.keys)]].append(point)
        return placed.items()

    async def answering(self, client: AsyncQdrantClient, collection: str) -> list[int | str]:
        """The keys of the shards that answer; none where all do, for then something else is the matter."""

        async def answers(key: str) -> bool:
            try:
                await client.count(collection, exact=False, shard_key_selector=key, timeout=PROBE_S)
            except (ApiException, QdrantException, httpx.HTTPError, ValueError):
                return False
            return True

        there = await asyncio.gather(*map(answers, self.keys))
        found: list[int | str] = [key for key, is_there in zip(self.keys, there, strict=True) if is_there]
        return found if len(found) < len(self.keys) else []


async def shards_of(client: AsyncQdrantClient, collection: str) -> Shards:
    """As the collection was made. Raises what the client raises."""
    known = await client.get_collection(collection)
    if known.config.params.sharding_method is not models.ShardingMethod.CUSTOM:
        return Shards()
    listed = await client.list_shard_keys(collection)
    return Shards(tuple(sorted(str(one.key) for one in listed.shard_keys or ())))
