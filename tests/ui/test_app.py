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
from ui.errors import SettingsInvalid
from ui.identity import local_principal
from ui.keys import derived, folder_secret, secret_of, write_privately
from ui.settings import Settings


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


def test_two_processes_that_begin_at_once_have_one_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    write_privately(path, b"the first", first=True)
    write_privately(path, b"the second", first=True)
    assert path.read_bytes() == b"the first"
    assert [*tmp_path.iterdir()] == [path]


def test_processes_with_the_same_secret_in_their_settings_share_all_that_comes_of_it(tmp_path: Path) -> None:
    one, other = (Settings(home=tmp_path / name, secret="s" * 32) for name in ("one", "other"))
    assert derived(secret_of(one), b"links") == derived(secret_of(other), b"links")
    assert secret_of(one) != secret_of(one.replaced(secret="t" * 32))
    assert "s" * 32 not in repr(one) + str(one.shown)
    with pytest.raises(SettingsInvalid, match=r"ASSISTANT_SECRET refusé.*32 caractères"):
        one.replaced(secret="court")


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
