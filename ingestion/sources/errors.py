"""What can go wrong between a source and the collection that follows it.

SourceError
├── SourceInvalid      what was said of a source does not hold together
├── SourceNotFound     no source of that name, or not for this person: the words are the same
├── SourceExists       the name is taken
├── SourceChanged      somebody else has given it another rhythm meanwhile
├── SourceBusy         it is being synchronised already
├── SourceUnreachable  it does not answer, or not as such a source does; the next synchronisation tries again
├── SourceRefused      it answers, and does not let us in
├── SourceEmptied      it holds nothing any more, where it held documents
├── EntryGone          one entry is no longer there
└── EntryRefused       one entry cannot be read, the others can
"""

from ingestion.errors import IngestionError


class SourceError(IngestionError):
    """Root of what sources raise."""


class SourceInvalid(SourceError):
    """What was said of a source does not hold together; the message says what to write instead."""


class SourceNotFound(SourceError):
    """There is no such source, or it fills a collection that this person may not read: nobody learns which."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"La source « {name} » n’existe pas ou ne vous est pas ouverte. "
            "La commande « assistant sources list » donne celles que vous pouvez voir."
        )


class SourceExists(SourceError):
    """Another source has that name, upper and lower case being the same."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Une source « {name} » existe déjà. Choisissez un autre nom.")


class SourceChanged(SourceError):
    """Somebody else has given the source another rhythm meanwhile."""

    def __init__(self, name: str, every_minutes: int | None) -> None:
        now = f"toutes les {every_minutes} minutes" if every_minutes else "sur demande"
        super().__init__(
            f"Quelqu’un d’autre a changé le rythme de la source « {name} » entre-temps\u202f: elle est désormais "
            f"synchronisée {now}. Vérifiez, puis enregistrez à nouveau si vous le voulez."
        )


class SourceBusy(SourceError):
    """The source is being synchronised already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"La source « {name} » est déjà en cours de synchronisation. Recommencez dans un moment.")


class SourceUnreachable(SourceError):
    """The source does not answer, or not as such a source does."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(
            f"La source {place} est injoignable\u202f: {problem}. "
            "Rien n’a été retiré de la collection. Vérifiez l’adresse et le réseau, puis recommencez."
        )


class SourceRefused(SourceError):
    """The source does not let us in."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"La source {place} refuse l’accès. Rien n’a été retiré de la collection. "
            "Vérifiez ses identifiants dans les réglages et les droits de ce compte, puis recommencez."
        )


class SourceEmptied(SourceError):
    """The source holds nothing any more, where it held `known` documents."""

    def __init__(self, name: str, known: int) -> None:
        super().__init__(
            f"La source « {name} » ne contient plus rien (documents qui en viennent\u202f: {known}). Aucun n’a été "
            "retiré. Si c’est voulu, relancez « assistant sources sync » avec --allow-empty."
        )


class EntryGone(SourceError):
    """The entry is no longer there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}\u202f: l’élément a disparu de la source pendant la lecture. Recommencez.")


class EntryRefused(SourceError):
    """The entry cannot be read, though the source can."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name}\u202f: la source refuse la lecture de cet élément. Donnez-y accès au compte de l’assistant."
        )
