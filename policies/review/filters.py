"""What a page of the register is narrowed to, as terms by which records are found."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from policies.review.keys import folded, text_key


@dataclass(frozen=True, slots=True)
class Filters:
    """All that is given must hold; what is empty narrows nothing.

    Persons (`who` acts, `about` is named) and addresses (`origin`) are pseudonyms. One of `acts` is enough. `since` and
    `until` are the first and the last day, in Paris. Every word of `words` must stand in a title or a name.
    """

    who: str = ""
    about: str = ""
    origin: str = ""
    collection: str = ""
    document: str = ""
    conversation: str = ""
    exchange: str = ""
    session: str = ""
    acts: tuple[str, ...] = ()
    decision: str = ""
    flag: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    words: str = ""

    @property
    def required(self) -> list[str]:
        """The terms that a record must have, all of them (`deploy/migrations/0025_review.sql`)."""
        return [*self._keys(), *([f"act:{self.acts[0]}"] if len(self.acts) == 1 else [])]

    @property
    def alternatives(self) -> list[str]:
        """The terms one of which a record must have; none where that narrows nothing more."""
        return [f"act:{act}" for act in self.acts] if len(self.acts) > 1 else []

    def _keys(self) -> Iterator[str]:
        named = {
            "who": self.who,
            "about": self.about,
            "from": self.origin,
            "conversation": self.conversation,
            "exchange": self.exchange,
            "session": self.session,
            "decision": self.decision,
            "flag": self.flag,
        }
        yield from (f"{kind}:{value}" for kind, value in named.items() if value)
        if self.collection and self.document:
            yield text_key(self.collection, self.document)
        elif self.collection:
            yield f"collection:{self.collection}"
        elif self.document:
            yield f"document:{self.document}"
        yield from (f"mot:{word}" for word in folded(self.words))
