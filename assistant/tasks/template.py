"""The words of a task: its template, with the fields that a person fills in, and what a model is told."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

# The version of a template that is only tried.
DRAFT = 0


class FieldKind(StrEnum):
    """What a field takes."""

    TEXT = "text"  # one line
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    DOCUMENTS = "documents"  # texts to work on, as `Material`s


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a field; `label` is what people see, and what stands in the texts of the template."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """What a person gives: `label` and `help` are in French.

    `longest` counts the characters of a text. Of documents at least `least` and at most `most` are taken; `choices`
    are those of a choice, the first one being proposed. A field that is not required may stay empty.
    """

    name: str
    label: str
    kind: FieldKind
    help: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    longest: int = 500
    least: int = 0
    most: int = 0


class Work(StrEnum):
    """How the texts are worked through."""

    CONDENSE = "condense"  # each piece is read for what matters, then all of it is put together
    REWRITE = "rewrite"  # piece by piece, in the order of the text
    TRANSLATE = "translate"  # paragraph by paragraph; figures, articles and names must be the same
    COMPARE = "compare"  # two texts; computed, no model is needed


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the result: its title, which may be empty, and what the model is told to write there."""

    title: str
    instructions: str


@dataclass(frozen=True, slots=True)
class Template:
    """A task in one version, whatever the engine. Texts may name fields, as «{objet}»; nothing in them is executed.

    `piece` is what the model is told of each piece of the texts, `share` how long its text may get for one of the
    piece's length. What was found in all pieces is put together by `sections`, of those works that do. `opening` and
    `closing` stand around the result; they are the template's own words and the person's. What `search` says is
    looked for in permitted collections, and the result may stand on that besides.
    """

    name: str
    title: str
    description: str
    work: Work
    fields: tuple[Field, ...]
    piece: str = ""
    share: float = 0.5
    sections: tuple[Section, ...] = ()
    opening: str = ""
    closing: str = ""
    search: str = ""
    version: int = 1
    source: str = ""
    """The file that it was read from."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the file: which template it was, in the register."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @property
    def is_draft(self) -> bool:
        """Whether it is only tried, and kept nowhere."""
        return self.version == DRAFT

    @property
    def collections(self) -> bool:
        """Whether it takes collections to stand on besides the texts."""
        return bool(self.search)

    @property
    def documents(self) -> tuple[Field, ...]:
        """The fields that take texts."""
        return tuple(field for field in self.fields if field.kind is FieldKind.DOCUMENTS)
