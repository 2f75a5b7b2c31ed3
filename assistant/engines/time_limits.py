"""How long an engine may take, and how much it may say: whatever it does, its answer ends."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from assistant.errors import ModelUnavailable

# What the text of one token comes to at most, on average over an answer: beyond that an engine ignores `max_tokens`.
CHARACTERS_PER_TOKEN = 32


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds: until the first text, from one text to the next, and for the whole answer.

    They run from when it is this question's turn; an engine that must read its model first has `answer` for it.
    """

    first_token: float = 120.0
    between_tokens: float = 30.0
    answer: float = 600.0


async def within(pieces: AsyncIterator[str], limits: TimeLimits, max_tokens: int) -> AsyncGenerator[str, None]:
    """The pieces of text that are not empty, as they come; signs of life without text do not count.

    Raises `ModelUnavailable` where time runs out, or the text is longer than so many tokens can be.
    """
    end = asyncio.get_running_loop().time() + limits.answer
    wait, said = limits.first_token, 0
    async with aclosing(pieces):  # type: ignore[type-var]  # LangChain's streams are generators
        while (piece := await _next(pieces, wait, end)) is not None:
            wait, said = limits.between_tokens, said + len(piece)
            if said > max_tokens * CHARACTERS_PER_TOKEN:
                raise ModelUnavailable("Le modèle n’en finit pas de répondre. Reposez la question.")
            yield piece


async def _next(pieces: AsyncIterator[str], wait: float, end: float) -> str | None:
    """The next piece with text; None at the end."""
    last = min(asyncio.get_running_loop().time() + wait, end)
    try:
        async with asyncio.timeout_at(last):
            async for piece in pieces:
                if piece:
                    return piece
            return None
    except TimeoutError as error:
        if last == end:
            raise ModelUnavailable("Le modèle a mis trop de temps à répondre. Reposez la question.") from error
        raise ModelUnavailable(f"Le modèle ne dit plus rien depuis {wait:g} s. Reposez la question.") from error
