"""Texts condensed: each piece is read for what matters, then what was found in all of them is put together.

Of a piece only sentences are kept that its own passages bear out. What is put together is checked again, against the
passages that these sentences cite and never against the sentences, so that no mistake gains by being repeated. Where
nothing that the model put together is borne out, those sentences themselves are the result.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from assistant.answer import SourcesFound, Waiting
from assistant.tasks.gathering import Gathered, lines_of, together
from assistant.tasks.pieces import Piece, packed
from assistant.tasks.prompting import Extract
from assistant.tasks.request import PieceDone, TaskEvent
from assistant.tasks.template import Section
from assistant.tasks.writing import INTERRUPTIONS, Writing
from retrieval.corpus import Passage
from retrieval.unsupported import Unsupported

# How long a section may get.
SECTION_TOKENS = 600

# How often what was gathered is condensed once more, where it is too much for the model to read.
LEVELS = 4

GATHERED = (
    "Le modèle n’a rien mis en forme que les textes confirment\u202f: voici, dans leur ordre, les phrases relevées "
    "qu’ils confirment."
)
NOT_ALL = "Il y avait trop à dire pour le modèle\u202f: une part de ce qui a été relevé n’a pas été reprise."


async def condense(writing: Writing) -> AsyncGenerator[TaskEvent, None]:
    """What happens meanwhile. Raises `INTERRUPTIONS` where there is nothing to show yet."""
    draft, template = writing.draft, writing.draft.template
    instructions = writing.instructions(template.piece)
    pieces = packed(draft.passages, writing.measure(), writing.room(instructions, template.share))
    draft.pieces = len(pieces)
    yield PieceDone(0, draft.pieces)
    parts: list[Gathered] = []
    if len(pieces) == 1:  # short enough to be put together as it is
        parts.append(Gathered.of_piece(pieces.pop()))
        draft.done = 1
        yield PieceDone(1, 1)
    for piece in pieces:
        try:
            async with aclosing(_gather(writing, instructions, _extracts(piece), _numbered(piece), parts)) as waits:
                async for waiting in waits:
                    yield waiting
        except INTERRUPTIONS as error:
            if not draft.done:
                raise
            writing.interrupted(error)
            break
        draft.done += 1
        yield PieceDone(draft.done, draft.pieces)
    _note_empty(writing, parts)
    async with aclosing(_put_together(writing, parts[0] if parts[0].whole else together(parts))) as events:
        async for event in events:
            yield event


async def _gather(
    writing: Writing,
    instructions: str,
    extracts: Sequence[Extract],
    passages: dict[int, Passage],
    parts: list[Gathered],
) -> AsyncGenerator[Waiting, None]:
    """Add the sentences that the model tells of these extracts and their passages bear out."""
    checked = writing.check(passages, Unsupported.DROP)
    measure = writing.measure()
    length = int(sum(measure(extract.text) for extract in extracts) * writing.draft.template.share)
    text = ""
    async with aclosing(writing.checked(instructions, extracts, length, checked)) as events:
        async for event in events:
            if isinstance(event, Waiting):
                yield event
            else:
                text += event
    parts.append(Gathered(lines_of(text), passages, dict(checked.quotes)))


async def _put_together(writing: Writing, gathered: Gathered) -> AsyncGenerator[TaskEvent, None]:
    """The sections between the template's own words; or else the sentences that were gathered."""
    draft, template = writing.draft, writing.draft.template
    found = writing.besides()
    opening, closing = writing.frame(template.opening), writing.frame(template.closing)
    shown = gathered
    try:
        parts = [gathered]
        async with aclosing(_condensed(writing, found, parts)) as waits:
            async for waiting in waits:
                yield waiting
        shown = parts[0].numbered_anew()
        draft.passages = (*shown.passages.values(), *found)
        yield SourcesFound(draft.passages, draft.found.searched if draft.found else ())
        if opening:
            yield writing.show(f"{opening}\n\n")
        for section in template.sections:
            async with aclosing(_section(writing, section, shown, found)) as events:
                async for event in events:
                    yield event
    except INTERRUPTIONS as error:
        if gathered.whole and not draft.supported:
            raise
        writing.unfinished(error)
    if not draft.supported and not gathered.whole:
        _fall_back(writing, gathered.numbered_anew(), opening)
        yield SourcesFound(draft.passages, ())
    if closing:
        yield writing.show(f"\n\n{closing}")


async def _condensed(
    writing: Writing, found: Sequence[Passage], parts: list[Gathered]
) -> AsyncGenerator[Waiting, None]:
    """Put in the place of what was gathered what the model can read at once, with the passages found besides."""
    measure, template = writing.measure(), writing.draft.template
    piece = writing.instructions(template.piece)
    sections = [writing.instructions(section.instructions) for section in template.sections]
    besides = sum(measure(passage.chunk.text) for passage in found)
    most = max(1, min(writing.whole_room(section, SECTION_TOKENS) for section in sections) - besides)
    levels = 0
    while parts[0].size(measure) > most:
        if levels == LEVELS or parts[0].whole or len(parts[0].lines) < 2:
            writing.draft.note(NOT_ALL)
            parts[0] = parts[0].thinned
            continue
        levels += 1
        shorter: list[Gathered] = []
        for group in parts[0].groups(measure, writing.room(piece, template.share)):
            extracts = [line.extract for line in group.lines]
            async with aclosing(_gather(writing, piece, extracts, group.cited, shorter)) as events:
                async for waiting in events:
                    yield waiting
            if not 0 < shorter[-1].size(measure) < group.size(measure):
                writing.draft.note(NOT_ALL)
                shorter[-1] = group.thinned
        parts[0] = together(shorter)


async def _section(
    writing: Writing, section: Section, gathered: Gathered, found: Sequence[Passage]
) -> AsyncGenerator[TaskEvent, None]:
    draft = writing.draft
    first = len(gathered.passages) + 1
    extracts = [line.extract for line in gathered.lines]
    extracts += [Extract.of(n, passage) for n, passage in enumerate(found, start=first)]
    checked = writing.check(dict(enumerate(draft.passages, start=1)))
    heading = f"**{section.title}**\n\n" if section.title else ""
    yield writing.show(("\n\n" if draft.text and not draft.text.endswith("\n\n") else "") + heading)
    instructions = writing.instructions(section.instructions)
    length = writing.length(instructions, SECTION_TOKENS)
    try:
        async with aclosing(writing.checked(instructions, extracts, length, checked)) as events:
            async for event in events:
                yield event if isinstance(event, Waiting) else writing.show(event)
    finally:
        draft.take(checked)


def _fall_back(writing: Writing, gathered: Gathered, opening: str) -> None:
    """The sentences that were gathered, in the place of what the model put together."""
    draft = writing.draft
    draft.passages = tuple(gathered.passages.values())
    draft.quotes = dict(gathered.quotes)
    draft.doubted = set()
    draft.supported, draft.unsupported = len(gathered.lines), 0
    listed = "\n".join(f"- {line.marked}" for line in gathered.lines)
    draft.text = "\n\n".join(filter(None, (opening, listed)))
    if gathered.lines:
        draft.note(GATHERED)


def _note_empty(writing: Writing, parts: Sequence[Gathered]) -> None:
    empty = sum(not part.lines for part in parts)
    if empty and len(parts) > 1:
        writing.draft.note(f"{empty} des {len(parts)} parties lues n’ont rien donné que le texte confirme.")


def _numbered(piece: Piece) -> dict[int, Passage]:
    return dict(enumerate(piece.passages, start=piece.first))


def _extracts(piece: Piece) -> list[Extract]:
    return [Extract.of(n, passage) for n, passage in _numbered(piece).items()]
