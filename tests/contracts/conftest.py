"""An empty index of each engine, for every test that asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from retrieval import Index
from tests.contracts.indexes import ENGINES, QUIET_ABOUT_INDEXES, opened


@pytest.fixture(params=[pytest.param(engine, marks=QUIET_ABOUT_INDEXES) for engine in ENGINES])
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Index]:
    async with opened(request.param, tmp_path) as index:
        yield index
        if request.param == "qdrant server":
            await index._client.delete_collection(index._name)  # type: ignore[attr-defined]
