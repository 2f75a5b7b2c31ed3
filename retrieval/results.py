"""What a search gives back."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from retrieval.carrying import Nearby
from retrieval.corpus import Because, Passage, Variant
from retrieval.understanding.understood import Change
from retrieval.variants import Collapsed

WORDS_ALONE = (
    "Le modèle qui calcule le sens de la question a échoué\u202f: la recherche s’est faite par les mots seuls, et peut "
    "avoir manqué des passages."
)
PART_AWAY = (
    "Une partie de l’index ne répond pas\u202f: la recherche s’est faite dans le reste, et peut avoir manqué des "
    "passages."
)


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first, and how strongly they carry the question.

    `searched` names the `collections`, in the same order. `similarity` is the highest cosine between the
    question and a passage. `coverage` is the share of the question's words, the rare ones counting more, that stand in
    one of the first passages, its title or its headings. Both are 0 where nothing was found.
    """

    passages: tuple[Passage, ...]
    searched: tuple[str, ...]
    collections: tuple[UUID, ...]
    similarity: float
    coverage: float
    retrieval_ms: float
    on: dt.date
    """The day on which the texts found are in force."""
    embedding: str = ""
    """The model in whose terms `similarity` is."""
    partial: tuple[str, ...] = ()
    """French sentences that say what the search had to do without."""
    named: bool = False
    """A text is among them that the question names by a legal reference."""
    by_words_alone: bool = False
    """The question's meaning could not be had: `similarity` is 0, and says nothing."""
    nearby: Nearby = Nearby()  # noqa: RUF009  # frozen
    """What lies near the question in all that may be read; looked for where an answer is to stand on it."""
    attached: bool = False
    """The first ones are of files that the person has attached, and near the question."""
    changes: tuple[Change, ...] = ()
    """What of the question was searched otherwise than it was typed."""


def passage(text: Collapsed, names: Mapping[UUID, str]) -> Passage:
    """The text as it is given back; `names` are those of its collections."""
    hit = text.hit
    return Passage(
        collection_id=hit.collection_id,
        collection=names[hit.collection_id],
        document_id=hit.document_id,
        version=hit.version,
        metadata=hit.metadata,
        chunk=hit.chunk,
        score=hit.score,
        similarity=hit.similarity,
        because=(Because.REFERENCE,) if text.named else (),
        variants=tuple(
            Variant(one.collection_id, names[one.collection_id], one.document_id, one.version, one.metadata)
            for one in text.variants
        ),
    )
