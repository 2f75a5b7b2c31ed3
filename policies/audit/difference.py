"""In what a run of records differs from the one that was signed: changed, removed, inserted or moved."""

from collections.abc import Mapping

from policies.audit.finding import Finding, What


def difference(index: int, actual: Mapping[int, bytes], signed: Mapping[int, bytes]) -> Finding:
    """What happened at `index`, where both first differ; leaf hashes by index, as far as they are at hand."""
    came_from = _other_place(actual[index], index, signed)
    went_to = _other_place(signed[index], index, actual)
    if came_from is not None and came_from == went_to:
        return Finding(What.MOVED, index, f"L’enregistrement {index} a été échangé avec le {went_to}.")
    if came_from is not None and went_to is not None:
        return Finding(
            What.MOVED, index, f"L’ordre a été changé : au numéro {index} se trouve l’enregistrement {came_from}."
        )
    if went_to == index + 1:
        return Finding(What.INSERTED, index, f"Un enregistrement a été inséré au numéro {index}.")
    if came_from == index + 1:
        return Finding(
            What.MISSING, index, f"L’enregistrement {index} a été retiré, et les suivants ont été renumérotés."
        )
    if went_to is not None or came_from is not None:
        return Finding(What.MOVED, index, f"L’ordre a été changé à partir de l’enregistrement {index}.")
    return Finding(
        What.CHANGED, index, f"L’enregistrement {index} a été modifié : il n’est plus celui qui a été signé."
    )


def _other_place(leaf: bytes, index: int, leaves: Mapping[int, bytes]) -> int | None:
    return next((place for place, one in leaves.items() if one == leaf and place > index), None)
