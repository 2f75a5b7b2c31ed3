"""A text translated paragraph by paragraph, each with its source paragraph, and checked for what may not change."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from assistant.answer import Waiting
from assistant.checking.citations import Quote
from assistant.prompts.neutral import inert, inert_line
from assistant.tasks.in_order import in_order
from assistant.tasks.pieces import Piece, paragraphs
from assistant.tasks.prompting import Extract
from assistant.tasks.request import TaskEvent
from assistant.tasks.sameness import deviations
from assistant.tasks.writing import Writing

UNCHECKED = (
    "La traduction est vérifiée pour les chiffres, les dates, les numéros d’articles et les noms, non pour le "
    "sens\u202f: relisez-la."
)


def translate(writing: Writing) -> AsyncGenerator[TaskEvent, None]:
    """What happens meanwhile. Raises `INTERRUPTIONS` where not even the first paragraph was done."""
    draft, template = writing.draft, writing.draft.template
    instructions = writing.instructions(template.piece)
    pieces = paragraphs(draft.passages, writing.measure(), writing.room(instructions, template.share))
    draft.note(UNCHECKED)
    return in_order(writing, pieces, partial(_translated, writing, instructions))


async def _translated(writing: Writing, instructions: str, piece: Piece) -> AsyncGenerator[TaskEvent, None]:
    source, n = piece.passages[0].chunk.text, piece.first
    text = ""
    if any(character.isalpha() for character in source):
        length = int(writing.measure()(source) * writing.draft.template.share)
        async with aclosing(writing.write(instructions, [Extract(n, source)], length)) as events:
            async for event in events:
                if isinstance(event, Waiting):
                    yield event
                else:
                    text += event
    else:
        text = source
    yield writing.show(("\n\n" if writing.draft.text else "") + _checked(writing, source, _clean(text, n), n))


def _clean(text: str, n: int) -> str:
    """On one line, without the number of its extract, and with nothing that is drawn."""
    return inert_line(text.replace(f"[{n}]", ""))


def _checked(writing: Writing, source: str, text: str, n: int) -> str:
    """The paragraph with its mark, and with what is to be verified in it."""
    draft = writing.draft
    if not text:
        draft.unsupported += 1
        return f"{inert_line(source)} [{n}] (non traduit)"
    draft.quotes[n] = Quote(0, len(source))
    found = deviations(source, text)
    draft.unsupported += bool(found)
    draft.supported += not found
    return f"{text} [{n}]" + (f" (à vérifier\u202f: {' ; '.join(map(inert, found))})" if found else "")
