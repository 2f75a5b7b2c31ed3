"""Messages as mail programs save them (RFC 5322): who wrote what to whom, and the files that came with it.

Only the bytes are read; a picture or page that a message names elsewhere is never fetched.
"""

import codecs
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.errors import HeaderParseError, MessageError
from email.header import Header, decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import PurePath
from typing import TypeAlias

from ingestion.characters import one_line
from ingestion.document import Block, ParsedDocument
from ingestion.errors import DocumentEmpty, DocumentRefused, FileUnreadable, TooLarge
from ingestion.parsing.html import HtmlParser
from ingestion.parsing.parts import BadPart, Part, PartLimits, harmless, shortened
from ingestion.parsing.text import TextParser, decode
from retrieval.corpus import DocumentMetadata

_HEADERS = (("From", "De"), ("To", "À"), ("Cc", "Copie à"), ("Date", "Date"))
_TYPES = {"application/pdf": ".pdf", "message/rfc822": ".eml", "text/calendar": ".ics", "text/html": ".html"}
_SAVE_AGAIN = "Enregistrez le message à nouveau depuis la messagerie."

_Message: TypeAlias = "Message[str, str]"


class EmailParser:
    """Reads the text of a message; `attachments` gives its files."""

    suffixes = frozenset({".eml"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        with _damaged(name):
            message = _message(content, name)
            title = _header(message, "Subject") or PurePath(name).stem
            head = [f"{label}\u202f: {value}" for key, label in _HEADERS if (value := _header(message, key))]
            texts = [text for part in _leaves(message) if _is_body(part) if (text := _read(part, name))]
            if not texts and all(_is_body(part) for part in _leaves(message)):
                raise DocumentEmpty(name)
            blocks = (*map(Block, head or [title]), *(block for text in texts for block in text.blocks))
            unseen = "\n".join(text.unseen for text in texts if text.unseen)
            invisible = "\n".join(text.invisible for text in texts if text.invisible)
            metadata = DocumentMetadata(title=title, date=_date(message))
            return ParsedDocument(metadata, blocks, unseen, invisible=invisible)


def attachments(content: bytes, name: str, limits: PartLimits) -> Iterator[Part | BadPart]:
    """The files that came with a message, and messages that it forwards. Raises `DocumentEmpty`, `FileUnreadable`."""
    with _damaged(name):
        yield from _attachments(content, name, limits)


def _attachments(content: bytes, name: str, limits: PartLimits) -> Iterator[Part | BadPart]:
    left, seen = limits.expanded, set[str]()
    files = (part for part in _leaves(_message(content, name)) if not _is_body(part) and not _is_shown(part))
    for number, part in enumerate(files, start=1):
        called = _file_name(part) or f"piece-{number}{_TYPES.get(part.get_content_type(), '')}"
        if number > limits.parts:
            raise FileUnreadable(name, f"le message porte plus de {limits.parts} fichiers", _SAVE_AGAIN)
        try:
            path = harmless(called.replace("/", "-").replace("\\", "-"))
            if path in seen:
                path = f"{number}-{path}"
            seen.add(path)
            file = _file(part)
            if len(file) > min(left, limits.file):
                raise TooLarge(path, min(left, limits.file))
        except DocumentRefused as refusal:
            yield BadPart(shortened(called), refusal)
        else:
            left -= len(file)
            yield Part(path, file)


@contextmanager
def _damaged(name: str) -> Iterator[None]:
    """What the library makes of a message that is none, as `FileUnreadable`."""
    try:
        yield
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FileUnreadable(name, "le message est endommagé", _SAVE_AGAIN) from error


def _message(content: bytes, name: str) -> _Message:
    if not content.strip():
        raise DocumentEmpty(name)
    message = message_from_bytes(content, policy=policy.compat32)
    if not any(message.get(key) for key in ("From", "Date", "Subject", "Received")):
        raise FileUnreadable(name, "ce fichier n’est pas un message", _SAVE_AGAIN)
    return message


def _header(message: _Message, key: str) -> str:
    return _decoded(message.get(key) or "")


def _decoded(value: str | Header) -> str:
    """What a header says (RFC 2047), or as it stands where that cannot be made out."""
    try:
        return one_line(str(make_header(decode_header(value))))
    except (LookupError, ValueError, HeaderParseError):
        return one_line(str(value))


def _date(message: _Message) -> dt.date | None:
    try:
        return parsedate_to_datetime(str(message.get("Date"))).date()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _leaves(message: _Message) -> Iterator[_Message]:
    """The parts that hold something, in order; of alternatives the one that shows the most. No recursion."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        children = [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
        if part.get_content_type() == "message/rfc822" or not children:
            yield part
        elif part.get_content_type() == "multipart/alternative":
            waiting += _best(children)
        else:
            waiting += reversed(children)


def _best(alternatives: list[_Message]) -> list[_Message]:
    rich = [one for one in alternatives if one.is_multipart() or one.get_content_type() == "text/html"]
    plain = [one for one in alternatives if one.get_content_type() == "text/plain"]
    return rich[-1:] or plain[:1] or alternatives[:1]


def _is_body(part: _Message) -> bool:
    is_text = part.get_content_type() in {"text/plain", "text/html"}
    return is_text and part.get_content_disposition() != "attachment" and not part.get_filename()


def _is_shown(part: _Message) -> bool:
    """Whether it is a picture within the text, such as a logo below a name."""
    return part.get_content_maintype() == "image" and part.get_content_disposition() != "attachment"


def _read(part: _Message, name: str) -> ParsedDocument | None:
    """The text that a part is; None where there is none in it."""
    text = codecs.BOM_UTF8 + _text(part).encode("utf-8", "replace")
    parser = HtmlParser() if part.get_content_type() == "text/html" else TextParser()
    try:
        return parser.parse(text, name)
    except DocumentEmpty:
        return None


def _text(part: _Message) -> str:
    content = _file(part)
    try:
        return content.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decode(content)


def _file(part: _Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        forwarded = inner[0] if isinstance(inner, list) and inner else None
        return forwarded.as_bytes(policy=policy.compat32) if isinstance(forwarded, Message) else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _file_name(part: _Message) -> str:
    return _decoded(part.get_filename() or "")
