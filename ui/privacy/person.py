"""Whom somebody means by a name: the one person, or nobody."""

import json
import re
from contextlib import suppress
from dataclasses import dataclass

from policies.review.names import is_known
from policies.review.pseudonyms import Pseudonyms
from retrieval.rows import Connection, Pool, all_rows
from ui.errors import PersonAmbiguous, PersonNotFound, UiError
from ui.privacy import queries, work_queries
from ui.realm.directory import Directory


@dataclass(frozen=True, slots=True)
class Known:
    """A person of whom the product keeps something, by the name that was asked for."""

    subject: str
    name: str
    who: str  # their pseudonym

    @property
    def values(self) -> dict[str, str]:
        """For queries."""
        return {"subject": self.subject, "name": self.name, "who": self.who}


async def find(pool: Pool, directory: Directory, pseudonyms: Pseudonyms, name: str) -> Known:
    """The person whose name or subject that is, in the directory or in what is kept. The review has read the ledger.

    Raises `PersonNotFound`, `PersonAmbiguous` where several people have had that name.
    """
    async with pool.connection() as connection:
        subjects = await _kept(connection, pseudonyms, name)
    with suppress(UiError):  # unknown there, or Keycloak is away: what is kept here goes all the same
        subjects.add((await directory.find(name)).principal.subject)
    if not subjects:
        raise PersonNotFound(f"Ni l’annuaire ni le registre ne connaissent « {name} » ; vérifiez le nom.")
    if name in subjects:
        subjects = {name}
    if len(subjects) > 1:
        raise PersonAmbiguous(name, sorted(subjects))
    (subject,) = subjects
    return Known(subject, name, pseudonyms.of(subject))


async def _kept(connection: Connection, pseudonyms: Pseudonyms, name: str) -> set[str]:
    values = {"name": name.replace("\0", "")}
    named = (queries.SUBJECTS, work_queries.SUBJECTS)
    subjects = {row["subject"] for query in named for row in await all_rows(connection, query, values)}
    written = json.dumps(name, ensure_ascii=False)
    # Canonical JSON has the two fields in this order, at the end of the principal.
    search = {
        "needle": f'"username":{written}}}'.encode("utf-8", "surrogatepass"),
        "pattern": r'"subject":("(?:[^"\\]|\\.)*"),"username":' + re.escape(written) + "}",
    }
    rows = await (await connection.execute(queries.SUBJECTS_OF_RECORDS, search)).fetchall()
    subjects |= {json.loads(subject) for (subject,) in rows if subject}
    if await is_known(connection, pseudonyms.of(name)):
        subjects.add(name)
    return subjects - {""}
