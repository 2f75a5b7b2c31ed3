"""What an administrative text is, guessed by rules from its head and its end.

What the file or the record states itself is never guessed at, and where two signs contradict each other there
is no guess: an administrator fills a gap sooner than they notice an error.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile
from typing import Any

from ingestion import identification_patterns as patterns
from ingestion.document import ParsedDocument
from retrieval.corpus import DocumentMetadata, TextKind
from retrieval.dates import read_day

HEAD_LINES = 60
HEADING_LINES = 25  # a heading further down is another text's
TAIL_LINES = 30  # where it is signed, and says when it begins to apply
LINE_CHARACTERS = 600
PARAGRAPH_CHARACTERS = 3_000
GUIDE_CHARACTERS = 120
WRAPPED = 3  # lines over which a heading may run

_SENTENCE_ENDS = re.compile(r"(?<=[.;])\s+")


def identify(document: ParsedDocument) -> DocumentMetadata:
    """The document's metadata, with what its text says of itself where the metadata says nothing.

    Each field that was so found is named in `guessed`.
    """
    stated = document.metadata
    found = {name: value for name, value in _found(document).items() if value and not getattr(stated, name)}
    return replace(stated, **found, guessed=stated.guessed.union(found))


def _found(document: ParsedDocument) -> dict[str, Any]:
    """All guesses; empty or None where there is none."""
    head, tail = _head(document), _tail(document)
    title = list(_lines([document.metadata.title]))
    kind, number, signed_on = _heading(title, head)
    nor = _nor(head)
    if nor and (confirmed := patterns.NOR_KINDS.get(nor[-1])):
        if kind and kind not in confirmed:
            kind, number, signed_on = None, "", None
        else:
            kind = kind or confirmed[0]
    found: dict[str, Any] = {
        "kind": kind or _guide([*title, *head[:WRAPPED]]),
        "number": number or nor,
        "signed_on": signed_on or _only(patterns.SIGNED.fullmatch(line) for line in (*head, *tail)),
    }
    return found | _validity(_paragraphs(document), found["signed_on"]) if kind or nor else found


def _head(document: ParsedDocument) -> list[str]:
    """The first lines, within the first page."""
    first = document.blocks[0].page if document.blocks else None
    blocks = takewhile(lambda block: block.page == first, document.blocks)
    return list(islice(_lines(block.text for block in blocks), HEAD_LINES))


def _tail(document: ParsedDocument) -> list[str]:
    return list(_lines(block.text for block in document.blocks[-TAIL_LINES:]))[-TAIL_LINES:]


def _paragraphs(document: ParsedDocument) -> Iterable[str]:
    """Those at the beginning and at the end."""
    blocks = [*document.blocks[:HEAD_LINES], *document.blocks[-TAIL_LINES:]]
    return dict.fromkeys(patterns.plain(block.text[:PARAGRAPH_CHARACTERS]) for block in blocks)


def _lines(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        plain = patterns.plain(text[:PARAGRAPH_CHARACTERS])
        yield from (line[:LINE_CHARACTERS] for line in plain.split("\n") if line)


def _heading(title: Sequence[str], head: Sequence[str]) -> tuple[TextKind | None, str, dt.date | None]:
    """Kind, number and day of signature, as the first heading says, and those of its kind complete it."""
    lines = [*title, *head]
    kind: TextKind | None = None
    number, day = "", None
    for position, line in enumerate(lines[:HEADING_LINES]):
        if patterns.HEAD_ENDS.match(line):
            break
        heading = patterns.HEADING.match("\n".join(lines[position : position + WRAPPED]))
        if not heading or not (heading["number"] or heading["day"] or patterns.BARE_HEADING.fullmatch(line)):
            continue
        if position > len(title) and not any(map(patterns.OWN.match, lines[position + 1 :])):
            break
        named = patterns.kind_of(heading["kind"])
        kind = kind or named
        if named is kind:
            number = number or _number(heading)
            day = day or _day(heading)
    return kind, number, day


def _guide(lines: Iterable[str]) -> TextKind | None:
    guide = any(patterns.GUIDE.match(line) and len(line) <= GUIDE_CHARACTERS for line in lines)
    return TextKind.GUIDE if guide else None


def _nor(head: Sequence[str]) -> str:
    """The text's own NOR: the only one before other texts are named."""
    own = takewhile(lambda line: not patterns.HEAD_ENDS.match(line), head)
    found = {"".join(nor.groups()) for line in own if not _names_another(line) for nor in patterns.NOR.finditer(line)}
    return found.pop() if len(found) == 1 else ""


def _names_another(line: str) -> bool:
    return any(pattern.match(line) for pattern in (*patterns.REPLACES, patterns.REPLACED_BY))


def _validity(paragraphs: Iterable[str], signed_on: dt.date | None) -> dict[str, Any]:
    """What the text says of the time in which it applies, and of the texts before and after it."""
    sentences = [sentence for paragraph in paragraphs for sentence in _sentences(paragraph)]
    at_once = any(patterns.APPLIES_AT_ONCE.match(sentence) for sentence in sentences)
    replaced_by = {_number(match) for match in _matches([patterns.REPLACED_BY], sentences)}
    return {
        "in_force_from": _only(_matches(patterns.APPLIES, sentences)) or (signed_on if at_once else None),
        "repealed_on": _only(_matches(patterns.REPEALED, sentences)),
        "replaces": tuple(filter(None, dict.fromkeys(map(_number, _matches(patterns.REPLACES, sentences))))),
        "replaced_by": replaced_by.pop() if len(replaced_by) == 1 else "",
    }


def _sentences(paragraph: str) -> Iterator[str]:
    """Lines and sentences that begin with a capital, without the number of an article or paragraph before it."""
    lines = paragraph.split("\n")
    for sentence in dict.fromkeys([*lines, *_SENTENCE_ENDS.split(" ".join(lines))]):
        preamble = patterns.PREAMBLE.match(sentence)
        start = sentence[preamble.end() :] if preamble else sentence
        if start[:1].isupper():
            yield start


def _matches(wanted: Iterable[re.Pattern[str]], sentences: Sequence[str]) -> list[re.Match[str]]:
    return [match for pattern in wanted for sentence in sentences if (match := pattern.match(sentence))]


def _only(matches: Iterable[re.Match[str] | None]) -> dt.date | None:
    """The day that all of them name."""
    days = {day for match in matches if match and (day := _day(match))}
    return days.pop() if len(days) == 1 else None


def _day(match: re.Match[str]) -> dt.date | None:
    return read_day(match["day"]) if match["day"] else None


def _number(match: re.Match[str]) -> str:
    """The number as written, without blanks; empty for what has no figure."""
    groups = match.groupdict()
    number = re.sub(r"\s", "", groups.get("nor") or groups.get("number") or "").strip(".")
    return number if any(character.isdigit() for character in number) else ""
