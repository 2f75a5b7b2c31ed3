"""What can go wrong in the corpus and in finding things in it.

RetrievalError
├── CollectionNotFound      no such collection, or not for this person: the words are the same
├── CollectionExists        the name is taken
├── NameInvalid             a name that no collection can have
├── DocumentNotFound        no such document, or not in that version
├── QuarantineNotFound      nothing that waits for a decision has that number, or not for this person
├── AlreadyDecided          somebody has decided meanwhile, or a newer version has come
├── EmptyQuestion           nothing was asked
├── QuestionTooLong         more was asked than a question may hold
├── IndexUnavailable        the vector engine cannot be reached or refuses
├── IndexMismatch           the index was made with another embedding model
├── ModelUnknown            the settings do not name the embedding model in use
├── EncodingChanged         another embedding model has come into use while vectors were made
├── EmbeddingFailed         the embedding model gave no vector
└── EmbeddingModelMissing   the embedding model is not where the settings say
"""

from pathlib import Path


class RetrievalError(Exception):
    """Root of this package's errors; messages are French sentences that people read."""


class CollectionNotFound(RetrievalError):
    """There is no such collection, or this person may not read it: nobody learns which."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"La collection « {name} » n’existe pas ou ne vous est pas ouverte. "
            "La commande « assistant collections list » donne celles que vous pouvez lire."
        )


class CollectionExists(RetrievalError):
    """Another collection has that name, upper and lower case being the same."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Une collection « {name} » existe déjà. Choisissez un autre nom, ou versez les documents dans celle-ci."
        )


class NameInvalid(RetrievalError):
    """A collection's name is empty, too long, or holds characters that cannot be seen."""


class DocumentNotFound(RetrievalError):
    """The catalogue has no such document, or not in that version."""

    def __init__(self, document_id: str, version: int | None = None) -> None:
        of = "" if version is None else f" en version {version}"
        super().__init__(
            f"Le document « {document_id} »{of} n’est plus dans la collection. "
            "Versez-le à nouveau, ou reposez la question."
        )


class QuarantineNotFound(RetrievalError):
    """No version that waits for a decision has that number, or this person may not read its collection."""

    def __init__(self, held_id: int) -> None:
        super().__init__(
            f"Aucun document en quarantaine ne porte le numéro {held_id}. "
            "La commande « assistant quarantine list » donne ceux qui attendent votre décision."
        )


class AlreadyDecided(RetrievalError):
    """Somebody has decided about the version meanwhile, or a newer one has come."""

    def __init__(self, held_id: int) -> None:
        super().__init__(
            f"Le document numéro {held_id} n’attend plus de décision : elle a été prise, ou une nouvelle version est "
            "arrivée. Voyez « assistant quarantine list »."
        )


class EmptyQuestion(RetrievalError):
    """The question holds no word."""

    def __init__(self) -> None:
        super().__init__("La question est vide. Écrivez ce que vous cherchez, en une phrase ou en quelques mots.")


class QuestionTooLong(RetrievalError):
    """The question is longer than a question may be."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"La question compte {length} caractères, pour {limit} au plus. Raccourcissez-la, "
            "ou versez le texte dans une collection."
        )


class IndexUnavailable(RetrievalError):
    """The vector engine cannot be opened or reached, or it refused."""


class IndexMismatch(RetrievalError):
    """The index holds vectors of another embedding model."""

    def __init__(self, made_with: str, wanted: str) -> None:
        super().__init__(
            f"L’index a été construit avec le modèle {made_with}, et les réglages demandent {wanted}. "
            "Rétablissez le modèle d’origine dans les réglages, et nommez le nouveau par ASSISTANT_EMBEDDING_NEXT : "
            "l’assistant passera à lui sans interruption."
        )


class ModelUnknown(RetrievalError):
    """The settings of this process name no model that made the index in use."""

    def __init__(self, in_use: str, named: str) -> None:
        super().__init__(
            f"L’index en service est fait avec le modèle de vecteurs «\u202f{in_use}\u202f», que les réglages de ce "
            f"processus ne nomment pas\u202f: ils nomment {named}. Rétablissez-le dans ASSISTANT_EMBEDDING (sans ce "
            "réglage, c’est le modèle fourni)\u202f; pour en changer, nommez le nouveau par ASSISTANT_EMBEDDING_NEXT, "
            "puis redémarrez."
        )


class EncodingChanged(RetrievalError):
    """Another embedding model has come into use while vectors were made; what is begun anew is made by it."""

    def __init__(self) -> None:
        super().__init__("Un autre modèle de vecteurs vient d’entrer en service\u202f: le traitement reprend avec lui.")


class EmbeddingFailed(RetrievalError):
    """The embedding model gave no usable vector."""


class EmbeddingModelMissing(RetrievalError):
    """The embedding model, or the library that runs it, is not there."""

    def __init__(self, what: str | Path) -> None:
        super().__init__(
            f"Le modèle de plongement est introuvable ou illisible : {what}. "
            "Vérifiez le dossier dans les réglages, ou relancez « make run » pour rétablir le modèle embarqué."
        )
