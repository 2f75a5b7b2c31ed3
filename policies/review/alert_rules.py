"""What raises an alert: rules with thresholds, in a file that people can read (`policies/rules/alerts.toml`)."""

import datetime as dt
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.review.errors import AlertRulesInvalid

ALERTS = Path(__file__).parent.parent / "rules" / "alerts.toml"

LONGEST_WINDOW = dt.timedelta(days=1)


class Rule(StrEnum):
    """A rule, by the name of its section."""

    REFUSALS = "refusals"
    REFUSED_SIGN_INS = "refused_sign_ins"
    BULK_READING = "bulk_reading"
    INJECTIONS = "injections"
    NEW_PLACE = "new_place"
    UNUSUAL_HOURS = "unusual_hours"
    CHECKPOINTS = "checkpoints"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_Count = Annotated[int, Field(ge=1)]
_Minutes = Annotated[int, Field(ge=1, le=1440)]


class Burst(_Section):
    """So many records of one person within so many minutes."""

    at_least: _Count
    minutes: _Minutes


class Reading(_Section):
    """So many different documents within so many minutes."""

    documents: _Count
    minutes: _Minutes


class NewPlace(_Section):
    """How long an address from which a person signed in is known."""

    known_days: Annotated[int, Field(ge=1, le=366)]


class Hours(_Section):
    """When few people work, in Paris; so many records of one person on a day are an alert."""

    start: dt.time = Field(alias="from")
    until: dt.time
    weekends: bool
    at_least: _Count

    def hold(self, at: dt.datetime) -> bool:
        """Whether that moment, in Paris, is one of them; a night goes over midnight."""
        if self.weekends and at.weekday() >= 5:
            return True
        if self.start <= self.until:
            return self.start <= at.time() < self.until
        return at.time() >= self.start or at.time() < self.until


class Late(_Section):
    """How long the ledger may grow without a signature, or a place outside without a checkpoint."""

    late_minutes: _Count


class AlertRules(_Section):
    """The rules that are on."""

    refusals: Burst | None = None
    refused_sign_ins: Burst | None = None
    bulk_reading: Reading | None = None
    injections: Burst | None = None
    new_place: NewPlace | None = None
    unusual_hours: Hours | None = None
    checkpoints: Late | None = None


def read_alert_rules(path: Path = ALERTS) -> AlertRules:
    """The rules in that file. Raises `AlertRulesInvalid`, which names the file, the rule and the field."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise AlertRulesInvalid(f"Les règles d’alerte {path} sont illisibles : {error}") from error
    try:
        return AlertRules.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        raise AlertRulesInvalid(
            f"Dans les règles d’alerte {path}, « {'.'.join(map(str, first['loc']))} » : {_reason(first['type'])}."
        ) from error


def _reason(kind: str) -> str:
    match kind:
        case "extra_forbidden":
            return "ce nom n’est pas connu"
        case "missing":
            return "il manque"
        case "greater_than_equal" | "less_than_equal" | "int_type":
            return "un nombre entier, d’au moins 1, est attendu (1440 minutes et 366 jours au plus)"
        case "bool_type":
            return "true ou false est attendu"
        case "time_type":
            return "une heure est attendue, comme 22:00:00, sans guillemets"
    return "cette valeur n’est pas possible"
