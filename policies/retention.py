"""For how long things are kept, in a file that people can read (`policies/rules/retention.toml`).

Records of the ledger stay six to twelve months, and longer only where the file says why: the time that the CNIL
recommends for logs (délibération n° 2021-122).
"""

import calendar
import datetime as dt
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.errors import RetentionInvalid

RETENTION = Path(__file__).parent / "rules" / "retention.toml"

# Of records; the database holds on to the first by itself (deploy/migrations/0027_retention.sql).
LEAST, MOST = 6, 12


@dataclass(frozen=True, slots=True)
class Retention:
    """How many months each is kept; `sha256` is that of the file that says so."""

    records: int
    content: int
    conversations: int
    justification: str
    sha256: str


def months_before(moment: dt.datetime, months: int) -> dt.datetime:
    """The same day so many months earlier, or the last of its month where that has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def months_after(moment: dt.datetime, months: int) -> dt.datetime:
    """The same day so many months later, likewise."""
    return months_before(moment, -months)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    months: Annotated[int, Field(ge=1, le=120)]


class _Records(_Section):
    justification: Annotated[str, Field(max_length=2000)] = ""


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    records: _Records
    content: _Section
    conversations: _Section


def read_retention(path: Path = RETENTION) -> Retention:
    """What that file says. Raises `RetentionInvalid`, which names the file and the field."""
    try:
        data = path.read_bytes()
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise RetentionInvalid(f"Les durées de conservation {path} sont illisibles : {error}") from error
    try:
        written = _Written.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RetentionInvalid(
            f"Dans les durées de conservation {path}, « {where} » : {_reason(first['type'])}."
        ) from error
    records, justification = written.records.months, written.records.justification.strip()
    if records < LEAST:
        raise RetentionInvalid(
            f"Dans les durées de conservation {path}, « records.months » : les enregistrements sont gardés {LEAST} "
            "mois au moins."
        )
    if records > MOST and not justification:
        raise RetentionInvalid(
            f"Dans les durées de conservation {path}, « records.justification » : dites pourquoi les enregistrements "
            f"sont gardés plus de {MOST} mois."
        )
    if written.content.months > records:
        raise RetentionInvalid(
            f"Dans les durées de conservation {path}, « content.months » : les textes ne peuvent pas être gardés plus "
            f"longtemps que les enregistrements ({records} mois)."
        )
    sha256 = hashlib.sha256(data).hexdigest()
    return Retention(records, written.content.months, written.conversations.months, justification, sha256)


def _reason(kind: str) -> str:
    match kind:
        case "extra_forbidden":
            return "ce nom n’est pas connu"
        case "missing":
            return "il manque"
        case "string_type" | "string_too_long":
            return "un texte de 2000 signes au plus est attendu"
        case "model_type" | "dict_type":
            return "une section est attendue, comme [records]"
    return "un nombre entier de mois est attendu, de 1 à 120"
