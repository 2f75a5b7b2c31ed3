"""Two versions of a text compared: computed, no model has a part in it."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence

from assistant.answer import SourcesFound
from assistant.checking.citations import Quote
from assistant.prompts.neutral import inert_line
from assistant.tasks.difference import Difference, Quotation
from assistant.tasks.differences import Change, Unit, changes, units
from assistant.tasks.pieces import paragraphs
from assistant.tasks.request import DifferencesFound, Material, PieceDone, TaskEvent
from assistant.tasks.writing import Writing
from retrieval.corpus import Passage

# So many are shown, the weightiest first.
MOST_SHOWN = 300

SAME = "Les deux textes disent la même chose, mot pour mot\u202f; seule la mise en page peut différer."

MOVED_ONE = "1 phrase a changé de place sans changer de mots."
MOVED = "{} phrases ont changé de place sans changer de mots."

_TITLES = ("Chiffres, dates et articles changés", "Autres changements", "Ajouts", "Suppressions")


async def compare(writing: Writing) -> AsyncGenerator[TaskEvent, None]:
    """What happens meanwhile: the differences, then the text that says them."""
    draft = writing.draft
    draft.pieces = 1
    yield PieceDone(0, 1)
    old, new = (_paragraphs(material) for material in draft.filled.materials)
    found, moved = await asyncio.to_thread(_compared, old, new)
    shown = sorted(found, key=_rank)[:MOST_SHOWN]
    if len(found) > len(shown):
        draft.note(f"{len(found)} différences, dont les {len(shown)} premières sont montrées.")
    if moved:
        draft.note(MOVED_ONE if moved == 1 else MOVED.format(moved))
    quoted = {id(unit.passage): unit.passage for change in shown for unit in change.units}
    draft.passages = tuple(quoted.values())
    numbers = {key: n for n, key in enumerate(quoted, start=1)}
    differences = [_difference(change, numbers) for change in shown]
    draft.quotes = _quotes(shown, numbers)
    draft.supported, draft.done = max(1, len(shown)), 1
    yield PieceDone(1, 1)
    yield SourcesFound(draft.passages, ())
    yield DifferencesFound(tuple(differences))
    yield writing.show(_text(shown, differences) or SAME)


def _paragraphs(material: Material) -> list[Passage]:
    whole = sum(len(passage.chunk.text) for passage in material.passages)
    return [piece.passages[0] for piece in paragraphs(material.passages, len, whole)]


def _compared(old: Sequence[Passage], new: Sequence[Passage]) -> tuple[list[Change], int]:
    return changes(units(old, 0), units(new, 1))


def _rank(change: Change) -> int:
    if change.old and change.new:
        return 0 if change.figures else 1
    return 2 if change.new else 3


def _difference(change: Change, numbers: Mapping[int, int]) -> Difference:
    old, new = (_quotation(unit, numbers) if unit else None for unit in (change.old, change.new))
    return Difference(old, new, change.units[-1].place, change.figures, change.words)


def _quotation(unit: Unit, numbers: Mapping[int, int]) -> Quotation:
    return Quotation(unit.text, numbers[id(unit.passage)])


def _quotes(changed: Sequence[Change], numbers: Mapping[int, int]) -> dict[int, Quote]:
    quotes: dict[int, Quote] = {}
    for unit in (unit for change in changed for unit in change.units):
        quote, n = Quote(unit.start, unit.start + len(unit.text)), numbers[id(unit.passage)]
        quotes[n] = quote | quotes.get(n, quote)
    return quotes


def _text(changed: Sequence[Change], differences: Sequence[Difference]) -> str:
    blocks = []
    for rank, title in enumerate(_TITLES):
        lines = [_line(one) for change, one in zip(changed, differences, strict=True) if _rank(change) == rank]
        if lines:
            blocks.append("\n".join([f"**{title} ({len(lines)})**", "", *lines]))
    return "\n\n".join(blocks)


def _line(difference: Difference) -> str:
    place = f"{inert_line(difference.place)}\u202f: " if difference.place else ""
    return f"- {place}" + " devient ".join(_quoted(difference))


def _quoted(difference: Difference) -> Iterator[str]:
    for side in filter(None, (difference.old, difference.new)):
        yield f"«\u202f{inert_line(side.text)}\u202f» [{side.n}]"
