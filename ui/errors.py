"""What can go wrong at the edge, and the one table that turns any error into a status and a sentence.

UiError
├── SettingsInvalid       a setting is unknown or wrong
├── HomeUnusable          the data folder cannot be written, or its disk is full
├── HomeTaken             another process owns the data folder
├── OwnerSilent           the owner of the data folder does not answer
├── PortTaken             the port cannot be listened on
├── DatabaseUnavailable   the database does not start or cannot be reached
├── QuestionsInvalid      a file of evaluation questions cannot be used
├── FrontUnusable         the chat's front end cannot be made or written
└── RequestFailed         the server refused a request of the command line
"""

from dataclasses import dataclass

import psycopg

from assistant.errors import AssistantError, QuestionTooWide, QueueFull
from ingestion.errors import DiskFull, ImportRefused, IngestionError
from policies.errors import LedgerUnavailable, PolicyError, Refused, RulesInvalid
from retrieval.errors import (
    CollectionExists,
    CollectionNotFound,
    DocumentNotFound,
    EmptyQuestion,
    NameInvalid,
    QuestionTooLong,
    RetrievalError,
)


class UiError(Exception):
    """Root of this package's errors; the message is a French sentence that says how to mend it."""


class SettingsInvalid(UiError):
    """A setting is unknown or wrong."""


class HomeUnusable(UiError):
    """The data folder cannot be written, or its disk is full."""


class HomeTaken(UiError):
    """Another process owns the data folder."""


class OwnerSilent(UiError):
    """The owner of the data folder does not answer."""


class PortTaken(UiError):
    """The port cannot be listened on."""


class DatabaseUnavailable(UiError):
    """The database does not start or cannot be reached."""


class FrontUnusable(UiError):
    """The chat's front end cannot be made from the installed Chainlit, or cannot be written."""


class RequestFailed(UiError):
    """The server refused a request of the command line; the message is the server's own."""


class QuestionsInvalid(UiError):
    """A file of evaluation questions cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as people meet it: an HTTP status and a French sentence."""

    status: int
    message: str


# The first row that fits decides; a sentence of its own replaces an error whose words are not for people.
TABLE: tuple[tuple[type[Exception], int, str | None], ...] = (
    (CollectionNotFound, 404, None),
    (DocumentNotFound, 404, None),
    (CollectionExists, 409, None),
    (Refused, 403, None),
    (QueueFull, 429, None),
    (EmptyQuestion, 422, None),
    (QuestionTooLong, 422, None),
    (QuestionTooWide, 422, None),
    (NameInvalid, 422, None),
    (ImportRefused, 422, None),
    (DiskFull, 507, None),
    (LedgerUnavailable, 503, "Le registre d’audit ne répond pas : sans lui, rien n’est fait. Vérifiez PostgreSQL."),
    (RulesInvalid, 500, None),
    (PolicyError, 500, None),
    (RetrievalError, 503, None),
    (IngestionError, 422, None),
    (AssistantError, 503, None),
    (UiError, 500, None),
    (psycopg.Error, 503, "La base de données ne répond pas. Vérifiez PostgreSQL, puis recommencez."),
)

EXPECTED: tuple[type[Exception], ...] = tuple(kind for kind, _, _ in TABLE)


def failure_of(error: BaseException) -> Failure:
    """What the table says of the error; what it does not know stays vague on purpose."""
    for kind, status, sentence in TABLE:
        if isinstance(error, kind):
            return Failure(status, sentence or str(error))
    return Failure(500, "Une erreur imprévue s’est produite ; elle est notée dans le journal du serveur.")
