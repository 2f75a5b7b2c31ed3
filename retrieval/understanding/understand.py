"""A question as it was meant."""

from retrieval.understanding.acronyms import expansions
from retrieval.understanding.correcting import correct
from retrieval.understanding.lexicon import Lexicon
from retrieval.understanding.understood import ALL_STEPS, Reason, Steps, Understood


def understand(question: str, lexicon: Lexicon, steps: Steps = ALL_STEPS) -> Understood:
    """The question with accents and capitals put right, errors mended, and acronyms beside what they stand for.

    What the lexicon knows all words of, and acronyms with what they stand for, comes back as it is.
    """
    text, changes = correct(question, lexicon, steps)
    added = expansions(text, lexicon) if steps.acronyms else ()
    besides = "".join(f" ({change.meant})" for change in added)
    doubted = "".join(f" {change.typed}" for change in changes if change.reason is Reason.SPELLING)
    return Understood(text, text + besides, text + doubted, changes + added)
