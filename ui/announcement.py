"""What an announcement is: a line of text for everybody, between two moments."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ui.errors import AnnouncementInvalid

LONGEST = 300  # characters
LONGEST_TIME = dt.timedelta(days=366)


class AnnouncementKind(StrEnum):
    """How pressing it is, from the least to the most."""

    INFO = "info"
    WARNING = "warning"
    ALERT = "alert"


class AnnouncementState(StrEnum):
    """Where it stands at a moment."""

    PLANNED = "planned"
    SHOWN = "shown"
    OVER = "over"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Wording:
    """What is to be announced, and between which moments (aware). Raises `AnnouncementInvalid`."""

    text: str
    kind: AnnouncementKind
    starts_at: dt.datetime
    ends_at: dt.datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", re.sub(r"[ \t\r\n]+", " ", self.text).strip())
        if not self.text:
            raise AnnouncementInvalid("text", "Écrivez ce que tout le monde doit lire.")
        if len(self.text) > LONGEST:
            raise AnnouncementInvalid(
                "text", f"{len(self.text)} caractères\u202f: {LONGEST} au plus. Raccourcissez l’annonce."
            )
        if any(unicodedata.category(one)[0] == "C" or one in "\u2028\u2029" for one in self.text):
            raise AnnouncementInvalid("text", "Ce texte contient des caractères invisibles. Retapez-le.")
        if self.ends_at <= self.starts_at:
            raise AnnouncementInvalid("until", "La fin doit venir après le début.")
        if self.ends_at - self.starts_at > LONGEST_TIME:
            raise AnnouncementInvalid("until", "Une annonce dure un an au plus.")


@dataclass(frozen=True, slots=True)
class Announcement:
    """One that was published or planned; `edition` rises with each change."""

    id: int
    text: str
    kind: AnnouncementKind
    starts_at: dt.datetime
    ends_at: dt.datetime
    published_by: str
    published_at: dt.datetime
    edition: int
    withdrawn_at: dt.datetime | None

    def state(self, now: dt.datetime) -> AnnouncementState:
        """Where it stands."""
        if self.withdrawn_at is not None:
            return AnnouncementState.WITHDRAWN
        if now < self.starts_at:
            return AnnouncementState.PLANNED
        return AnnouncementState.SHOWN if now < self.ends_at else AnnouncementState.OVER


def most_pressing(announcements: Iterable[Announcement], now: dt.datetime) -> Announcement | None:
    """Of those that are shown now the most pressing one; of several such the latest."""
    shown = [one for one in announcements if one.state(now) is AnnouncementState.SHOWN]
    return max(shown, key=lambda one: (list(AnnouncementKind).index(one.kind), one.starts_at, one.id), default=None)
