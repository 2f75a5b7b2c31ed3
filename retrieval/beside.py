"""Giving passages of files that a person has attached a place beside those of collections.

Somebody who attaches a file to a conversation asks about it, mostly; a large corpus has something near to any question,
and would drown it. So the files are searched apart, and have a share of the passages where they have any that are near.
"""

import re
from collections.abc import Sequence

from retrieval.variants import Collapsed

# By so much the best passage of a file may lie farther from the question (in cosine) than the best of collections;
# measured with the embedded model (`make bench BENCH=attaching`).
# Beside the 31,660 chunks of the development corpus, of 55 questions whose answer stood in the file alone the worst was
# at .021; files about something else came so near in 1 % of 275 cases that the corpus answers, and 2 % of 135 others.
NEAR = 0.03

_FILES = re.compile(
    r"\b(fichiers?|pi[eè]ces?[ -]jointes?|ci-joint(e|s|es)?|(documents?|textes?|annexes?) joint(e|s|es)?"
    r"|ces? (documents?|textes?|pi[eè]ces?|annexes?)|cette (annexe|pi[eè]ce))\b",
    re.IGNORECASE,
)


def speaks_of_files(question: str) -> bool:
    """Whether the question is about what was attached («Que dit le fichier ?»), to which its words are not near."""
    return _FILES.search(question) is not None


def beside(
    own: Sequence[Collapsed], others: Sequence[Collapsed], limit: int, *, meant: bool = False
) -> list[Collapsed]:
    """So many passages: of those that are `own`, best first, at least a half, then `others`; none that is not near.

    Where the own are `meant`, they are all near, and come before any others.
    """
    nearest = max((text.hit.similarity for text in others), default=0.0)
    near = [text for text in own if meant or text.hit.similarity >= nearest - NEAR]
    share = limit if meant else max(limit - len(others), (limit + 1) // 2)
    kept = near[:share]
    return [*kept, *others[: limit - len(kept)]]
