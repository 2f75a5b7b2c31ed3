"""All guardrails, over one text."""

from policies.guardrails.finding import Concern, Finding
from policies.guardrails.instructions import instructions
from policies.guardrails.markings import markings
from policies.guardrails.personal_data import personal_data


def inspect(text: str, unseen: str = "") -> tuple[Finding, ...]:
    """What was found, in the order of the text. `unseen` is what the file holds that no reader sees.

    Orders to a model are looked for in both; a finding in `unseen` has no place in the text: its span is empty.
    """
    found = [*markings(text), *personal_data(text), *instructions(text)]
    if unseen.strip():
        found.append(Finding(Concern.HIDDEN, "texte invisible au lecteur", 0, 0))
    found += [Finding(one.concern, f"{one.what} (texte invisible)", 0, 0) for one in instructions(unseen)]
    return tuple(sorted(found, key=lambda finding: (finding.start, finding.end)))
