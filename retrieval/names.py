"""Names that people give: how they are written, and which two are the same."""

import unicodedata

from retrieval.errors import NameInvalid

NAME_LENGTH = 80


def valid_name(name: str) -> str:
    """A collection's name as it is kept. Raises `NameInvalid`."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise NameInvalid(
            f"Le nom d’une collection compte de 1 à {NAME_LENGTH} caractères\u202f; celui-ci en compte {len(name)}."
        )
    if any(unicodedata.category(character)[0] == "C" or character in "\u2028\u2029" for character in name):
        raise NameInvalid("Le nom d’une collection tient sur une ligne, sans caractère invisible. Réécrivez-le.")
    return name


def name_key(name: str) -> str:
    """What two names that a reader takes for the same have in common."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def folded(words: str) -> str:
    """Words without accents, capitals and needless blanks, which people in a hurry leave out or add."""
    apart = unicodedata.normalize("NFKD", words)
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).casefold().split())
