"""The words of the guardrails: what was found, and what a collection does about it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

PLACES = 20  # kept of each kind


class Concern(StrEnum):
    """Why a text is not taken as it is."""

    MARKING = "marking"  # a protective marking: « DIFFUSION RESTREINTE »
    PERSONAL_DATA = "personal-data"
    INSTRUCTION = "instruction"  # words for a model instead of a reader
    HIDDEN = "hidden"  # words that no reader sees

    @property
    def in_french(self) -> str:
        return _IN_FRENCH[self]


_IN_FRENCH = {
    Concern.MARKING: "une mention de protection",
    Concern.PERSONAL_DATA: "des données personnelles",
    Concern.INSTRUCTION: "des instructions adressées à un modèle",
    Concern.HIDDEN: "du texte caché",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place of a text, as a span of characters; `what` names the kind in French, never the words themselves."""

    concern: Concern
    what: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one kind was found in a text, and its first places there."""

    concern: Concern
    what: str
    count: int
    places: tuple[tuple[int, int], ...] = ()


def tallied(findings: Iterable[Finding]) -> tuple[Tally, ...]:
    """The findings by kind, in the order of the first of each."""
    kinds: dict[tuple[Concern, str], list[tuple[int, int]]] = defaultdict(list)
    for finding in findings:
        kinds[finding.concern, finding.what].append((finding.start, finding.end))
    return tuple(Tally(*kind, len(spans), tuple(spans[:PLACES])) for kind, spans in kinds.items())


class Response(StrEnum):
    """What is done with a text; a later one is stricter."""

    ACCEPT = "accept"
    FLAG = "flag"  # taken, and shown with what was found
    QUARANTINE = "quarantine"  # kept aside until a person decides
    REFUSE = "refuse"


_STRICTNESS = tuple(Response)

_USUAL = MappingProxyType(
    {
        Concern.MARKING: Response.QUARANTINE,
        Concern.PERSONAL_DATA: Response.FLAG,  # an administration's texts are full of its own addresses
        Concern.INSTRUCTION: Response.QUARANTINE,
        Concern.HIDDEN: Response.QUARANTINE,
    }
)


@dataclass(frozen=True, slots=True)
class Responses:
    """A collection's rule; what it does not name is answered as usual.

    Usually markings, instructions to a model and hidden text wait for a person, and personal data are flagged. Where
    it is `unattended` there is no person to decide: what would wait is refused.
    """

    chosen: Mapping[Concern, Response] = field(default_factory=dict)
    unattended: bool = False

    def of(self, concern: Concern) -> Response:
        """The response to one concern."""
        response = self.chosen.get(concern, _USUAL[concern])
        return Response.REFUSE if self.unattended and response is Response.QUARANTINE else response

    def to(self, concerns: Iterable[Concern]) -> Response:
        """The strictest response that one of these calls for."""
        return max((self.of(concern) for concern in concerns), key=_STRICTNESS.index, default=Response.ACCEPT)
