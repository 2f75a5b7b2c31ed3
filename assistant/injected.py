"""Words in passages that speak to the model instead of the reader (indirect prompt injection).

They are left out of what the model reads and of what bears its sentences out: then an order changes nothing, and
what it orders to be said has no support. The rules that know such words are those of ingestion, where documents
that have them usually wait for a person; here they meet what was let through or came before a rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from policies.guardrails.instructions import instructions
from retrieval.corpus import Passage

LEFT_OUT = (
    "Des passages trouvés contiennent des instructions adressées à un modèle\u202f: "
    "elles ont été écartées de la réponse."
)


@dataclass(frozen=True, slots=True)
class Screened:
    """The passages without such words, in their order, and which of them had some, as found."""

    passages: tuple[Passage, ...]
    suspicious: tuple[Passage, ...]


def screened(passages: Sequence[Passage]) -> Screened:
    """A title, a heading or a header row that has such words goes whole; a text ends before the paragraph with the
    first, for what follows an order belongs to it."""
    clean = tuple(_without(passage) for passage in passages)
    return Screened(clean, tuple(one for one, left in zip(passages, clean, strict=True) if one != left))


def addresses_model(text: str) -> bool:
    """Whether anything in the text speaks to a model."""
    return any(instructions(text))


def _without(passage: Passage) -> Passage:
    chunk, metadata = passage.chunk, passage.metadata
    headings = tuple(heading for heading in chunk.locator.heading_path if not addresses_model(heading))
    return replace(
        passage,
        metadata=replace(metadata, title="") if addresses_model(metadata.title) else metadata,
        chunk=replace(
            chunk,
            text=_before_instructions(chunk.text),
            header="" if addresses_model(chunk.header) else chunk.header,
            locator=replace(chunk.locator, heading_path=headings),
        ),
    )


def _before_instructions(text: str) -> str:
    first = min((finding.start for finding in instructions(text)), default=len(text))
    return text if first == len(text) else text[: text.rfind("\n", 0, first) + 1].rstrip()
