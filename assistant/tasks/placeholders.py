"""Fields named in the texts of a template, as «{objet}»: put in by plain substitution, once, and never executed.

Unlike `str.format` nothing is read of a value: no attribute, no index, no format. A value that holds braces stays as
it is.
"""

import re
from collections.abc import Mapping

_NAMED = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def named(text: str) -> list[str]:
    """The names in the text, in their order."""
    return _NAMED.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the values in the place of their names; what has no value leaves nothing.

    A line that names fields, all of which are empty, goes whole.
    """
    lines = [line for line in text.split("\n") if not named(line) or any(map(values.get, named(line)))]
    return _NAMED.sub(lambda name: values.get(name[1], ""), "\n".join(lines))
