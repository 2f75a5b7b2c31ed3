"""What a child says of a file, as JSON, checked by who receives it: the file may have fooled the child."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from ingestion.document import ParsedDocument
from ingestion.parsing.sheet_view import SIGNATURE
from ingestion.sheet import SheetView


@dataclass(frozen=True, slots=True)
class Read:
    """The document."""

    document: ParsedDocument
    kind: Literal["read"] = "read"


@dataclass(frozen=True, slots=True)
class Seen:
    """A page; its picture stands apart, in base 64."""

    view: SheetView
    png: str
    kind: Literal["seen"] = "seen"

    @classmethod
    def of(cls, view: SheetView) -> "Seen":
        return cls(replace(view, png=b""), b64encode(view.png).decode())

    def whole(self) -> SheetView:
        """The page with its picture. Raises `Rubbish`."""
        try:
            png = b64decode(self.png, validate=True)
        except ValueError as error:
            raise Rubbish from error
        if png and not png.startswith(SIGNATURE):
            raise Rubbish
        return replace(self.view, png=png)


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal: the name of its error, and the message."""

    error: Annotated[str, Field(max_length=100)]
    message: Annotated[str, Field(min_length=1, max_length=2_000)]
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class Broken:
    """The parser broke off, with an error of that class."""

    error: Annotated[str, Field(max_length=100, pattern=r"^\w+$")]
    kind: Literal["broken"] = "broken"


Answer = Read | Seen | Refused | Broken

# Written before any file is looked at: there may be no memory left to write it then.
NO_MEMORY = b'{"kind":"broken","error":"MemoryError"}'

_ANSWERS: TypeAdapter[Answer] = TypeAdapter(Annotated[Answer, Field(discriminator="kind")])
# Controls that no parser leaves in a text; the database cannot even hold the first.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f]")


class Rubbish(Exception):
    """Bytes that are no answer."""


def encode(answer: Answer) -> bytes:
    return _ANSWERS.dump_json(answer)


def decode(content: bytes | bytearray) -> Answer:
    """The answer in these bytes. Raises `Rubbish`."""
    try:
        answer = _ANSWERS.validate_json(content, strict=True)
    except ValidationError as error:
        raise Rubbish from error
    if isinstance(answer, Read) and not _is_sound(answer.document):
        raise Rubbish
    return answer


def _is_sound(document: ParsedDocument) -> bool:
    """Whether it holds what parsers give: some text, without controls, on pages that exist."""
    metadata = document.metadata
    names = (metadata.title, metadata.url, metadata.number, metadata.replaced_by, metadata.author, *metadata.replaces)
    besides = (document.unseen, document.margins, document.invisible)
    return (
        bool(document.blocks)
        and not any(_CONTROLS.search(name) for name in (*names, *besides))
        and all(
            (block.page is None or block.page > 0)
            and not _CONTROLS.search(block.text)
            and not _CONTROLS.search(block.header)
            and not any(_CONTROLS.search(heading) for heading in block.heading_path)
            for block in document.blocks
        )
    )
