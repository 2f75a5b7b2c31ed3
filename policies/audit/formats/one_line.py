"""Texts of a record as one line that shows all that it holds."""

import json
import re
from collections.abc import Mapping
from functools import partial

from policies.audit.event import Json

# Control characters, line and paragraph separators, zero-width and bidirectional ones, tags, halves of characters.
_UNSEEN = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ud800-\\udfff"
    "\\ufeff\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]"
)

# RFC 8259 in ASCII alone: whatever a text holds, no line is broken and none reads backwards.
as_json = partial(json.dumps, ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def one_line(text: str) -> str:
    """The text with what nobody sees written out, as in « {U+202E} »; it then is in UTF-8."""
    return _UNSEEN.sub(lambda found: f"{{U+{ord(found[0]):04X}}}", text)


def shortened(details: Mapping[str, Json], most: int) -> str:
    """The details as JSON, cut where that is longer than so many characters; an ellipsis then ends it."""
    written = str(as_json(details))
    return written if len(written) <= most else f"{written[: most - 1]}…"
