"""What keeps a job from being done for now, and how long to wait before it is tried again."""

import errno
from collections.abc import Iterator

import psycopg

from ingestion.errors import DiskFull, IngestionError
from policies import PolicyError
from retrieval.errors import EmbeddingModelMissing, IndexTooNew, ModelUnknown, RetrievalError

ATTEMPTS = 20  # of one job, over about three hours
FIRST_WAIT_S, LONGEST_WAIT_S = 5, 900
# This process can do no job, and another may: no attempt is used up.
UNFIT = (ModelUnknown, EmbeddingModelMissing, IndexTooNew)
UNEXPECTED = "Une erreur imprévue s’est produite\u202f; elle est notée dans le journal du serveur."


def wait_after(attempts: int) -> int:
    """Seconds, twice as many after each attempt; `attempts` counts those before the one that failed."""
    return int(min(FIRST_WAIT_S * 2**attempts, LONGEST_WAIT_S))


def reason_for(error: BaseException) -> str:
    """What a person is told of the error."""
    if is_disk_full(error):
        return str(DiskFull())
    if isinstance(error, psycopg.Error):
        return "La base de données ne répond pas. Vérifiez PostgreSQL."
    if isinstance(error, IngestionError | RetrievalError | PolicyError):
        return str(error)
    return UNEXPECTED


def is_disk_full(error: BaseException) -> bool:
    """Whether any of the errors that led here was for want of room, whoever met it first."""
    return any(
        isinstance(one, psycopg.errors.DiskFull | DiskFull)
        or (isinstance(one, OSError) and one.errno in {errno.ENOSPC, errno.EDQUOT})
        or "No space left on device" in str(one)
        for one in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
