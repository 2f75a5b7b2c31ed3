"""Names that people give: how they are written, and which two are the same."""

import unicodedata
from collections.abc import Iterable

from retrieval.errors import DescriptionInvalid, GroupInvalid, NameInvalid

NAME_LENGTH = 80
DESCRIPTION_LENGTH = 1000
GROUP_LENGTH = 255
MOST_GROUPS = 100


def valid_name(name: str, of: str = "d’une collection") -> str:
    """A name as it is kept, of a collection or of what else `of` says in French. Raises `NameInvalid`."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise NameInvalid(f"Le nom {of} compte de 1 à {NAME_LENGTH} caractères\u202f; celui-ci en compte {len(name)}.")
    if any(unicodedata.category(character)[0] == "C" or character in "\u2028\u2029" for character in name):
        raise NameInvalid(f"Le nom {of} tient sur une ligne, sans caractère invisible. Réécrivez-le.")
    return name


def valid_description(description: str) -> str:
    """A collection's description as it is kept. Raises `DescriptionInvalid`."""
    description = description.replace("\r\n", "\n").strip()
    if len(description) > DESCRIPTION_LENGTH:
        raise DescriptionInvalid(
            f"La description compte {DESCRIPTION_LENGTH} caractères au plus\u202f; celle-ci en compte "
            f"{len(description)}. Abrégez-la."
        )
    if not description.replace("\n", "").isprintable():
        raise DescriptionInvalid("La description contient des caractères invisibles. Réécrivez-la.")
    return description


def valid_group(path: str) -> str:
    """The path of a group of Keycloak. Raises `GroupInvalid`."""
    path = path.strip()
    parts = path.replace("~/", "").split("/")
    if len(path) > GROUP_LENGTH or not path.isprintable() or parts[0] or not all(parts[1:]) or len(parts) == 1:
        raise GroupInvalid(
            f"«\u202f{path[:80]}\u202f» n’est pas le chemin d’un groupe. Écrivez-le comme Keycloak, depuis la "
            "racine\u202f: /DGS/Bureau-A."
        )
    return path


def valid_readers(paths: Iterable[str]) -> frozenset[str]:
    """The groups that may read a collection; none is every agent. Raises `GroupInvalid`."""
    readers = frozenset(map(valid_group, paths))
    if len(readers) > MOST_GROUPS:
        raise GroupInvalid(
            f"Une collection a {MOST_GROUPS} groupes de lecteurs au plus\u202f; vous en donnez {len(readers)}. Nommez "
            "plutôt le groupe qui les contient."
        )
    return readers


def name_key(name: str) -> str:
    """What two names that a reader takes for the same have in common."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def folded(words: str) -> str:
    """Words without accents, capitals and needless blanks, which people in a hurry leave out or add."""
    apart = unicodedata.normalize("NFKD", words)
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).casefold().split())
