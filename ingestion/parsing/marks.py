"""The marks of list items and numbered headings, counted as office programs count them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

BULLET = "-"
_LETTERS = 26
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is marked; `pattern` has %1 to %10 for the numbers of the levels.

    `linked_style` is the paragraph style that is made for it, where there is one.
    """

    style: str  # decimal, letter, LETTER, roman, ROMAN, bullet or none
    pattern: str = "%1."
    start: int = 1
    linked_style: str = ""


@dataclass
class Counter:
    """The numbers that a list has reached, by level from 0."""

    levels: Mapping[int, Level]
    _reached: dict[int, int] = field(default_factory=dict)

    def restart(self, level: int, number: int) -> None:
        """Let the next item of that level have that number."""
        self._reached[level] = number - 1

    def next(self, level: int) -> str:
        """The mark of one more item with a space after it, or nothing if such items have none."""
        deeper = [other for other in self._reached if other > level]
        for other in deeper:
            del self._reached[other]
        form = self.levels.get(level, Level("bullet"))
        self._reached[level] = self._reached.get(level, form.start - 1) + 1
        match form.style:
            case "none":
                return ""
            case "bullet":
                return f"{BULLET} "
            case _:
                mark = self._filled(form.pattern)
                return f"{mark} " if mark.strip() else ""

    def _filled(self, pattern: str) -> str:
        for level in range(9, -1, -1):  # %10 before %1
            place = f"%{level + 1}"
            if place in pattern:
                form = self.levels.get(level, Level("decimal"))
                number = self._reached.setdefault(level, form.start)
                pattern = pattern.replace(place, written(number, form.style))
        return pattern.strip()


def written(number: int, style: str) -> str:
    """A number in that style; letters go on with aa, bb after z."""
    match style:
        case "letter" | "LETTER" if 0 < number <= 10 * _LETTERS:
            text = chr(ord("a") + (number - 1) % _LETTERS) * ((number - 1) // _LETTERS + 1)
        case "roman" | "ROMAN" if 0 < number < 4000:
            text = _roman(number)
        case "none" | "bullet":
            text = ""
        case _:
            text = str(number)
    return text.upper() if style.isupper() else text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text
