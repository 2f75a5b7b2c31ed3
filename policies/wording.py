"""The rules as their author wrote them, each with the comment above it."""

import re
from itertools import pairwise

# A comment, a string or the end of a rule; a semicolon within the first two ends nothing.
_TOKEN = re.compile(r'//[^\n]*|"(?:\\.|[^"\\])*"|;', re.DOTALL)


def wordings(rules: str) -> tuple[str, ...]:
    """The text of each rule, in their order. `rules` must be valid Cedar."""
    ends = [0, *(token.end() for token in _TOKEN.finditer(rules) if token[0] == ";")]
    return tuple(_own(rules[start:end]) for start, end in pairwise(ends))


def _own(text: str) -> str:
    """Without what stands above a blank line over the rule: that is about the file, not about the rule."""
    lines = text.strip().splitlines()
    first = next(number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("//"))
    blank = max((number for number, line in enumerate(lines[:first]) if not line.strip()), default=-1)
    return "\n".join(lines[blank + 1 :])
