"""What an auditor sees of the register, as a file: CSV, JSON, or a PDF report with its signature beside it.

1. The file is recorded, with its SHA-256, before it is given.
2. It holds what the pages show: pseudonyms, no name.
3. No cell of a CSV file is a formula to a spreadsheet, whatever a document is called (CWE-1236).
"""

import asyncio
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Transaction
from policies.audit.note import SigningKey, signed
from policies.review.entry import Entry
from policies.review.errors import ReviewInvalid
from policies.review.filters import Filters
from ui.auditing import Auditing
from ui.errors import RequestMalformed
from ui.form_body import form_pairs
from ui.pages import moment, number
from ui.review.filter_form import FilterForm, recorded
from ui.review.pdf import Report, report_pdf
from ui.review.register import LONGEST_BODY, MOST_READ, Register, narrowed, row
from ui.review.shell import Shell
from ui.spreadsheet import csv_table

STEP = 500  # entries that are read at once
MOST = {"csv": 10_000, "json": 10_000, "pdf": 1_000}  # entries of a file

HEADS = (
    "numero",
    "date_heure_utc",
    "acte",
    "libelle",
    "personne",
    "concerne",
    "collections",
    "documents",
    "signalements",
)

REPORT = "revue.pdf"
READ_ME = """\
Ce dossier contient un rapport de la revue de l’assistant, revue.pdf, et sa signature, revue.pdf.note.

La signature est une note signée (C2SP signed-note, Ed25519) : sa deuxième ligne est l’empreinte SHA-256 de revue.pdf.
La clé publique qui la vérifie est dans cles.txt ; comparez-la à celle que l’équipe de sécurité a publiée.

Pour comparer l’empreinte : sha256sum revue.pdf
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file is made of."""

    entries: Sequence[Entry]
    collections: Mapping[str, str]
    filters: Mapping[str, Json]
    said: Sequence[str]
    """The filters in French, one a line."""
    by: str
    at: dt.datetime


def export_router(shell: Shell, register: Register, auditing: Auditing) -> APIRouter:
    """The route of the files."""
    router = shell.router()

    @router.post("/export")
    async def export(request: Request) -> Response:
        pairs = await form_pairs(request, LONGEST_BODY)
        form, kind = FilterForm.of_pairs(pairs).turned(None), dict(pairs).get("format", "")
        if kind not in MOST:
            raise RequestMalformed("Ce format n’existe pas. Choisissez csv, json ou pdf.")
        filters, auditor = form.filters(), await shell.caller()
        await register.projection.catch_up(MOST_READ)
        async with shell.pool.connection() as connection:
            entries = await _entries(connection, register, filters, MOST[kind])
            names = await register.collections(connection)
        said = [f"{name}\u202f: {value}" for name, value, _ in narrowed(form, names)] or ["Aucun filtre"]
        by, now = auditing.pseudonyms.of(auditor.subject), dt.datetime.now(dt.UTC)
        seen = Seen(entries, names, recorded(filters), said, by, now)
        file = await asyncio.to_thread(_WRITERS[kind][0], seen, auditing.checkpoints.keys[0])
        told: dict[str, Json] = {
            "page": "register",
            "filters": recorded(filters),
            "entries": len(entries),
            "format": kind,
            "sha256": hashlib.sha256(file).hexdigest(),
        }
        words = {"words": filters.words} if filters.words else {}
        async with shell.pool.connection() as connection:
            await register.ledger.append(connection, Event(Act.REVIEW_EXPORTED, auditor, told, words))
        _, suffix, media_type = _WRITERS[kind]
        headers = {
            "Content-Disposition": f'attachment; filename="revue-{now:%Y%m%d-%H%M%S}.{suffix}"',
            "Cache-Control": "no-store",
        }
        return Response(file, media_type=media_type, headers=headers)

    return router


async def _entries(connection: Transaction, register: Register, filters: Filters, most: int) -> list[Entry]:
    """All that the filters let through, the newest first. Raises `ReviewInvalid` where they are too many."""
    entries: list[Entry] = []
    before = None
    while True:
        page = await register.timeline.page(connection, filters, before, STEP)
        entries += page.entries
        if len(entries) > most or (page.next is not None and len(entries) >= most):
            raise ReviewInvalid(
                f"Ces filtres montrent plus de {number(most)} actes, trop pour ce format. Resserrez la période, ou "
                "exportez le registre entier par «\u00a0assistant audit export\u00a0»."
            )
        if page.next is None:
            return entries
        before = page.next


def csv_file(seen: Seen, _: SigningKey | None = None) -> bytes:
    """A line an entry."""
    return csv_table(HEADS, (_cells(entry, seen.collections) for entry in seen.entries), delimiter=",")


def _cells(entry: Entry, collections: Mapping[str, str]) -> list[str]:
    line = row(entry, collections, documents=None)
    return [
        str(entry.index),
        entry.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        entry.act,
        line.act,
        entry.who,
        *("; ".join(some) for some in (line.about, line.collections, line.documents, line.signs)),
    ]


def json_file(seen: Seen, _: SigningKey | None = None) -> bytes:
    """The entries with all their details, under pseudonyms."""
    entries = [
        {
            "index": entry.index,
            "at": entry.at.astimezone(dt.UTC).isoformat(),
            "act": entry.act,
            "who": entry.who,
            "origin": entry.origin,
            "roles": [*entry.roles],
            "details": entry.details,
            "content": entry.content,
        }
        for entry in seen.entries
    ]
    made = {"made_at": seen.at.isoformat(), "made_by": seen.by, "filters": seen.filters, "entries": entries}
    return json.dumps(made, ensure_ascii=False, indent=2).encode("utf-8", "replace")


def pdf_file(seen: Seen, key: SigningKey) -> bytes:
    """An archive of the report, its signature and the key that verifies it."""
    lines = (
        f"Fait le {moment(seen.at)} (Paris) par {seen.by}",
        *seen.said,
        _counted(len(seen.entries)),
    )
    rows = [row(entry, seen.collections) for entry in seen.entries]
    report = report_pdf(Report("Revue du registre d’audit", lines, seen.at), rows)
    note = signed(f"{REPORT}\n{hashlib.sha256(report).hexdigest()}\n{seen.at.isoformat()}\n", [key])
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(REPORT, report)
        files.writestr(f"{REPORT}.note", note)
        files.writestr("cles.txt", f"{key.vkey}\n")
        files.writestr("LISEZMOI.txt", READ_ME)
    return archive.getvalue()


def _counted(acts: int) -> str:
    match acts:
        case 0:
            return "Aucun acte"
        case 1:
            return "1 acte"
    return f"{number(acts)} actes, du plus récent au plus ancien"


_WRITERS: Mapping[str, tuple[Callable[[Seen, SigningKey], bytes], str, str]] = {
    "csv": (csv_file, "csv", "text/csv; charset=utf-8"),
    "json": (json_file, "json", "application/json"),
    "pdf": (pdf_file, "zip", "application/zip"),
}
