"""What people write and read is nowhere in the ledger, in what is made of it, or in a log: but for `ledger_content`."""

import logging
from uuid import uuid4

import httpx
import pytest
from psycopg import sql

from tests.ui.two_people import QUESTION, Web
from ui.database import Pool

NIR = "2 55 08 14 168 025 38"
READ = "La note sur le congé dit"  # stands in documents and answers

# Of the ledger, and of what is made of its records. Cases, notes and saved searches are kept by the review itself.
TABLES = """
select tablename from pg_tables
where schemaname = 'public' and tablename <> 'ledger_content'
    and (tablename like 'ledger%' or tablename in ('review_record', 'review_day', 'review_use', 'review_alert'))
"""


def _secret(what: str) -> str:
    return f"{what}{uuid4().hex}"


async def _tables(pool: Pool) -> str:
    """All that stands there; bytes are in hexadecimal digits."""
    async with pool.connection() as connection:
        names = [name for (name,) in await (await connection.execute(TABLES)).fetchall()]
        said = [
            str(
                await (
                    await connection.execute(sql.SQL("select t::text from {} t").format(sql.Identifier(name)))
                ).fetchall()
            )
            for name in names
        ]
    assert {"ledger_record", "review_record"} <= set(names)
    return " ".join(said)


async def test_nothing_that_is_typed_or_read_is_in_the_ledger_or_in_a_log(
    web: Web, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    secrets = {
        what: f"{_secret(what)} {NIR}" for what in ("question", "titre", "avis", "motif", "note", "fichier", "mots")
    }
    bob, claire, thread = web.headers("bob"), web.headers("claire"), web.theirs.conversation
    asked = f"{QUESTION} {secrets['question']}"
    async with web.page("bob", sessionId=web.theirs.page) as page:
        await page.begin()
        await page.ask(f"{QUESTION} {secrets['question'].removesuffix(NIR)}")
        answers = [
            await http.post("/v1/search", json={"question": asked}, headers=bob),
            await http.post(
                "/v1/chat/completions", json={"messages": [{"role": "user", "content": asked}]}, headers=bob
            ),
            await http.post("/recherche", data={"question": asked}, headers=bob),
            await http.get(web.theirs.passage, headers=bob),
            await http.put("/project/thread", json={"threadId": thread, "name": secrets["titre"]}, headers=bob),
            await http.get(f"/project/thread/{thread}", headers=bob),
            await http.get(f"/conversation/{thread}/export?format=md", headers=bob),
            await http.put(
                "/feedback",
                json={
                    "feedback": {"forId": web.theirs.exchange, "value": 0, "comment": secrets["avis"]},
                    "sessionId": web.theirs.page,
                },
                headers=bob,
            ),
            await http.post(
                f"/project/file?session_id={web.theirs.page}",
                files={"file": (f"{secrets['fichier']}.txt", secrets["fichier"].encode())},
                headers=bob,
            ),
            await http.post(
                "/audit/dossiers", data={"title": secrets["titre"], "reason": secrets["motif"]}, headers=claire
            ),
            await http.post("/audit/dossiers/1/notes", data={"text": secrets["note"]}, headers=claire),
            await http.post("/audit", data={"words": secrets["mots"]}, headers=claire),
            await http.post("/audit/recherches", data={"name": "Notes", "words": secrets["mots"]}, headers=claire),
            await http.get("/audit", headers=claire),
        ]
    refused = [(str(answer.url), answer.status_code) for answer in answers if answer.is_error]
    assert refused == []
    kept, told = await _tables(web.pool), "".join(capfd.readouterr()) + caplog.text
    for secret in (*(one.split()[0] for one in secrets.values()), NIR, NIR.replace(" ", ""), READ):
        assert secret not in kept
        assert secret.encode().hex() not in kept
        assert secret not in told
