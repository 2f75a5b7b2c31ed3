"""What can go wrong between a file and its place in the corpus.

IngestionError
├── ImportRefused        the import stops before anything is written
│   ├── PathNotFound     no file and no folder of that name
│   ├── FormatUnknown    a file that was named, in a format that nobody here reads
│   └── BrokenLine       a line of a JSON-lines file is not a record
├── DocumentRefused      one document cannot be taken; the import goes on with the others
│   ├── FileUnreadable   the file is closed to us, damaged or protected
│   ├── DocumentEmpty    nothing to read in it
│   ├── TooLarge         more bytes than the settings allow
│   ├── TooManyPages     more pages than the settings allow
│   ├── PageNotFound     the document has no page of that number
│   ├── PictureTooLarge  a picture with more pixels than the settings allow
│   ├── TooMuchMemory    reading it takes more memory than the settings allow
│   ├── TooSlow          reading it takes longer than the settings allow
│   ├── TextRefused      the collection does not take what it holds, or a person has refused it
│   ├── FormatUnread     a file that was attached or sent, in a format that nobody here reads
│   ├── NameUnfit        a file that was sent is called what no document can be called
│   ├── AttachedTwice    the conversation has that very file already
│   ├── TooManyAttached  the conversation has as many files as the settings allow
│   └── TooMuchText      it gives more text than the settings allow
├── ReaderUnavailable    the process that reads documents does not start, or ended
├── JobNotFound          there is no such job, or not for this person
├── UploadNotFound       there is no such upload, or not for this person
├── UploadClosed         no more files come to the upload
├── BulkNotFound         there is no such change to many documents, or not for this person
├── BulkMoved            it would be done to more or fewer documents than were announced
├── ConversationClosed   files are attached to a conversation that is someone else’s, or was deleted meanwhile
├── AttachmentNotFound   the conversation has no such file, or not for this person
├── BlobMissing          an original is no longer in the store
├── BlobsUnavailable     the store of originals cannot be reached or refuses
└── DiskFull             no room left; what was finished stays, the rest waits for the next run
"""

from collections.abc import Iterable
from pathlib import Path

NOTHING_IMPORTED = "relancez la même commande\u202f; rien n’a été importé."


class IngestionError(Exception):
    """Root of this package's errors; messages are French sentences that people read."""


class ImportRefused(IngestionError):
    """The import stops before anything is written."""


class PathNotFound(ImportRefused):
    """There is no file and no folder of that name."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}\u202f: ni fichier ni dossier de ce nom. Vérifiez le chemin puis {NOTHING_IMPORTED}")


class FormatUnknown(ImportRefused):
    """A file that was named has a format that nobody here reads."""

    def __init__(self, path: Path, known: Iterable[str]) -> None:
        super().__init__(
            f"{path}\u202f: ce format n’est pas pris en charge. Convertissez le fichier "
            f"({', '.join(sorted(known))}) puis {NOTHING_IMPORTED}"
        )


class BrokenLine(ImportRefused):
    """A line (`number` counts from 1) of a JSON-lines file is not a record; `problem` says what is wrong."""

    def __init__(self, path: Path, number: int, problem: str) -> None:
        super().__init__(f"{path}, ligne {number}\u202f: {problem}. Corrigez cette ligne puis {NOTHING_IMPORTED}")
        self.path = path
        self.number = number
        self.problem = problem


class DocumentRefused(IngestionError):
    """One document cannot be taken; the import goes on with the others."""


class FileUnreadable(DocumentRefused):
    """The file is closed to us, damaged or protected; `problem` says which, `mend` what to do."""

    def __init__(self, name: str, problem: str, mend: str) -> None:
        super().__init__(f"{name}\u202f: {problem}. {mend}")

    @classmethod
    def closed(cls, path: Path, error: OSError) -> "FileUnreadable":
        """What the system said when the file was opened or read."""
        problem = f"le fichier ne peut pas être lu ({error.strerror or error})"
        return cls(str(path), problem, "Vérifiez qu’il existe encore et que vous avez le droit de le lire.")

    @classmethod
    def broken(cls, name: str) -> "FileUnreadable":
        """The parser broke off or was ended by the system."""
        problem = (
            "le programme qui lit ce fichier s’est arrêté en cours de lecture ; le fichier est sans doute endommagé"
        )
        return cls(name, problem, "Ouvrez-le dans son logiciel d’origine, enregistrez-le à nouveau, puis réessayez.")


class DocumentEmpty(DocumentRefused):
    """There is nothing to read in the document; `mend` says what to do."""

    def __init__(self, name: str, mend: str = "Complétez-le, ou retirez-le de ce que vous importez.") -> None:
        super().__init__(f"{name}\u202f: le document ne contient aucun texte. {mend}")


class TooLarge(DocumentRefused):
    """The file has more bytes than the settings allow; `limit` in bytes."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(
            f"{name}\u202f: le fichier dépasse {limit / 1_000_000:.0f} Mo. Découpez-le, ou relevez la limite "
            "dans les réglages."
        )


class TooManyPages(DocumentRefused):
    """The document has more pages than the settings allow."""

    def __init__(self, name: str, pages: int, limit: int) -> None:
        super().__init__(
            f"{name}\u202f: {_number(pages)} pages, alors que {_number(limit)} au plus sont acceptées. "
            "Découpez le document, ou relevez la limite dans les réglages."
        )


class PageNotFound(DocumentRefused):
    """The document has no page of that number."""

    def __init__(self, name: str, number: int, pages: int) -> None:
        super().__init__(
            f"{name}\u202f: il n’y a pas de page {number}\u202f; le document en a {_number(pages)}. "
            "Choisissez-en une autre."
        )


class PictureTooLarge(DocumentRefused):
    """A picture has more pixels than the settings allow, or would have once the page is drawn."""

    def __init__(self, name: str, page: int, width: int, height: int, limit: int) -> None:
        super().__init__(
            f"{name}, page {page}\u202f: une image de {_number(width)} × {_number(height)} pixels dépasse "
            f"{limit / 1_000_000:.0f} millions de pixels. Enregistrez-la à une résolution plus basse, "
            "ou relevez la limite dans les réglages."
        )


class TooMuchMemory(DocumentRefused):
    """Reading the document takes more memory than the settings allow; `limit` in bytes."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(
            f"{name} : sa lecture demande plus de {limit / 1_000_000:.0f} Mo de mémoire. Découpez le document, "
            "ou relevez la limite dans les réglages."
        )


class TooSlow(DocumentRefused):
    """Reading the document takes longer than the settings allow; `limit` in seconds."""

    def __init__(self, name: str, limit: float) -> None:
        super().__init__(
            f"{name} : sa lecture dure plus de {_number(round(limit))} secondes. Découpez le document, "
            "ou relevez la limite dans les réglages."
        )


class TooMuchText(DocumentRefused):
    """The document gives more text than the settings allow; `limit` in bytes."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(
            f"{name} : il donne plus de {limit / 1_000_000:.0f} Mo de texte. Découpez le document, "
            "ou relevez la limite dans les réglages."
        )


class TextRefused(DocumentRefused):
    """The collection does not take what the document holds, or a person has refused it; `reason` quotes nothing."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}\u202f: {reason}")


class FormatUnread(DocumentRefused):
    """A file that was attached or sent has a format that nobody reads here; `then`: what to do once it is converted."""

    def __init__(self, name: str, known: Iterable[str], then: str = "joignez-le à nouveau") -> None:
        super().__init__(
            f"{name}\u202f: ce format n’est pas pris en charge. Convertissez le fichier ({', '.join(sorted(known))}), "
            f"puis {then}."
        )


class NameUnfit(DocumentRefused):
    """A file that was sent is called what no document can be called; `problem` says why."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}\u202f: {problem}. Renommez-le, puis versez-le à nouveau.")


class AttachedTwice(DocumentRefused):
    """The conversation has that very file already, perhaps under the other name."""

    def __init__(self, name: str, known_as: str) -> None:
        alias = "" if known_as == name else f", sous le nom «\u202f{known_as}\u202f»"
        super().__init__(
            f"{name}\u202f: ce fichier est déjà joint à la conversation{alias}. Posez votre question\u202f: il est lu."
        )


class TooManyAttached(DocumentRefused):
    """The conversation has as many files as the settings allow."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(
            f"{name}\u202f: une conversation compte {limit} fichiers joints au plus. Retirez-en un, puis joignez "
            "celui-ci, ou ouvrez une nouvelle conversation."
        )


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


class BlobsUnavailable(IngestionError):
    """The store of originals cannot be reached, or it refused; `problem` is the system's word."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"Le dossier des originaux n’est pas utilisable ({problem}). Vérifiez ses droits et son disque."
        )


class JobNotFound(IngestionError):
    """There is no such job, or this person may not add to its collection."""

    def __init__(self, job: int) -> None:
        super().__init__(
            f"La tâche {job} n’existe pas ou ne vous est pas ouverte. "
            "La commande « assistant jobs list » donne les tâches."
        )


class UploadNotFound(IngestionError):
    """There is no such upload, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__(
            "Ce versement n’existe pas ou n’est pas le vôtre. Ouvrez la collection, puis versez-y vos fichiers."
        )


class UploadClosed(IngestionError):
    """No more files come to the upload: it was said to be complete."""

    def __init__(self) -> None:
        super().__init__("Ce versement est terminé. Commencez-en un autre pour verser d’autres fichiers.")


class BulkNotFound(IngestionError):
    """There is no such change to many documents, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__(
            "Cette opération n’existe pas ou n’est pas la vôtre. La liste des documents en commence une nouvelle."
        )


class BulkMoved(IngestionError):
    """A change would be done to more or fewer documents than were announced."""

    def __init__(self, announced: int, found: int) -> None:
        super().__init__(
            f"La liste a changé\u202f: elle compte {_number(found)} document{'s' if found > 1 else ''} au lieu de "
            f"{_number(announced)}. Rien n’a été fait. Vérifiez, puis confirmez à nouveau."
        )


class ConversationClosed(IngestionError):
    """The conversation to which files are attached is someone else's, or was deleted meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "Cette conversation a été supprimée, ou n’est pas la vôtre\u202f: aucun fichier ne peut y être joint. "
            "Ouvrez une nouvelle conversation, puis joignez-y le fichier."
        )


class AttachmentNotFound(IngestionError):
    """The conversation has no such file, or it is not for this person."""

    def __init__(self) -> None:
        super().__init__("Ce fichier n’est plus joint à la conversation. Rechargez la page pour voir ceux qui le sont.")


class BlobMissing(IngestionError):
    """An original is no longer in the store."""

    def __init__(self) -> None:
        super().__init__(
            "L’original du document n’est pas dans le dossier des originaux. Vérifiez que tous les processus "
            "ont le même (ASSISTANT_BLOBS), ou versez à nouveau le document."
        )


class DiskFull(IngestionError):
    """There is no room left on a disk that the import writes to."""

    def __init__(self) -> None:
        super().__init__(
            "Il n’y a plus de place sur le disque. Libérez-en, puis relancez la même commande\u202f: "
            "elle reprendra là où l’import s’est arrêté."
        )


class ReaderUnavailable(IngestionError):
    """The process that reads documents does not start, or ended before it had answered."""

    def __init__(self) -> None:
        super().__init__(
            "Le processus qui lit les documents ne répond pas. Vérifiez la mémoire de la machine et le journal, "
            "puis relancez."
        )
