"""A page of an original as its reader sees it: what is asked for, and what a child gives."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from retrieval.corpus import Box

LONGEST_PASSAGE = 8_000  # characters that are looked for on a page


@dataclass(frozen=True, slots=True)
class SheetWanted:
    """Page `number`, from 1, `width` pixels wide, with the places of `passage` on it; drawn or only measured."""

    number: int
    width: int
    passage: str = ""
    is_drawn: bool = True


@dataclass(frozen=True, slots=True)
class SheetView:
    """One of `sheets` pages: its size in pixels, where the passage stands, and its picture (PNG) if it was drawn.

    Nothing is marked where the passage is not found on it.
    """

    sheets: Annotated[int, Field(ge=1)]
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    boxes: tuple[Box, ...] = ()
    png: bytes = b""
