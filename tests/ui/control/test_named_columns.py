"""Each column of the database that names a person is copied and erased with their data, or stays for a reason."""

import json
import re
import zipfile
from pathlib import Path
from uuid import uuid4

from policies import Principal
from tests.ui.commands.running import Run
from tests.ui.control.test_privacy import CLAIRE, OTHER, blobs, run, services
from ui.commands.main import application
from ui.database import Pool

__all__ = ["blobs", "run", "services"]

NAMING = re.compile(
    r"(^|_)(by|owner|subject|principal|username|author|who|person|user|asker|publisher|creator|auditor|reviewer|target)"
    r"(_|$)"
)

# A copy has what stands there; an erasure takes the row away, or the name out of it.
COPIED_AND_ERASED = {
    "announcement.published_by",
    "announcement.publisher",
    "asked_lately.subject",
    "bulk.principal",
    "conversation.owner",
    "conversation_choice.owner",
    "evaluation_run.asked_by",
    "evaluation_run.asker",
    "guidance.by",
    "model_choice.by",
    "publication.decided_by",
    "publication.signed_by",
    "publication.submitted_by",
    "question_set.created_by",
    "question_set.creator",
    "session.subject",
    "session.username",
    "task_template.by",
}

PSEUDONYM = "a pseudonym; the name behind it stands in the ledger alone, and the copy has those records"
AUDITOR = "who audits answers for it as long as the file lasts: kept as the ledger is"

STAYS = {
    "answer_figure.asker": "nobody can tell whose it is once the month's key is gone",
    "figure_asker.asker": "nobody can tell whose it is once the month's key is gone",
    "collection.owner": "the service that keeps it; a private one goes with its person's conversations",
    "document_version.author": "who signed a text of the administration",
    "document_version.author_key": "who signed a text of the administration",
    "document_version.replaced_by": "a text, not a person",
    "reception.principal": "copied; who brought documents answers for them until their collection goes",
    "source.principal": "copied; the source acts in their name until somebody else has it followed",
    "review_alert.who": PSEUDONYM,
    "review_record.who": PSEUDONYM,
    "review_hold.target": PSEUDONYM,
    "review_request.target": PSEUDONYM,
    "review_alert_note.written_by": AUDITOR,
    "review_case.opened_by": AUDITOR,
    "review_case.closed_by": AUDITOR,
    "review_case_note.written_by": AUDITOR,
    "review_case_record.attached_by": AUDITOR,
    "review_hold.placed_by": AUDITOR,
    "review_hold.released_by": AUDITOR,
    "review_request.asked_by": AUDITOR,
    "review_request.decided_by": AUDITOR,
    "review_request.revoked_by": AUDITOR,
    "review_search.auditor": AUDITOR,
}


async def _columns(pool: Pool) -> set[str]:
    async with pool.connection() as connection:
        rows = await (
            await connection.execute(
                "select table_name, column_name from information_schema.columns "
                "where table_schema = 'public' and table_name not like 'procrastinate%' "
                "and data_type in ('text', 'jsonb', 'bytea', 'ARRAY', 'character varying')"
            )
        ).fetchall()
    return {f"{table}.{column}" for table, column in rows}


async def test_each_column_that_names_a_person_is_copied_and_erased_or_stays_for_a_reason(pool: Pool) -> None:
    naming = {name for name in await _columns(pool) if NAMING.search(name.partition(".")[2])}
    assert naming == COPIED_AND_ERASED | STAYS.keys()


async def _work(pool: Pool, person: Principal) -> None:
    """One row of each kind of work that bears their name, all of it done."""
    principal, version = json.dumps(person.as_json()), {"s-claire": 1, "s-paul": 2}[person.subject]
    values = {
        "collection": uuid4(),
        "set": uuid4(),
        "principal": principal,
        "subject": person.subject,
        "name": person.username,
        "version": version,
    }
    async with pool.connection() as connection:
        for query in (
            "insert into collection (id, name, name_key, owner, description, readers) "
            "values (%(collection)s, %(set)s::text, %(set)s::text, 'DGS', '', '{}')",
            "insert into publication "
            "(id, collection_id, state, is_first, submitted_by, signed_by, decided_by, ended_at) "
            "values (gen_random_uuid(), %(collection)s, 'published', true, "
            "%(principal)s, %(principal)s, %(principal)s, now())",
            "insert into bulk (id, principal, change, documents, ended_at) "
            "values (gen_random_uuid(), %(principal)s, 'retry', 3, now())",
            "insert into announcement (text, kind, starts_at, ends_at, published_by, publisher, published_at) "
            "values ('Fermé lundi', 'info', now(), now() + interval '1 day', %(name)s, %(subject)s, now())",
            "insert into model_choice (version, file, sha256, format, context, by) "
            "values (%(version)s, 'un.gguf', 'x', 'x', 1, %(subject)s)",
            "insert into guidance (version, text, by) values (%(version)s, 'Soyez bref', %(subject)s)",
            "insert into task_template (name, version, source, by) values ('note', %(version)s, '', %(subject)s)",
            "insert into question_set (id, collection_id, name, name_key, created_by, creator) "
            "values (%(set)s, %(collection)s, 'Jeu', 'jeu', %(name)s, %(subject)s)",
            "insert into evaluation_run (id, set_id, kind, state, depth, asked_by, asker, questions) "
            "values (gen_random_uuid(), %(set)s, 'search', 'finished', 10, %(name)s, %(subject)s, 1)",
        ):
            await connection.execute(query, values)


async def _naming(pool: Pool, *words: str) -> set[str]:
    """The columns in which one of these words stands."""
    found = set()
    async with pool.connection() as connection:
        for name in sorted(await _columns(pool)):
            table, _, column = name.partition(".")
            if table.startswith("ledger_"):
                continue
            query = f"""select exists (select from "{table}" where "{column}"::text ~ %s)"""  # noqa: S608 - of the catalogue
            row = await (await connection.execute(query, ["|".join(words)])).fetchone()
            if row and row[0]:
                found.add(name)
    return found


async def test_what_bears_a_name_is_copied_and_an_erasure_takes_the_name_out(
    run: Run, pool: Pool, tmp_path: Path
) -> None:
    await _work(pool, CLAIRE)
    assert await _naming(pool, "claire") == {
        name for name in COPIED_AND_ERASED if not name.startswith(("asked_", "conversation", "session"))
    }
    copied = await run(application, "privacy", "export", "claire", "--out", tmp_path / "copie.zip", "--json")
    assert copied.json["counts"]["travaux"] == 10
    with zipfile.ZipFile(tmp_path / "copie.zip") as archive:
        work = {one["what"]: one["about"] for one in json.loads(archive.read("travaux.json"))}
    assert (work["annonce"], work["consignes"], work["évaluation"]) == ("Fermé lundi", "Soyez bref", "Jeu")
    told = await run(application, "privacy", "erase", "s-claire", "--yes")
    assert "9 mentions de son nom" in told.out
    assert await _naming(pool, "claire") == set()


async def test_an_erasure_leaves_the_names_of_others_and_of_who_is_at_work(run: Run, pool: Pool) -> None:
    await _work(pool, OTHER)
    before = await _naming(pool, "paul")
    await _work(pool, CLAIRE)
    async with pool.connection() as connection:
        await connection.execute("update bulk set ended_at = null where principal ->> 'subject' = 's-claire'")
        await connection.execute(
            "update publication set ended_at = null, state = 'publishing' where submitted_by ->> 'subject' = 's-claire'"
        )
    await run(application, "privacy", "erase", "s-claire", "--yes")
    assert await _naming(pool, "paul") == before
    assert await _naming(pool, "claire") == {
        "bulk.principal",
        "publication.submitted_by",
        "publication.signed_by",
        "publication.decided_by",
    }
