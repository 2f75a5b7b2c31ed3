"""Jobs and the comparison of catalogue and index, behind the command line."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from policies import Principal
from tests.ui.commands.running import Run, runner
from ui.access import open_access
from ui.commands.main import application
from ui.control.routes import control_application
from ui.database import DatabaseSettings, Pool
from ui.home import listening, own
from ui.opening import open_services
from ui.server import GuestServer
from ui.settings import Settings

NAME = "RH"


@pytest.fixture
async def assistant(
    tmp_path: Path,
    pool: Pool,
    postgres: DatabaseSettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Run]:
    """Commands beside a server that has no worker, and two documents that wait."""
    settings = Settings(home=tmp_path / "home", postgres=postgres.url, worker="off")
    for n in (1, 2):
        (tmp_path / f"note{n}.txt").write_text(f"Note {n}.")
    async with (
        open_services(settings) as services,
        open_access(settings, services.pool, services.ledger) as access,
    ):
        with own(settings.home), listening(settings.home) as listener:
            server = GuestServer(control_application(services, access))
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            run = runner(settings.home, monkeypatch, capsys)
            await run(application, "collections", "create", NAME)
            yield run
            server.should_exit = True
            await serving


async def _listed(assistant: Run, *options: str) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = (await assistant(application, "jobs", "list", *options, "--json")).json[
        "documents"
    ]
    return documents


async def test_documents_are_received_listed_cancelled_and_retried_at_the_command_line(
    assistant: Run, tmp_path: Path
) -> None:
    notes = [tmp_path / "note1.txt", tmp_path / "note2.txt"]
    received = await assistant(application, "ingest", *notes, "--collection", NAME, "--detach")
    assert received.out.startswith("2 documents en attente de traitement.")

    waiting = await _listed(assistant, "--collection", NAME)
    assert [(one["document_id"], one["state"]) for one in waiting] == [(str(note), "waiting") for note in notes]
    job = waiting[0]["job"]

    assert (await assistant(application, "jobs", "cancel", str(job))).out == "2 documents : annulé.\n"
    shown = await assistant(application, "jobs", "list", "--state", "failed")
    assert shown.out.count("Importation annulée") == 2
    assert (await assistant(application, "jobs", "retry", str(job), "--json")).json["documents"] == 2
    assert {one["state"] for one in await _listed(assistant)} == {"waiting"}
    assert (await assistant(application, "jobs", "retry-failed", "--json")).json == {"documents": 0}
    assert "n’existe pas" in (await assistant(application, "jobs", "cancel", "999999999")).error


async def test_a_reason_that_names_its_document_does_not_get_the_name_before_it(
    assistant: Run, tmp_path: Path, pool: Pool
) -> None:
    note = tmp_path / "note1.txt"
    await assistant(application, "ingest", note, "--collection", NAME, "--detach")
    reason = f"{note} : ce fichier est endommagé."
    async with pool.connection() as connection:
        await connection.execute("update document set state = 'failed', failure = %s", [reason])
    shown = "".join((await assistant(application, "jobs", "list")).out.split())
    assert shown.endswith("".join(reason.split()))
    assert shown.count(f"{note}:") == 1


async def test_an_import_says_that_no_worker_is_there(
    assistant: Run, tmp_path: Path, postgres: DatabaseSettings
) -> None:
    importing = asyncio.ensure_future(assistant(application, "ingest", tmp_path / "note1.txt", "--collection", NAME))
    while not await _received(postgres):
        continue
    blobs = tmp_path / "home" / "blobs"
    async with open_services(Settings(home=tmp_path / "other", postgres=postgres.url, blobs=blobs)):  # has one
        outcome = await importing
    assert "Aucun processus de traitement n’est en marche" in outcome.err
    assert outcome.out.startswith("Ajoutés : 1")


async def _received(postgres: DatabaseSettings) -> int:
    async with await psycopg.AsyncConnection.connect(postgres.url) as connection:
        row = await (await connection.execute("select count(*) from received")).fetchone()
    return int(row[0]) if row else 0


async def test_what_an_earlier_version_read_is_read_again_at_the_command_line(
    assistant: Run, tmp_path: Path, pool: Pool
) -> None:
    await assistant(application, "ingest", tmp_path / "note1.txt", "--collection", NAME, "--detach")
    assert "Rien à relire" in (await assistant(application, "reindex", "--collection", NAME)).out
    async with pool.connection() as connection:
        await connection.execute("update document set state = 'indexed'")
        await connection.execute("update received set pipeline = 'an earlier one'")
    renewed = await assistant(application, "reindex", "--collection", NAME)
    assert renewed.out.startswith("1 document à relire")
    assert [(one["version"], one["state"]) for one in await _listed(assistant)] == [(1, "waiting")]


async def test_the_way_to_another_embedding_model_is_told_and_left_at_the_command_line(
    assistant: Run, pool: Pool
) -> None:
    told = await assistant(application, "reindex")
    assert told.out.startswith("Modèle de vecteurs en service : multilingual-e5-small-q4\n")
    assert "ASSISTANT_EMBEDDING_NEXT" in told.out
    assert "Aucun autre" in (await assistant(application, "reindex", "--abandon")).out

    async with pool.connection() as connection:  # by a process with other settings
        await connection.execute("insert into vector_space (place, embedding, state) values ('x', 'autre', 'next')")
    told = await assistant(application, "reindex")
    assert "Prochain : autre, prêt pour 0 sur 0 document (100 %)" in told.out
    assert "ne le nomment pas" in told.out
    assert (await assistant(application, "reindex", "--json")).json["next"] == "autre"
    assert "« autre » est abandonné" in (await assistant(application, "reindex", "--abandon")).out
    assert (await assistant(application, "reindex", "--json")).json["next"] == ""
    assert "--collection" in (await assistant(application, "reindex", "--abandon", "--collection", NAME)).err


async def test_the_doctor_compares_and_repairs(assistant: Run, pool: Pool, administrateur: Principal) -> None:
    agreed = await assistant(application, "doctor", "--index")
    assert (agreed.code, agreed.out) == (0, "✓ 0 document du catalogue, 0 morceau de l’index : d’accord.\n")
    async with pool.connection() as connection:
        await connection.execute(
            "insert into document (collection_id, id, version, sha256, state)"
            " select id, 'lost', 1, '', 'indexed' from collection"
        )
        await connection.execute(
            "insert into document_version (collection_id, document_id, version, title, url, text)"
            " select id, 'lost', 1, '', '', '' from collection"
        )
    found = await assistant(application, "doctor", "--index")
    assert found.code == 1
    assert "1 document dont des morceaux manquent" in found.out
    repaired = await assistant(application, "doctor", "--index", "--repair")
    assert (repaired.code, "Réparé" in repaired.out) == (0, True)
    assert (await assistant(application, "doctor", "--index", "--json")).json["agree"]
    assert "--index" in (await assistant(application, "doctor", "--repair")).err
