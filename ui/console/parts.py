"""The parts of the console, in the order of its menu, and whom each is open to."""

from dataclasses import dataclass

from policies.access import Action


@dataclass(frozen=True, slots=True)
class Part:
    """`path` is below the console's address; `action` is what one must be allowed to do to see it; None: to be here."""

    path: str
    name: str
    action: Action | None = None


PARTS = (
    Part("", "Tableau de bord"),
    Part("/collections", "Collections"),
    Part("/documents", "Documents"),
    Part("/publication", "Publication"),
    Part("/travaux", "Travaux"),
    Part("/essai", "Essai"),
    Part("/evaluation", "Évaluation"),
    Part("/taches", "Tâches et consignes", Action.ADMINISTER_TASKS),
    Part("/modeles", "Modèles", Action.ADMINISTER_MODELS),
    Part("/glossaire", "Glossaire", Action.ADMINISTER_GLOSSARY),
    Part("/annonces", "Annonces", Action.ANNOUNCE),
    Part("/personnes", "Personnes", Action.ADMINISTER_PEOPLE),
)


def part_of(path: str) -> str:
    """The part that an address below the console's belongs to."""
    return max((part.path for part in PARTS if path.startswith(part.path)), key=len)
