"""Giving passages of files that a person has attached a place beside those of collections.

Somebody who attaches a file to a conversation asks about it, mostly; a large corpus has something near to any question,
and would drown it. So the files are searched apart, and have a share of the passages where they have any that are near.
"""

from collections.abc import Sequence

from retrieval.variants import Collapsed

# By so much the best passage of a file may lie farther from the question (in cosine) than the best of collections.
NEAR = 0.04


def beside(own: Sequence[Collapsed], others: Sequence[Collapsed], limit: int) -> list[Collapsed]:
    """So many passages: of those that are `own`, best first, at least a half, then `others`; none that is not near."""
    nearest = max((text.hit.similarity for text in others), default=0.0)
    near = [text for text in own if text.hit.similarity >= nearest - NEAR]
    share = max(limit - len(others), (limit + 1) // 2)
    kept = near[:share]
    return [*kept, *others[: limit - len(kept)]]
