"""French for what libraries and the system say in English, where people read it.

What has no words here stays in English: better that than nothing.
"""

import errno
from collections.abc import Mapping
from typing import Any

_SYSTEM = {
    errno.EACCES: "l’accès est refusé",
    errno.EPERM: "l’accès est refusé",
    errno.EADDRINUSE: "il est déjà pris",
    errno.EADDRNOTAVAIL: "cette machine n’a pas cette adresse",
    errno.EDQUOT: "le quota de disque est atteint",
    errno.EEXIST: "ce n’est pas un dossier",
    errno.EISDIR: "c’est un dossier",
    errno.ENOENT: "il n’existe pas",
    errno.ENOSPC: "le disque est plein",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EROFS: "le disque est en lecture seule",
}

# Pydantic's kinds of errors; the context fills the braces.
_VALUES = {
    "enum": "les valeurs possibles sont {expected}",
    "extra_forbidden": "ce nom n’est pas connu",
    "greater_than_equal": "la valeur doit être d’au moins {ge}",
    "int_from_float": "un nombre entier est attendu",
    "dict_type": "une table est attendue",
    "int_parsing": "un nombre entier est attendu",
    "int_type": "un nombre entier est attendu",
    "json_invalid": "ce n’est pas du JSON",
    "less_than_equal": "la valeur doit être d’au plus {le}",
    "list_type": "une liste est attendue",
    "literal_error": "les valeurs possibles sont {expected}",
    "missing": "il manque",
    "model_attributes_type": "un objet est attendu",
    "model_type": "un objet est attendu",
    "path_type": "un chemin est attendu",
    "string_pattern_mismatch": "le texte est vide",
    "string_type": "un texte est attendu",
    "too_short": "il en faut au moins {min_length}",
}


def system_reason(error: OSError) -> str:
    """Why the system refused."""
    return _SYSTEM.get(error.errno or 0) or error.strerror or str(error)


def value_reason(error: Mapping[str, Any]) -> str:
    """What is wrong with a value, from one of pydantic's error details."""
    known = _VALUES.get(error["type"])
    if known is None:
        return str(error["msg"]).removeprefix("Value error, ")
    return known.format_map(error.get("ctx", {})).replace(" or ", " ou ")
