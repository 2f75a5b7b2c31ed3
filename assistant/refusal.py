"""What is said when the documents do not carry an answer."""

from collections.abc import Sequence

from assistant.prompts.neutral import inert
from retrieval.corpus import Passage

NEAREST = 3

# Collections that are named; where there are more, their number is told.
NAMED = 3


def refusal(searched: Sequence[str], passages: Sequence[Passage]) -> str:
    """Names what was searched and the documents that came nearest."""
    if not searched:
        return "Aucune collection de documents ne vous est ouverte : la question n’a pas pu être cherchée."
    text = f"Les documents consultés ({_collections(searched)}) ne permettent pas de répondre à cette question."
    named = (passage.metadata.title or passage.document_id for passage in passages)
    titles = list(dict.fromkeys(map(inert, named)))[:NEAREST]  # a title may hold what a client would draw
    if titles:
        text += f" Documents les plus proches : {' ; '.join(f'« {title} »' for title in titles)}."
    return text


def _collections(names: Sequence[str]) -> str:
    quoted = [f"« {name} »" for name in names[:NAMED]]
    listed = " et ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
    if len(names) == 1:
        return f"collection {listed}"
    return f"collections {listed}" if len(names) <= NAMED else f"{len(names)} collections, dont {listed}"
