"""Protective markings, as a document carries them: alone on a line, in capitals, often on every page.

The same words inside a sentence (« le secret médical ») are no marking.

Sources: IGI 1300 of 9 August 2021 (secret, très secret, spécial France); II 901 (diffusion restreinte);
before 2021, confidentiel and secret défense; article R. 4127-4 of the Code de la santé publique (medical secrecy).
"""

import re
from collections.abc import Iterator

from policies.guardrails.finding import Concern, Finding

_MARKS = (
    "TR[ÈE]S SECRET(?: D[ÉE]FENSE)?",
    "SECRET(?: D[ÉE]FENSE)?",
    "CONFIDENTIEL D[ÉE]FENSE",
    "CONFIDENTIEL M[ÉE]DICAL",
    "SECRET M[ÉE]DICAL",
    "CONFIDENTIEL PERSONNEL",
    "CONFIDENTIEL",
    "DIFFUSION RESTREINTE",
    "DIFFUSION LIMIT[ÉE]E",
    "NE PAS DIFFUSER",
    "SP[ÉE]CIAL FRANCE",
)

_FRAME = r"(?:[^\w\n]|[\d_])*"

# Alone on its line, but for the marks beside it, a frame of signs, or a page number.
_LINE = re.compile(
    rf"^{_FRAME}(?P<mark>{'|'.join(_MARKS)})(?:[ \t]*[-–—/|][ \t]*(?:{'|'.join(_MARKS)}))*{_FRAME}$", re.MULTILINE
)


def markings(text: str) -> Iterator[Finding]:
    """Each line that is a protective marking."""
    for match in _LINE.finditer(text):
        yield Finding(Concern.MARKING, f"« {match['mark']} »", match.start("mark"), match.end("mark"))
