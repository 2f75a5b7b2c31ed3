"""What the client of a Qdrant server does beside the port."""

import socket

import pytest

from retrieval import Encoding, IndexUnavailable
from retrieval.qdrant import QdrantSettings, open_qdrant


async def test_a_server_that_is_not_there_is_named_with_what_to_check() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(IndexUnavailable, match=f"{url} .*Vérifiez"):
            async with open_qdrant(QdrantSettings(url, Encoding("test", 4))):
                pass
