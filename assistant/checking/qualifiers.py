"""Small words that turn what the next word says: «ne … pas», «peut», «avant», «sauf», «au moins»."""

import re
from enum import StrEnum


class Qualifier(StrEnum):
    """What is said of a word by the words before it."""

    NOT = "not"
    ONLY = "only"
    MAY = "may"
    MUST = "must"
    BEFORE = "before"
    AFTER = "after"
    UNTIL = "until"
    FROM = "from"
    EXCEPT = "except"
    INCLUDING = "including"
    INSTEAD = "instead"
    LESS = "less"
    MORE = "more"
    LEAST = "least"
    MOST = "most"
    EARLIEST = "earliest"
    LATEST = "latest"
    EVEN = "even"


# These may stand behind what they bear on: «cinq ans maximum», «dans l'entreprise uniquement».
BEHIND = frozenset({Qualifier.LEAST, Qualifier.MOST})

# The first that fits is taken. Laws say «ne peut» without «pas»; «ne … que» restricts, and denies nothing.
_PATTERNS = {
    Qualifier.LATEST: r"au plus tard",
    Qualifier.EARLIEST: r"au plus tôt",
    Qualifier.LEAST: r"au moins|au minimum|minimum|(?:et|ou) plus(?=[\s,.;)]|\Z)",
    Qualifier.MOST: r"au plus|au maximum|maximum|(?:et|ou) moins(?=[\s,.;)]|\Z)",
    Qualifier.LESS: r"moins(?= de | d'| que )",
    Qualifier.MORE: r"plus(?= de | d'| que )|au-delà",
    Qualifier.ONLY: (
        r"uniquement|seulement|exclusivement"
        r"|ne?(?=[ '](?:(?!pas |plus |jamais |aucun|ni )[^\W\d]+[ '-]+){1,7}?qu(?:e |'))"
    ),
    Qualifier.NOT: r"ne(?= )|n(?=')|non|ni|sans|refus\w*(?= (?:de |d')\w+[ei]r\b)|cess\w*(?= (?:de |d')\w+[ei]r\b)",
    Qualifier.MAY: (
        r"peu[tx]|peuvent|pouvez|pourr\w+|pouvai\w+|puiss\w+|pouvoir"
        r"|(?:possibilité|faculté|droit)(?= (?:de |d')\w+[ei]r\b)"
    ),
    Qualifier.MUST: (
        r"doi\w+|devez|devr\w+|devai\w+|(?:tenu|obligé)e?s?|obligation(?= (?:de |d')\S+[ei]r\b)|incombe\w*|faut|faudra"
        r"|obligatoirement|impérativement|nécessairement"
    ),
    Qualifier.BEFORE: r"avant",
    Qualifier.AFTER: r"après|passé(?= ce)|à l'issue|depuis",
    Qualifier.UNTIL: r"jusqu(?=')",
    Qualifier.FROM: r"à partir|à compter|dès",
    Qualifier.EXCEPT: r"sauf|hormis|excepté|à l'exception|hors",
    Qualifier.INCLUDING: r"y compris",
    Qualifier.INSTEAD: r"à défaut|au lieu",
    Qualifier.EVEN: r"même si",
}  # fmt: skip

PATTERN = "|".join(rf"(?P<{name.name}>\b(?:{pattern})(?!\w))" for name, pattern in _PATTERNS.items())


def qualifier(match: re.Match[str]) -> Qualifier | None:
    """Which one a match of `PATTERN`, alone or among others, is."""
    name = match.lastgroup
    return Qualifier[name] if name and name in Qualifier.__members__ else None
