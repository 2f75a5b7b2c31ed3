"""What can go wrong on the way of a collection to its readers.

PublicationError
├── NothingSubmitted     nothing of the collection is being checked
├── UnderWay             another publication of the collection is being checked, published or rolled back
├── NotReviewed          changes in the collection reach its readers at once: there is nothing to publish
├── NothingToPublish     nothing waits, and the readers stay the same
├── ChangeMoved          what is to be published is not what was shown, checked or measured
├── ChecklistMissing     nobody has signed the checklist for it
├── ChecklistInvalid     an answer of the checklist is missing
├── SecondPersonNeeded   who signed it cannot publish: the collection asks for two people
├── FiguresMissing       nobody has measured the golden questions on it
├── FiguresFell          they find less than before, and nobody said why that is accepted
├── StillReading         documents of the draft are being read
├── NothingToRollBack    nothing was published, or it was rolled back already
└── DraftHolds           something waits in the draft, so that changes cannot go without it
"""

from collections.abc import Iterable

from ingestion.errors import IngestionError


class PublicationError(IngestionError):
    """Root of these errors; messages are French sentences that people read."""


class NothingSubmitted(PublicationError):
    """Nothing of the collection is being checked."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Rien n’est en contrôle dans la collection «\u202f{name}\u202f». Soumettez-la d’abord.")


class UnderWay(PublicationError):
    """Another publication of the collection is being checked, published or rolled back."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Une publication de la collection «\u202f{name}\u202f» est déjà en cours. Voyez où elle en est\u202f; "
            "attendez sa fin, ou renvoyez-la en brouillon."
        )


class NotReviewed(PublicationError):
    """Changes in the collection reach its readers at once."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Dans la collection «\u202f{name}\u202f», tout changement est visible aussitôt\u202f: il n’y a rien à "
            "publier. Demandez d’abord que ses changements soient contrôlés."
        )


class NothingToPublish(PublicationError):
    """Nothing waits, and the readers stay the same."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Rien n’attend d’être publié dans la collection «\u202f{name}\u202f», et ses lecteurs ne changent pas."
        )


class ChangeMoved(PublicationError):
    """What is to be published is not what was shown, checked or measured."""

    def __init__(self) -> None:
        super().__init__(
            "Ce qui attend d’être publié a changé depuis. Relisez l’aperçu, puis signez la liste de contrôle et "
            "mesurez à nouveau."
        )


class ChecklistMissing(PublicationError):
    """Nobody has signed the checklist for this change."""

    def __init__(self) -> None:
        super().__init__("La liste de contrôle n’est pas signée pour ce qui attend. Signez-la, puis publiez.")


class ChecklistInvalid(PublicationError):
    """An answer of the checklist is missing; `fields` names them."""

    def __init__(self, fields: Iterable[str]) -> None:
        self.fields = tuple(fields)
        super().__init__("La liste de contrôle n’est pas complète. Répondez à chacun de ses points.")


class SecondPersonNeeded(PublicationError):
    """Who signed the checklist cannot publish: the collection asks for two people."""

    def __init__(self) -> None:
        super().__init__(
            "Vous avez signé la liste de contrôle, et cette collection demande deux personnes\u202f: une autre "
            "personne qui la tient doit publier, ou signer la liste à votre place."
        )


class FiguresMissing(PublicationError):
    """Nobody has measured the golden questions on this change."""

    def __init__(self) -> None:
        super().__init__("Les questions de référence n’ont pas été mesurées sur ce qui attend. Lancez la mesure.")


class FiguresFell(PublicationError):
    """The golden questions find less than before; `fallen` names the figures."""

    def __init__(self, fallen: Iterable[str]) -> None:
        self.fallen = tuple(fallen)
        super().__init__(
            f"Les questions de référence trouvent moins bien qu’avant ({', '.join(self.fallen)}). Corrigez ce qui "
            "attend, ou donnez la raison de publier malgré tout\u202f: elle sera enregistrée."
        )


class StillReading(PublicationError):
    """Documents of the draft are being read."""

    def __init__(self, documents: int) -> None:
        super().__init__(
            f"{documents} document(s) sont encore en cours de lecture. Attendez la fin du traitement, puis recommencez."
        )


class NothingToRollBack(PublicationError):
    """Nothing was published, or it was rolled back already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"La collection «\u202f{name}\u202f» n’a pas de publication sur laquelle revenir.")


class DraftHolds(PublicationError):
    """Something waits in the draft."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Des changements attendent dans le brouillon de la collection «\u202f{name}\u202f». Publiez-les ou "
            "retirez-les d’abord."
        )
