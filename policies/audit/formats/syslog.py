"""A record as a message of RFC 5424: what it is about as structured data, the rest after it.

Facility 13, log audit. Whoever asks for another format gets it as the text of the same message.
"""

import re
from collections.abc import Callable

from policies.audit.formats.meaning import meaning_of
from policies.audit.formats.message import Message
from policies.audit.formats.one_line import as_json, one_line

FACILITY = 13

# The number that RFC 5612 leaves to examples: the product has none of its own.
ENTERPRISE = 32473

APPLICATION = "assistant"
LONGEST_NAME = 32  # characters of a message's identifier, RFC 5424, 6.2.7

_NO_NAME = re.compile(r"[^\x21-\x7e]")


def syslog(message: Message) -> str:
    """The message with its details as its text, in JSON."""
    return syslog_with(lambda message: as_json(message.details), message)


def syslog_with(text: Callable[[Message], str], message: Message) -> str:
    """The message with that text; one line, which has no end."""
    gravity = meaning_of(message.act).gravity
    at = message.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    host = _name(message.host, 255)
    name = _name(message.act, LONGEST_NAME)
    return f"<{FACILITY * 8 + gravity.value}>1 {at} {host} {APPLICATION} - {name} {_data(message)} {text(message)}"


def _name(text: str, longest: int) -> str:
    return _NO_NAME.sub("_", text)[:longest] or "-"


def _data(message: Message) -> str:
    values = {
        "index": str(message.index),
        "act": message.act,
        "outcome": "success" if meaning_of(message.act).succeeded else "failure",
        "who": message.subject,
        "name": message.username,
        "roles": ",".join(message.roles),
        "origin": message.origin,
        "leaf": message.leaf,
    }
    written = " ".join(f'{name}="{_value(value)}"' for name, value in values.items() if value)
    return f"[record@{ENTERPRISE} {written}]"


def _value(text: str) -> str:
    """RFC 5424, 6.3.3: `"`, `\\` and `]` stand after a backslash."""
    return re.sub(r'(["\\\]])', r"\\\1", one_line(text))
