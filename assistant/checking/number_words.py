"""Numbers that are written in words, as digits: «vingt et un jours» says the same as «21 jours»."""

import re

_VALUES = {
    word: value
    for value, words in {
        1: "un une", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six", 7: "sept", 8: "huit", 9: "neuf",
        10: "dix", 11: "onze", 12: "douze", 13: "treize", 14: "quatorze", 15: "quinze", 16: "seize",
        20: "vingt vingts", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 100: "cent cents",
        1000: "mille",
    }.items()
    for word in words.split()
}  # fmt: skip

_ORDINALS = {
    "premier": 1, "première": 1, "deuxième": 2, "troisième": 3, "quatrième": 4, "cinquième": 5, "sixième": 6,
    "septième": 7, "huitième": 8, "neuvième": 9, "dixième": 10, "onzième": 11, "douzième": 12, "treizième": 13,
    "quatorzième": 14, "quinzième": 15, "vingtième": 20, "trentième": 30,
}  # fmt: skip

# «Un» is an article unless it counts a unit, or ends a number.
_ONE = re.compile(r"\bune?\s+(?=(?:an|année|mois|jour|semaine|heure|minute|trimestre|fois\s+par)\b)", re.IGNORECASE)
_COUNTING = "|".join(word for word, value in _VALUES.items() if value > 1)
_NUMBER = re.compile(
    rf"(?<![\w,])(?:{_COUNTING})(?:(?:-|\s)(?:{_COUNTING})|(?:-|\s)(?:et(?:-|\s))?(?:une?(?!\w)|onze))*(?!\w)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)})s?\b", re.IGNORECASE)


def in_digits(text: str) -> str:
    """The text with its number words as digits, ordinals as «20e»."""
    text = _ORDINAL.sub(lambda match: f"{_ORDINALS[match[1].lower()]}e", text)
    text = _NUMBER.sub(lambda match: str(_value(match.group())), text)
    return _ONE.sub("1 ", text)


def _value(words: str) -> int:
    """«Quatre-vingt-dix mille deux cents» is 90 200."""
    thousands, rest = 0, 0
    for word in re.findall(r"[^\W\d_]+", words.lower()):
        if word == "et":
            continue
        value = _VALUES[word]
        if value == 1000:
            thousands, rest = max(rest, 1) * 1000, 0
        elif value == 100:
            rest = max(rest, 1) * 100
        elif value == 20 and rest % 10 == 4:
            rest += 80 - 4
        else:
            rest += value
    return thousands + rest
