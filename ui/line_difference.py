"""What changed between two texts, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Lines that stay the same are shown around a change, so many of them.
AROUND = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one text or of both; `before` and `after` are its numbers there. Where lines are left out, `gap`."""

    kind: Literal["same", "removed", "added", "gap"]
    text: str = ""
    before: int | None = None
    after: int | None = None

    @property
    def sign(self) -> str:
        """As programs that compare write it."""
        return {"same": " ", "removed": "-", "added": "+", "gap": "…"}[self.kind]


def difference(before: str, after: str) -> list[Line]:
    """The changed lines with those around them; nothing where the texts are the same."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    end = 0
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        if group[0][1] > end:
            lines.append(Line("gap"))
        for tag, i, j, k, m in group:
            if tag == "equal":
                lines += [Line("same", text, i + n + 1, k + n + 1) for n, text in enumerate(old[i:j])]
            else:
                lines += _changed(old[i:j], i, new[k:m], k)
        end = group[-1][2]
    if lines and end < len(old):
        lines.append(Line("gap"))
    return lines


def _changed(old: Sequence[str], i: int, new: Sequence[str], k: int) -> list[Line]:
    removed = [Line("removed", text, before=i + n + 1) for n, text in enumerate(old)]
    return removed + [Line("added", text, after=k + n + 1) for n, text in enumerate(new)]
