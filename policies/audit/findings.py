"""Each thing that a verification can find, in the words in which people read it."""

from policies.audit.finding import Finding, What


def missing(index: int) -> Finding:
    """A record is not there."""
    return Finding(What.MISSING, index, f"L’enregistrement {index} manque.")


def malformed(index: int) -> Finding:
    """A body is none of ours."""
    return Finding(What.FORM, index, f"L’enregistrement {index} n’a pas la forme d’un enregistrement du registre.")


def other_time(index: int) -> Finding:
    """The table's time is not the body's."""
    return Finding(
        What.TIME, index, f"La date de l’enregistrement {index} a été modifiée : la table ne dit pas ce qu’il dit."
    )


def no_leaf(index: int) -> Finding:
    """A signed record has no leaf."""
    return Finding(What.NODE, index, f"L’empreinte de l’enregistrement {index} manque à l’arbre.")


def node_changed(index: int) -> Finding:
    """A leaf is not its record's, and the record is the one that was signed."""
    return Finding(What.NODE, index, f"L’empreinte de l’enregistrement {index} a été modifiée dans l’arbre.")


def no_node(first: int, last: int) -> Finding:
    """A node over signed records is not there."""
    return Finding(What.NODE, first, f"Un nœud manque à l’arbre, au-dessus des enregistrements {first} à {last}.")


def other_node(first: int, last: int) -> Finding:
    """A node is not that of the records below."""
    return Finding(
        What.NODE,
        first,
        f"Un nœud de l’arbre, au-dessus des enregistrements {first} à {last}, a été modifié, ou bien l’un de ces "
        "enregistrements l’a été avec son empreinte.",
    )


def superfluous(level: int, index: int) -> Finding:
    """A node is over no records."""
    return Finding(
        What.NODE,
        index << level,
        f"Un nœud de l’arbre est de trop : niveau {level}, numéro {index}, sans enregistrements.",
    )


def no_tree(size: int) -> Finding:
    """Nodes before the start of a verification are missing."""
    return Finding(
        What.NODE, 0, f"Des nœuds manquent à l’arbre avant l’enregistrement {size} : vérifiez tout le registre."
    )


def miscounted(head: int, size: int) -> Finding:
    """The ledger counts otherwise than there are records."""
    return Finding(
        What.HEAD, min(size, head), f"Le compteur du registre dit {head} enregistrements, mais il y en a {size}."
    )


def cut(size: int, signed: int, where: str) -> Finding:
    """More was signed than is there."""
    return Finding(
        What.CUT,
        size,
        f"{where} un point de contrôle de {signed} enregistrements, mais le registre n’en a que {size} : il a été "
        "coupé, ou remis dans un état plus ancien.",
    )


def unsigned(size: int, leaves: int) -> Finding:
    """The last checkpoint was removed: its nodes are there."""
    return Finding(
        What.CHECKPOINT,
        size,
        f"Le point de contrôle de {leaves} enregistrements a été retiré de la base : l’arbre va jusque-là.",
    )


def not_signed(since: int, size: int, error: Exception) -> Finding:
    """A checkpoint's signature does not hold, or is nobody's that is believed."""
    return Finding(What.SIGNATURE, since, f"Le point de contrôle de {size} enregistrements n’est pas valable. {error}")


def other_key(size: int) -> Finding:
    """The last checkpoint is by a key that is no longer in use."""
    return Finding(
        What.SIGNATURE,
        size,
        "Le dernier point de contrôle n’est signé ni par la dernière clé donnée, ni par une clé qui lui succède.",
    )


def other_checkpoint(since: int, size: int) -> Finding:
    """A checkpoint's row does not say what its note says."""
    return Finding(
        What.CHECKPOINT,
        since,
        f"Le point de contrôle de {size} enregistrements a été modifié, ou remplacé par un autre.",
    )


def rewritten(since: int, size: int) -> Finding:
    """The records are not those that were signed, and the nodes were made anew."""
    return Finding(
        What.CHECKPOINT,
        since,
        f"Le registre n’est plus celui qui a été signé : entre les enregistrements {since} et {size - 1}, un au moins "
        "a été modifié, retiré ou ajouté, et l’arbre refait. Un emplacement de points de contrôle dirait lequel.",
    )


def out_of_order(since: int, size: int) -> Finding:
    """A checkpoint's time is before that of the one before it."""
    return Finding(
        What.CHECKPOINT, since, f"Le point de contrôle de {size} enregistrements est daté d’avant celui qui le précède."
    )


def forgotten(since: int, size: int, label: str) -> Finding:
    """A place holds a checkpoint that the database does not."""
    return Finding(
        What.CHECKPOINT, since, f"La base n’a plus le point de contrôle de {size} enregistrements, que {label} garde."
    )


def fork(since: int, size: int, label: str) -> Finding:
    """Two notes were signed over one number of records."""
    return Finding(
        What.FORK,
        since,
        f"Deux points de contrôle différents de {size} enregistrements ont été signés : l’un est dans la base, l’autre "
        f"dans {label}.",
    )


def doubled(since: int, size: int, label: str) -> Finding:
    """A place holds two checkpoints over one number of records."""
    return Finding(
        What.FORK,
        since,
        f"{label} garde plusieurs points de contrôle de {size} enregistrements, sous des jours différents : quelqu’un "
        "en a ajouté un.",
    )


def not_shipped(label: str, size: int) -> Finding:
    """A place holds later checkpoints, but not this one."""
    return Finding(What.PLACE, size, f"{label} n’a pas le point de contrôle de {size} enregistrements.")


def gap(label: str, size: int) -> Finding:
    """A place's checkpoints do not follow each other."""
    return Finding(
        What.PLACE,
        size,
        f"Dans {label}, il manque des points de contrôle après {size} enregistrements, ou les empreintes du suivant "
        "n’ont plus leur longueur.",
    )
