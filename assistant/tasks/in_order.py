"""Working a text through piece by piece, in its order."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from assistant.answer import SourcesFound
from assistant.tasks.pieces import Piece
from assistant.tasks.request import PieceDone, TaskEvent
from assistant.tasks.writing import INTERRUPTIONS, Writing


async def in_order(
    writing: Writing, pieces: Sequence[Piece], work: Callable[[Piece], AsyncGenerator[TaskEvent, None]]
) -> AsyncGenerator[TaskEvent, None]:
    """What happens while each piece is worked on; what is interrupted after the first ends there, and says so.

    Raises `INTERRUPTIONS` where not even the first piece was done.
    """
    draft = writing.draft
    draft.passages = tuple(passage for piece in pieces for passage in piece.passages)
    draft.pieces = len(pieces)
    yield PieceDone(0, draft.pieces)
    yield SourcesFound(draft.passages, ())
    for piece in pieces:
        try:
            async with aclosing(work(piece)) as events:
                async for event in events:
                    yield event
        except INTERRUPTIONS as error:
            if not draft.done:
                raise
            writing.interrupted(error)
            return
        draft.done += 1
        yield PieceDone(draft.done, draft.pieces)
