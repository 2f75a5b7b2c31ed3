"""All guardrails, over one text."""

from collections.abc import Iterable, Iterator

from policies.guardrails.finding import Concern, Finding
from policies.guardrails.instructions import instructions
from policies.guardrails.markings import markings
from policies.guardrails.personal_data import personal_data


def inspect(text: str, unseen: str = "", margins: str = "", invisible: str = "") -> tuple[Finding, ...]:
    """What was found, in the order of the text.

    `unseen` is what the file holds that no reader sees, `margins` what stands around the text: title, running heads
    and feet, `invisible` tells places of invisible characters. Orders to a model are looked for in all but these,
    markings in the margins too. A finding outside the text has no place in it: its span is empty.
    """
    found = [*markings(text), *personal_data(text), *instructions(text)]
    found += _elsewhere([*markings(margins), *instructions(margins)], "hors du texte")
    if unseen.strip():
        found.append(Finding(Concern.HIDDEN, "texte invisible au lecteur", 0, 0))
    if invisible:
        found.append(Finding(Concern.HIDDEN, "caractères invisibles", 0, 0))
    found += _elsewhere(instructions(unseen), "texte invisible")
    return tuple(sorted(found, key=lambda finding: (finding.start, finding.end)))


def _elsewhere(findings: Iterable[Finding], where: str) -> Iterator[Finding]:
    return (Finding(one.concern, f"{one.what} ({where})", 0, 0) for one in findings)
