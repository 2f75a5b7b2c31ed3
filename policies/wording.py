"""The rules as their author wrote them, each with the comment above it."""

import re
from itertools import accumulate, pairwise

# Within a comment or a string a semicolon ends no rule, and a bracket opens nothing.
_TOKEN = re.compile(r'//[^\n]*|"(?:\\.|[^"\\])*"|[;()\[\]{}]', re.DOTALL)
_STEPS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def wordings(rules: str) -> tuple[str, ...]:
    """The text of each rule, in their order. `rules` must be valid Cedar."""
    ends = [0, *(token.end() for token in _TOKEN.finditer(rules) if token[0] == ";")]
    return tuple(_own(rules[start:end]) for start, end in pairwise(ends))


def nesting(rules: str) -> int:
    """How many brackets stand open at once, at most; the text need not be valid."""
    return max(accumulate(_STEPS.get(token, 0) for token in _TOKEN.findall(rules)), default=0)


def _own(text: str) -> str:
    """Without what stands above a blank line over the rule: that is about the file, not about the rule."""
    lines = text.strip().splitlines()
    first = next(number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("//"))
    blank = max((number for number, line in enumerate(lines[:first]) if not line.strip()), default=-1)
    return "\n".join(lines[blank + 1 :])
