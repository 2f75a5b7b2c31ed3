"""A text written anew piece by piece, in its order, each sentence checked against the piece that it stands for."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from assistant.answer import Waiting
from assistant.tasks.in_order import in_order
from assistant.tasks.pieces import Piece, packed
from assistant.tasks.prompting import Extract
from assistant.tasks.request import TaskEvent
from assistant.tasks.writing import Writing


def rewrite(writing: Writing) -> AsyncGenerator[TaskEvent, None]:
    """What happens meanwhile. Raises `INTERRUPTIONS` where not even the first piece was done."""
    draft, template = writing.draft, writing.draft.template
    instructions = writing.instructions(template.piece)
    measure = writing.measure()
    pieces = packed(draft.passages, measure, writing.room(instructions, template.share))
    return in_order(writing, pieces, partial(_rewritten, writing, instructions))


async def _rewritten(writing: Writing, instructions: str, piece: Piece) -> AsyncGenerator[TaskEvent, None]:
    extracts = [Extract.of(n, passage) for n, passage in enumerate(piece.passages, start=piece.first)]
    measure = writing.measure()
    length = sum(measure(extract.text) for extract in extracts)
    checked = writing.check({extract.n: passage for extract, passage in zip(extracts, piece.passages, strict=True)})
    begins = bool(writing.draft.text)
    try:
        text = writing.checked(instructions, extracts, int(length * writing.draft.template.share), checked)
        async with aclosing(text):
            async for event in text:
                if isinstance(event, Waiting):
                    yield event
                    continue
                yield writing.show(f"\n\n{event}" if begins else event)
                begins = False
    finally:
        writing.draft.take(checked)
