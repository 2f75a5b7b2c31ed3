"""What a server prepares before it answers."""

import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from policies import PostgresLedger, load_policy
from retrieval import Catalog, CollectionChanges, Collections
from ui import aide
from ui.database import Pool
from ui.identity import local_principal
from ui.keys import folder_secret


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_no_empty_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr(os, "fdopen", _full)
        with pytest.raises(OSError, match="space"):
            folder_secret(tmp_path)
    assert len(folder_secret(tmp_path)) == 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert folder_secret(tmp_path) == folder_secret(tmp_path)


async def test_the_guides_go_into_the_collection_of_that_name_first_those_of_agents_unless_it_is_paused(
    pool: Pool,
) -> None:
    stores = (pool, load_policy(), Catalog(), PostgresLedger())
    collections = Collections(*stores)
    await collections.create(local_principal(), "AIDE", "", owner="", readers=frozenset())
    told: list[tuple[str, bool]] = []

    async def ingest(_: object, name: str, guides: list[Path], *, base: Path, detach: bool) -> AsyncIterator[None]:
        told.extend((guide.name, detach) for guide in guides)
        return
        yield

    services: Any = SimpleNamespace(collections=collections, ingestion=SimpleNamespace(ingest=ingest))
    await aide.fill(services, Console(quiet=True))
    read = [
        ("charte-usage.md", False),
        ("guide-agent.md", False),
        ("guide-auditeur.md", True),
        ("guide-gestionnaire.md", True),
    ]
    assert told == read
    await CollectionChanges(*stores).pause(local_principal(), "aide")
    await aide.fill(services, Console(quiet=True))
    assert told == read
