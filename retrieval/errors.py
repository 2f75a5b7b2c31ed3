"""What can go wrong in the corpus and in finding things in it.

RetrievalError
├── CollectionNotFound      no such collection, or not for this person: the words are the same
├── CollectionExists        the name is taken
├── CollectionChanged       somebody has changed the collection meanwhile
├── CollectionPaused        the collection takes no document for now
├── OwnerRefused            who changes a collection's owner would no longer keep it
├── NameInvalid             a name that no collection can have
├── DescriptionInvalid      a description that no collection can have
├── GroupInvalid            what was given is not the path of a group
├── DocumentNotFound        no such document, or not in that version
├── DocumentChanged         somebody has changed what is known of the document meanwhile
├── DatesReversed           a text would end to apply before it begins
├── QuarantineNotFound      nothing that waits for a decision has that number, or not for this person
├── AlreadyDecided          somebody has decided meanwhile, or a newer version has come
├── ReasonMissing           a decision about what waits says no reason
├── NotSeen                 what waits is decided about by who has not opened it
├── EmptyQuestion           nothing was asked
├── QuestionTooLong         more was asked than a question may hold
├── AcronymInvalid          an entry that the glossary cannot have
├── AcronymNotFound         the glossary has no such acronym
├── AcronymExists           the glossary has that acronym already
├── GlossaryChanged         somebody has changed the glossary meanwhile
├── QuestionSetNotFound     no such set of questions, or not for this person
├── QuestionSetExists       the collection has a set of that name
├── QuestionSetChanged      somebody has changed the set, or the question, meanwhile
├── QuestionSetFull         a set would hold more questions than one may
├── KeptQuestionNotFound    the set has no such question
├── KeptQuestionInvalid     a question that no set can hold
├── NothingJudged           no question of an evaluation names a document that answers it
├── NothingLearned          too few judged questions find their documents to learn from them
├── RunsDiffer              two evaluations cannot be compared question by question
├── PeriodReversed          a period ends before it begins
├── IndexUnavailable        the vector engine cannot be reached or refuses
├── IndexMismatch           the index was made with another embedding model
├── IndexOutdated           an earlier version of the assistant made the index, which is being made anew
├── IndexTooNew             a later version of the assistant made the index
├── ModelUnknown            the settings do not name the embedding model in use
├── EncodingChanged         another embedding model has come into use while vectors were made
├── EmbeddingFailed         the embedding model gave no vector
├── EmbeddingModelMissing   the embedding model is not where the settings say
├── RerankingFailed         the reranker gave no usable scores
│   └── RerankerAway        it cannot be reached, or not now
├── RerankerMissing         the reranker is not where the settings say
└── RankerInvalid           the file of a ranker’s weights cannot be used
"""

import datetime as dt
from pathlib import Path

from retrieval.dates import written


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


class CollectionChanged(RetrievalError):
    """Somebody else has changed the collection since it was shown, or is changing it right now."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"La collection « {name} » a été modifiée entre-temps par quelqu’un d’autre. Relisez ce qui vaut "
            "maintenant, puis recommencez."
        )


class CollectionPaused(RetrievalError):
    """The collection takes no new document until it is resumed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"La collection « {name} » est en pause\u202f: elle ne prend pas de nouveau document. Reprenez-la d’abord, "
            "dans la console ou par « assistant collections resume »."
        )


class OwnerRefused(RetrievalError):
    """Who gives the collection to another group would no longer keep it themselves."""

    def __init__(self, name: str, owner: str) -> None:
        super().__init__(
            f"Si « {owner} » tient la collection « {name} », vous ne la tiendrez plus. Choisissez un groupe dont vous "
            "êtes membre, ou demandez à un administrateur."
        )


class NameInvalid(RetrievalError):
    """A collection's name is empty, too long, or holds characters that cannot be seen."""


class DescriptionInvalid(RetrievalError):
    """A collection's description is too long, or holds characters that cannot be seen."""


class GroupInvalid(RetrievalError):
    """What was given is not the path of a group, or there are too many of them; the message says what to write."""


class DocumentNotFound(RetrievalError):
    """The catalogue has no such document, or not in that version."""

    def __init__(self, document_id: str, version: int | None = None) -> None:
        of = "" if version is None else f" en version {version}"
        super().__init__(
            f"Le document « {document_id} »{of} n’est plus dans la collection. "
            "Versez-le à nouveau, ou reposez la question."
        )


class DocumentChanged(RetrievalError):
    """Somebody has changed what is known of the document since it was shown, or a new version has come."""

    def __init__(self, document_id: str) -> None:
        super().__init__(
            f"Ce que l’assistant sait du document « {document_id} » a changé entre-temps. Voyez ce qui est "
            "écrit maintenant, puis recommencez si besoin."
        )


class DatesReversed(RetrievalError):
    """A text would end to apply before it begins."""

    def __init__(self, starts: dt.date, repealed_on: dt.date) -> None:
        super().__init__(
            f"Ce texte s’applique à partir du {written(starts)} : il ne peut pas être abrogé avant, le "
            f"{written(repealed_on)}. Corrigez l’une des dates ; donnez deux fois la même à un texte qui ne s’est "
            "jamais appliqué."
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


class ReasonMissing(RetrievalError):
    """A decision about what waits says no reason, or a very long one."""

    def __init__(self, longest: int) -> None:
        super().__init__(
            f"Dites pourquoi, en une phrase de {longest} caractères au plus : le motif est gardé avec la décision."
        )


class NotSeen(RetrievalError):
    """Who decides about several that wait has not opened the one that stands for them, as it is now."""

    def __init__(self, held_id: int) -> None:
        super().__init__(
            f"Ouvrez d’abord le document numéro {held_id}, tel qu’il est maintenant : on ne décide de plusieurs "
            "qu’après en avoir vu un."
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


class PeriodReversed(RetrievalError):
    """The period asked about ends before it begins."""

    def __init__(self, start: dt.date, end: dt.date, of: str = "de signature") -> None:
        super().__init__(
            f"La période {of} commence le {written(start)} et finit avant, le {written(end)}. "
            "Échangez les deux dates, ou n’en gardez qu’une."
        )


class AcronymInvalid(RetrievalError):
    """An entry that the glossary cannot have; the message says why, and is put where the entry was read."""


class AcronymNotFound(RetrievalError):
    """The glossary has no such acronym."""

    def __init__(self, short: str) -> None:
        super().__init__(f"Le glossaire n’a pas de sigle «\u202f{short}\u202f». Revenez à la liste.")


class AcronymExists(RetrievalError):
    """The glossary has that acronym already; upper and lower case and accents are the same."""

    def __init__(self, short: str, long: str) -> None:
        super().__init__(
            f"Le glossaire a déjà «\u202f{short}\u202f»\u202f: {long}. Modifiez cette ligne, ou choisissez un "
            "autre sigle."
        )


class GlossaryChanged(RetrievalError):
    """Somebody has changed the glossary meanwhile, where that matters."""

    def __init__(self) -> None:
        super().__init__(
            "Quelqu’un d’autre a modifié le glossaire entre-temps\u202f: rien n’a été enregistré. Relisez ce qui s’y "
            "trouve maintenant, puis recommencez s’il le faut."
        )


class QuestionSetNotFound(RetrievalError):
    """There is no such set of questions, or not for this person; or several collections have one of that name."""

    def __init__(self, name: str, *, several: bool = False) -> None:
        reason = (
            "plusieurs collections en ont un de ce nom. Nommez aussi la collection."
            if several
            else "il n’existe pas, ou sa collection n’est pas à vous. La commande «\u202fassistant questions "
            "list\u202f» donne les vôtres."
        )
        super().__init__(f"Le jeu de questions «\u202f{name}\u202f» ne peut pas être choisi\u202f: {reason}")


class QuestionSetExists(RetrievalError):
    """Another set of the collection has that name, upper and lower case being the same."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Cette collection a déjà un jeu de questions «\u202f{name}\u202f». Choisissez un autre nom, ou ajoutez "
            "les questions à celui-là."
        )


class QuestionSetChanged(RetrievalError):
    """Somebody has changed the set, or the question, since it was shown."""

    def __init__(self) -> None:
        super().__init__(
            "Une autre personne a changé ceci entre-temps. Voyez ce qui y est maintenant, puis recommencez au besoin."
        )


class QuestionSetFull(RetrievalError):
    """A set would hold more questions than one may."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(
            f"Le jeu compterait {count} questions, pour {limit} au plus. Répartissez-les dans plusieurs jeux."
        )


class KeptQuestionNotFound(RetrievalError):
    """The set has no such question."""

    def __init__(self, question_id: str) -> None:
        super().__init__(f"Le jeu n’a pas, ou n’a plus, de question «\u202f{question_id}\u202f».")


class KeptQuestionInvalid(RetrievalError):
    """A question that no set can hold; the message says why."""


class NothingJudged(RetrievalError):
    """No question of an evaluation names a document that answers it."""

    def __init__(self) -> None:
        super().__init__(
            "Aucune question ne dit quel document y répond : il n’y a rien à mesurer. Donnez dans « relevant » "
            "l’identifiant d’un document au moins ; « assistant documents list NOM » les donne."
        )


class NothingLearned(RetrievalError):
    """Too few questions of a calibration find a relevant document for weights to be learned and proved."""

    def __init__(self) -> None:
        super().__init__(
            "La recherche trouve trop peu des documents attendus pour apprendre un classement. Donnez plus de "
            "questions, vérifiez les identifiants dans « relevant » et les collections où elles sont posées."
        )


class RunsDiffer(RetrievalError):
    """Two evaluations cannot be compared question by question."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"L’évaluation enregistrée ne se compare pas à celle-ci : {reason}. Reprenez les mêmes questions et la "
            "même profondeur, ou enregistrez d’abord une nouvelle évaluation par --save."
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


class IndexOutdated(RetrievalError):
    """An earlier version of the assistant made the index: it is neither searched nor written to."""

    def __init__(self) -> None:
        super().__init__(
            "L’index a été construit par une version antérieure de l’assistant\u202f: il n’est pas interrogé. Le "
            "serveur le refait de lui-même, sans relire les documents\u202f; «\u202fassistant reindex\u202f» dit "
            "où il en est. "
            "Recommencez quand il aura fini."
        )


class IndexTooNew(RetrievalError):
    """A later version of the assistant made the index."""

    def __init__(self) -> None:
        super().__init__(
            "L’index a été construit par une version plus récente de l’assistant\u202f: il n’est pas interrogé. "
            "Démarrez ce processus avec cette version-là."
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


class RerankingFailed(RetrievalError):
    """The reranker gave no usable scores for these texts."""


class RerankerAway(RerankingFailed):
    """The reranker cannot be reached, or not now, whatever it is asked."""


class RerankerMissing(RetrievalError):
    """The reranker, or the library that runs it, is not there."""

    def __init__(self, what: str | Path) -> None:
        super().__init__(
            f"Le modèle de reclassement est introuvable ou illisible : {what}. "
            "Vérifiez le dossier dans ASSISTANT_RERANKER, ou retirez ce réglage : la recherche s’en passe."
        )


class RankerInvalid(RetrievalError):
    """The file of a ranker's weights cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Le classement appris ne peut pas servir\u202f: {reason}. Refaites-le par « assistant calibrate », "
            "ou retirez ASSISTANT_RANKER\u202f: le classement fourni reprend sa place."
        )
