"""The words of the guardrails: what was found, and what a collection does about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Concern(StrEnum):
    """Why a text is not taken as it is."""

    MARKING = "marking"  # a protective marking: « DIFFUSION RESTREINTE »
    PERSONAL_DATA = "personal-data"
    INSTRUCTION = "instruction"  # words for a model instead of a reader
    HIDDEN = "hidden"  # words that no reader sees


@dataclass(frozen=True, slots=True)
class Finding:
    """One place of a text, as a span of characters; `what` names the kind in French, never the words themselves."""

    concern: Concern
    what: str
    start: int
    end: int


class Response(StrEnum):
    """What is done with a text; a later one is stricter."""

    IGNORE = "ignore"
    FLAG = "flag"  # taken, and shown with what was found
    QUARANTINE = "quarantine"  # kept aside until a person decides
    REFUSE = "refuse"


_STRICTNESS = tuple(Response)

_USUAL = MappingProxyType(
    {
        Concern.MARKING: Response.QUARANTINE,
        Concern.PERSONAL_DATA: Response.FLAG,
        Concern.INSTRUCTION: Response.QUARANTINE,
        Concern.HIDDEN: Response.FLAG,
    }
)


@dataclass(frozen=True, slots=True)
class Responses:
    """A collection's rule; what it does not name is answered as usual."""

    chosen: Mapping[Concern, Response] = field(default_factory=dict)

    def to(self, findings: Iterable[Finding]) -> Response:
        """The strictest response that one of these findings calls for."""
        called = (self.chosen.get(finding.concern, _USUAL[finding.concern]) for finding in findings)
        return max(called, key=_STRICTNESS.index, default=Response.IGNORE)
