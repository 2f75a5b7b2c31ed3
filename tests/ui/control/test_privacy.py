"""One person's data: a copy with everything, an erasure that leaves nothing, and what a hold keeps."""

import base64
import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg import sql

from assistant.conversation import Feedback, Reply
from assistant.conversations import Conversations
from ingestion import BlobSettings, open_blobs
from ingestion.blobs import BlobStore
from policies import (
    Act,
    CedarPolicy,
    Checkpoint,
    Checkpoints,
    Event,
    LedgerUnavailable,
    PostgresLedger,
    Principal,
    SigningKey,
    Tree,
    read_retention,
)
from policies.audit.merkle import verify_inclusion
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from retrieval.catalog import Catalog
from tests.ui.commands.running import Run, runner, serving
from ui.commands.main import application
from ui.control.privacy import PrivacyServices, privacy_router
from ui.database import Pool
from ui.privacy.copy import Copying
from ui.privacy.erasure import Erasure
from ui.realm.directory import LocalDirectory

SECRET = "perlimpinpin"  # stands in all that the person wrote
CLAIRE = Principal("s-claire", "claire", frozenset({"/DGS"}), frozenset())
OTHER = Principal("s-paul", "paul", frozenset(), frozenset())


async def _nothing() -> None:
    """The index has nothing of anybody."""


async def _file(content: bytes) -> AsyncIterator[bytes]:
    yield content


@pytest.fixture
async def blobs(tmp_path: Path) -> AsyncIterator[BlobStore]:
    async with open_blobs(BlobSettings(tmp_path / "blobs")) as blobs:
        yield blobs


@pytest.fixture
def services(pool: Pool, policy: CedarPolicy, blobs: BlobStore, agent: Principal) -> PrivacyServices:
    ledger, projection = PostgresLedger(), Projection(pool, Pseudonyms(b"tests"))
    return PrivacyServices(
        pool=pool,
        policy=policy,
        ledger=ledger,
        directory=LocalDirectory(agent),
        copying=Copying(pool, ledger, projection, blobs),
        erasure=Erasure(
            pool=pool,
            ledger=ledger,
            projection=projection,
            checkpoints=Checkpoints(pool, [SigningKey.generated("essai")]),
            tree=Tree(),
            retention=read_retention(),
            blobs=blobs,
            erase_index=_nothing,
        ),
    )


@pytest.fixture
async def run(
    tmp_path: Path, services: PrivacyServices, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes."""
    async with serving(tmp_path / "home", privacy_router(services)):
        yield runner(tmp_path / "home", monkeypatch, capsys)


@pytest.fixture
def converse(pool: Pool, blobs: BlobStore) -> Callable[[Principal], Awaitable[UUID]]:
    """Has a person leave a secret in everything that they can write."""

    async def begin(person: Principal) -> UUID:
        ledger, conversation, exchange = PostgresLedger(), uuid4(), uuid4()
        conversations = Conversations(ledger)
        blob = await blobs.put(_file(f"{SECRET} de {person.subject}".encode()))
        details: Mapping[str, Any] = {"conversation": str(conversation), "answer_id": str(exchange)}
        async with pool.connection() as connection:
            await conversations.ask(connection, person, conversation, exchange, f"{SECRET} ?")
            await conversations.reply(connection, person, exchange, Reply(f"{SECRET}.", (), model="essai"))
            await connection.execute("insert into asked_lately (subject) values (%s)", [person.subject])
            collection = await Catalog().private_collection(connection, person.subject, conversation, create=True)
            assert collection is not None
            file = uuid4()
            await connection.execute(
                "insert into attachment (id, collection_id, name, sha256) values (%s, %s, %s, 'x')",
                [file, collection.id, f"{SECRET}.txt"],
            )
            await connection.execute(
                "insert into document (collection_id, id, version, sha256, state) values (%s, %s, 1, 'x', 'indexed')",
                [collection.id, str(file)],
            )
            await connection.execute(
                "insert into document_version (collection_id, document_id, version, title, url, text) "
                "values (%(c)s, %(d)s, 1, %(s)s, '', %(s)s)",
                {"c": collection.id, "d": str(file), "s": SECRET},
            )
            reception = uuid4()
            await connection.execute(
                "insert into reception (id, collection_id, principal) values (%s, %s, %s)",
                [reception, collection.id, json.dumps(person.as_json())],
            )
            await connection.execute(
                "insert into received (collection_id, document_id, version, reception_id, job_id, name, blob) "
                "values (%s, %s, 1, %s, 1, %s, %s)",
                [collection.id, str(file), reception, f"{SECRET}.txt", blob],
            )
            await ledger.append(connection, Event(Act.QUESTION_ASKED, person, details, {"question": f"{SECRET} ?"}))
            await ledger.append(connection, Event(Act.ANSWER_GIVEN, person, details, {"answer": f"{SECRET}."}))
            await ledger.append(connection, Event(Act.SEARCHED, person, {}, {"question": SECRET}))
            await conversations.rate(connection, person, exchange, Feedback(useful=False, reason=SECRET))
            await conversations.rename(connection, person, conversation, SECRET)
        return conversation

    return begin


async def found(pool: Pool) -> dict[str, int]:
    """In how many rows of each table the secret stands, written out or as bytes."""
    hexadecimal = SECRET.encode().hex()
    async with pool.connection() as connection:
        names = await (
            await connection.execute("select tablename from pg_tables where schemaname = 'public'")
        ).fetchall()
        rows = {}
        for (name,) in names:
            query = sql.SQL("select count(*) from {0} where position(%s in {0}::text) + position(%s in {0}::text) > 0")
            row = await (await connection.execute(query.format(sql.Identifier(name)), [SECRET, hexadecimal])).fetchone()
            assert row is not None
            rows[name] = row[0]
    return {name: count for name, count in rows.items() if count}


async def originals(blobs: BlobStore) -> int:
    return len([name async for name in blobs.names()])


async def test_an_erasure_leaves_nothing_of_what_the_person_wrote(
    run: Run, pool: Pool, blobs: BlobStore, converse: Callable[[Principal], Awaitable[UUID]]
) -> None:
    await converse(CLAIRE)
    await converse(CLAIRE)
    assert {"conversation", "exchange", "ledger_content", "attachment", "document_version"} <= set(await found(pool))
    told = await run(application, "privacy", "erase", "claire", "--yes")
    assert (told.code, await found(pool), await originals(blobs)) == (0, {}, 0)
    assert "2 conversations" in told.out
    assert "10 textes" in told.out
    assert "Dans le registre : qui a fait quoi et quand, sans les textes" in told.out
    again = await run(application, "privacy", "erase", "claire", "--yes")
    assert "Il n’y avait rien à effacer." in again.out


async def test_others_keep_what_is_theirs(
    run: Run, pool: Pool, blobs: BlobStore, converse: Callable[[Principal], Awaitable[UUID]]
) -> None:
    await converse(OTHER)
    before = await found(pool)
    await converse(CLAIRE)
    await run(application, "privacy", "erase", "s-claire", "--yes")
    assert (await found(pool), await originals(blobs)) == (before, 1)


async def test_the_report_proves_that_the_erasure_is_on_record(
    run: Run, pool: Pool, tmp_path: Path, converse: Callable[[Principal], Awaitable[UUID]]
) -> None:
    await converse(CLAIRE)
    path = tmp_path / "rapport.json"
    await run(application, "privacy", "erase", "claire", "--yes", "--report", path)
    report = json.loads(path.read_text(encoding="utf-8"))
    proof = report["proof"]
    note = proof["checkpoint"]
    root = Checkpoint.parse(note.partition("\n\n")[0] + "\n").root
    verify_inclusion(
        bytes.fromhex(proof["leaf"]),
        proof["record"],
        proof["size"],
        [bytes.fromhex(one) for one in proof["path"]],
        root,
    )
    assert base64.b64encode(root).decode() in note
    async with pool.connection() as connection:
        body = await (
            await connection.execute("select body from ledger_record where index = %s", [proof["record"]])
        ).fetchone()
    assert body is not None
    assert json.loads(bytes(body[0]))["act"] == Act.PERSON_ERASED


async def test_what_a_hold_keeps_stays_and_is_told(
    run: Run, pool: Pool, services: PrivacyServices, converse: Callable[[Principal], Awaitable[UUID]]
) -> None:
    held, _ = await converse(CLAIRE), await converse(CLAIRE)
    await services.erasure.projection.catch_up()
    async with pool.connection() as connection:
        await connection.execute(
            "insert into review_case (title, reason, opened_by, opened_at) values ('d', 'r', 'a', now())"
        )
        await connection.execute(
            "insert into review_hold (case_id, kind, target, reason, placed_by, placed_at) "
            "select max(id), 'conversation', %s, 'r', 'a', now() from review_case",
            [str(held)],
        )
    told = await run(application, "privacy", "erase", "claire", "--yes")
    assert "Retenus par un gel, jusqu’à sa levée : 1 conversations et 4 textes" in told.out
    assert (await found(pool))["conversation"] == 1
    async with pool.connection() as connection:
        await connection.execute("update review_hold set released_by = 'b', released_at = now()")
    await run(application, "privacy", "erase", "claire", "--yes")
    assert await found(pool) == {}


async def test_a_copy_holds_everything(
    run: Run, tmp_path: Path, converse: Callable[[Principal], Awaitable[UUID]]
) -> None:
    conversation, path = await converse(CLAIRE), tmp_path / "copie.zip"
    await converse(OTHER)
    told = await run(application, "privacy", "export", "claire", "--out", path, "--json")
    assert told.json["counts"] == {
        "conversations": 1,
        "fichiers": 1,
        "sessions": 0,
        "imports": 1,
        "sources": 0,
        "travaux": 0,
        "originaux": 1,
        "enregistrements": 5,
        "enregistrements_a_son_sujet": 0,
    }
    with zipfile.ZipFile(path) as archive:
        (kept,) = json.loads(archive.read("conversations.json"))
        records = [json.loads(line) for line in archive.read("registre.jsonl").splitlines()]
        (original,) = [name for name in archive.namelist() if name.startswith("fichiers/")]
        assert archive.read(original).decode() == f"{SECRET} de s-claire"
        assert "claire" in archive.read("LISEZMOI.txt").decode()
        assert b"paul" not in b"".join(archive.read(name) for name in archive.namelist())
    assert (kept["id"], kept["exchanges"][0]["reason"]) == (str(conversation), SECRET)
    assert records[0]["texts"] == {"question": f"{SECRET} ?"}
    refused = await run(application, "privacy", "export", "claire", "--out", path)
    assert "existe déjà" in refused.error


async def test_two_people_of_one_name_are_told_apart_by_their_subjects(
    run: Run, converse: Callable[[Principal], Awaitable[UUID]]
) -> None:
    await converse(CLAIRE)
    await converse(replace(OTHER, username="claire"))
    refused = await run(application, "privacy", "erase", "claire", "--yes")
    assert "s-claire, s-paul" in refused.error
    assert (await run(application, "privacy", "erase", "s-claire", "--yes")).code == 0


async def test_an_unknown_person_is_one_clear_line(run: Run) -> None:
    assert "ne connaissent « Personne »" in (await run(application, "privacy", "erase", "Personne", "--yes")).error


async def test_an_erasure_takes_a_word_of_consent(run: Run) -> None:
    refused = await run(application, "privacy", "erase", "claire")
    assert "ajoutez --yes" in refused.err


async def test_what_cannot_be_recorded_is_not_erased(
    pool: Pool, services: PrivacyServices, administrateur: Principal, converse: Callable[[Principal], Awaitable[UUID]]
) -> None:
    class Full(PostgresLedger):
        async def append(self, *_: object) -> int:
            raise LedgerUnavailable("plein")

    await converse(CLAIRE)
    before = await found(pool)
    full = replace(services.erasure, ledger=Full())
    person = await services.person(administrateur, "claire")
    with pytest.raises(LedgerUnavailable, match="plein"):
        await full.erase(administrateur, person)
    assert await found(pool) == before
