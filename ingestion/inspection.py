"""What the guardrails find in a document that was read, before anything is made of it."""

import hashlib
import json
from dataclasses import dataclass

from ingestion.document import ParsedDocument
from policies import Tally, inspect, tallied


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found, by kind, and what no reader sees; `digest` stands for the content and for what was found.

    A decision holds for its digest: what somebody let through is asked about anew when it is another text, or when
    the guardrails have learnt to find more in it.
    """

    found: tuple[Tally, ...] = ()
    unseen: str = ""
    digest: bytes = b""


NOTHING_FOUND = Inspection()


def inspected(document: ParsedDocument) -> Inspection:
    """All guardrails over the document."""
    text, unseen, invisible = document.text, document.unseen, document.invisible
    margins = f"{document.metadata.title}\n{document.margins}"
    found = tallied(inspect(text, unseen, margins, invisible))
    if not found:
        return NOTHING_FOUND
    unseen = "\n".join(filter(None, (unseen, invisible)))
    kinds = sorted((one.concern.value, one.what) for one in found)
    content = json.dumps([text, unseen, margins, kinds]).encode()
    return Inspection(found, unseen, hashlib.sha256(content).digest())
