"""A record in ArcSight's Common Event Format, version 0 (CEF Implementation Standard, 26)."""

import re

from policies.audit.formats.meaning import Gravity, meaning_of
from policies.audit.formats.message import Message
from policies.audit.formats.one_line import one_line, shortened

LONGEST_TEXT = 4000  # characters of a custom string

_SEVERITIES = {Gravity.USUAL: 3, Gravity.NOTABLE: 5, Gravity.FAILED: 6, Gravity.ALARMING: 8}


def cef(message: Message) -> str:
    """The message in that format; details that are longer than it allows are cut."""
    meaning = meaning_of(message.act)
    header = ["assistant", "assistant", "1", message.act, message.act, str(_SEVERITIES[meaning.gravity])]
    values = {
        "rt": str(int(message.at.timestamp() * 1000)),
        "externalId": str(message.index),
        "dvchost": message.host,
        "outcome": "success" if meaning.succeeded else "failure",
        "suid": message.subject,
        "suser": message.username,
        "spriv": ",".join(message.roles),
        **_source(message),
        **_labelled("cs1", "leaf", message.leaf),
        **_labelled("cs2", "details", shortened(message.details, LONGEST_TEXT)),
    }
    extension = " ".join(f"{name}={_value(value)}" for name, value in values.items() if value)
    return f"CEF:0|{'|'.join(map(_field, header))}|{extension}"


def _source(message: Message) -> dict[str, str]:
    if message.ip is None:
        return {"shost": message.origin}
    if message.ip.version == 4:
        return {"src": str(message.ip)}
    return _labelled("c6a2", "Source IPv6 Address", str(message.ip))


def _labelled(name: str, label: str, value: str) -> dict[str, str]:
    return {f"{name}Label": label, name: value}


def _field(text: str) -> str:
    return re.sub(r"([|\\])", r"\\\1", one_line(text))


def _value(text: str) -> str:
    return re.sub(r"([=\\])", r"\\\1", one_line(text))
