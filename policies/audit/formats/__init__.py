"""The formats in which records go to a SIEM and into exports: each a pure function of a message, and one line.

syslog   RFC 5424, with structured data and the details as JSON
ecs      Elastic Common Schema, JSON
ocsf     Open Cybersecurity Schema Framework, JSON
cef      ArcSight Common Event Format
"""

from collections.abc import Callable
from enum import StrEnum

from policies.audit.formats.cef import cef
from policies.audit.formats.ecs import ecs
from policies.audit.formats.message import Message
from policies.audit.formats.ocsf import ocsf
from policies.audit.formats.syslog import syslog, syslog_with


class Format(StrEnum):
    """A format, by the name that settings and commands give it."""

    SYSLOG = "syslog"
    ECS = "ecs"
    OCSF = "ocsf"
    CEF = "cef"


_WRITERS: dict[Format, Callable[[Message], str]] = {
    Format.SYSLOG: syslog,
    Format.ECS: ecs,
    Format.OCSF: ocsf,
    Format.CEF: cef,
}


def line_of(message: Message, wanted: Format) -> str:
    """The message as one line, without its end."""
    return _WRITERS[wanted](message)


def syslog_line_of(message: Message, wanted: Format) -> str:
    """The same as the text of a message of RFC 5424, which is how syslog and RELP carry every format."""
    return syslog(message) if wanted is Format.SYSLOG else syslog_with(_WRITERS[wanted], message)
