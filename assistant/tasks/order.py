"""A task as a conversation keeps it: what was filled in, enough to do it again and to open what it cites."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class OrderedText:
    """A text to work on: pasted, or that of a file of the conversation, by its document's identifier."""

    title: str
    pasted: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """A task by its template's name and version, with what was filled in, by the names of fields.

    `title` is the template's, as it was then. `collections` are those to look in, where the template looks in any.
    """

    task: str
    version: int
    title: str
    values: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Sequence[OrderedText]] = field(default_factory=dict)
    collections: Sequence[str] = ()

    @property
    def heading(self) -> str:
        """What the conversation says was asked for: «Résumé — rapport.pdf»."""
        titles = [text.title for texts in self.texts.values() for text in texts]
        return f"{self.title} — {', '.join(titles)}" if titles else self.title

    def written(self) -> dict[str, Any]:
        """All of its fields, for JSON."""
        return asdict(self)

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Self:
        """The order again."""
        texts = {name: tuple(OrderedText(**one) for one in given) for name, given in value["texts"].items()}
        return cls(**{**value, "texts": texts, "collections": tuple(value["collections"])})
