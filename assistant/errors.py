"""What can go wrong while an answer is made.

AssistantError
├── ModelMissing           the model file is not there
├── ModelUnusable          the model file cannot be loaded
│   └── ModelRefused       the model file is not one of the allowed ones, or no longer
├── ModelUnavailable       the model stopped, or its server does not answer
├── QuestionTooWide        question and instructions alone overflow the model's context
├── EntailmentMissing      the model that sharpens the check of sentences cannot be opened
├── EntailmentFailed       that model failed, or did not answer in time
├── EvidenceInvalid        the file of thresholds below which an answer is refused cannot be used
├── NothingAsked           an evaluation of answers has no question
├── NothingToTellApart     a calibration lacks questions that are answered, or questions that are not
├── QueueFull              too many questions are waiting already
├── TooManyQuestions       a person has asked as many questions within an hour as they may
├── TrialTooLong           a trial has more questions than one may have
├── GuidanceInvalid        a ministry's own instructions to the model cannot be used, with the reason
├── GuidanceNotFound       they have no such version
├── GuidanceChanged        another administrator changed them since they were shown
├── ConversationNotFound   no such conversation, or not this person's: the words are the same
└── TaskError              a task cannot be done as it was asked for
    ├── TaskNotFound       no template of that name, or none in force
    ├── TaskChanged        the template was changed since its fields were shown
    │   └── TemplateChanged  another administrator changed it since it was shown to be edited
    ├── FieldsInvalid      what was filled in does not fit the template, field by field
    ├── MaterialUnusable   a text cannot be worked on: empty, too long, in another language
    └── TemplateInvalid    a template cannot be used, with the reason
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence


class AssistantError(Exception):
    """Root of this package's errors."""


class ModelMissing(AssistantError):
    """The model file is not there."""


class ModelUnusable(AssistantError):
    """The model file cannot be loaded: another format, truncated, altered."""


class ModelRefused(ModelUnusable):
    """The model file is not one of the allowed ones, or no longer; `sha256` is what it has."""

    def __init__(self, message: str, sha256: str) -> None:
        super().__init__(message)
        self.sha256 = sha256


class ModelUnavailable(AssistantError):
    """The model stopped in mid-answer, or its server does not answer."""


class QuestionTooWide(AssistantError):
    """Question and instructions alone overflow the model's context."""


class EntailmentMissing(AssistantError):
    """The model that sharpens the check of sentences cannot be opened."""

    def __init__(self, what: object) -> None:
        super().__init__(
            f"Le modèle qui relit les phrases ne s’ouvre pas\u202f: {what}. Corrigez ASSISTANT_NLI, ou "
            "retirez-le\u202f: les phrases seront comparées mot à mot."
        )


class EntailmentFailed(AssistantError):
    """The model that sharpens the check of sentences failed, or did not answer in time."""


class EvidenceInvalid(AssistantError):
    """The file of thresholds below which an answer is refused cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Les seuils de refus appris ne peuvent pas servir\u202f: {reason}. Refaites-les par "
            "«\u00a0assistant calibrate --unanswerable\u00a0», ou retirez ASSISTANT_REFUSAL\u202f: les seuils fournis "
            "reprennent leur place."
        )


class NothingAsked(AssistantError):
    """An evaluation of answers has no question."""

    def __init__(self) -> None:
        super().__init__("Il n’y a aucune question à poser. Donnez au moins une ligne JSON par --questions.")


class NothingToTellApart(AssistantError):
    """A calibration lacks questions that documents answer, or questions that none does, in most of its parts."""

    def __init__(self) -> None:
        super().__init__(
            "Trop peu de questions pour apprendre quand refuser. Donnez des questions dont un document est la réponse "
            "(« relevant » non vide) par --questions, et des questions sans réponse (« relevant » vide) par "
            "--unanswerable\u202f: cinq de chaque au moins."
        )


class QueueFull(AssistantError):
    """Too many questions are waiting already, in all or of one person."""


class TooManyQuestions(AssistantError):
    """A person has asked as many questions within an hour as they may; `again` is when they may ask the next."""

    def __init__(self, limit: int, again: dt.datetime) -> None:
        questions = "1 question" if limit == 1 else f"{limit} questions"
        super().__init__(
            f"Vous avez posé {questions} en une heure, le maximum. "
            f"Vous pourrez en poser une autre à {again.astimezone():%H h %M}."
        )
        self.again = again

    @property
    def after(self) -> int:
        """Seconds until then."""
        return max(1, math.ceil((self.again - dt.datetime.now(dt.UTC)).total_seconds()))


class ConversationNotFound(AssistantError):
    """There is no such conversation or exchange, or it is someone else's: nobody learns which."""

    def __init__(self) -> None:
        super().__init__("Cette conversation n’existe pas, ou n’est pas la vôtre. Choisissez-en une dans l’historique.")


class TrialTooLong(AssistantError):
    """A trial has more questions than one may have."""

    def __init__(self, questions: int, most: int) -> None:
        super().__init__(
            f"Un essai pose {most} questions au plus\u202f: il y en a {questions}. Gardez les plus parlantes."
        )


class GuidanceInvalid(AssistantError):
    """A ministry's own instructions to the model cannot be used, with the reason."""


class GuidanceNotFound(AssistantError):
    """A ministry's own instructions have no such version."""

    def __init__(self, version: int, last: int) -> None:
        known = f"choisissez de 1 à {last}" if last else "il n’y en a encore aucune"
        super().__init__(f"Les consignes n’ont pas de version {version}\u202f: {known}.")


class GuidanceChanged(AssistantError):
    """Another administrator changed the instructions since they were shown."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"Les consignes ont été modifiées entre-temps\u202f: la version {version} est en vigueur. Comparez-la à la "
            "vôtre, puis enregistrez de nouveau."
        )


class TaskError(AssistantError):
    """A task cannot be done as it was asked for."""


class TaskNotFound(TaskError):
    """There is no template of that name, or it was taken out of use; `known` are those that there are."""

    def __init__(self, name: str, known: Sequence[str] = ()) -> None:
        listed = f" Choisissez parmi\u202f: {', '.join(known)}." if known else " Demandez à un administrateur."
        super().__init__(f"La tâche «\u202f{name}\u202f» n’existe pas, ou n’est plus proposée.{listed}")


class TaskChanged(TaskError):
    """The template was changed since its fields were shown to the person."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"La tâche «\u202f{title}\u202f» a été modifiée depuis que ses champs ont été affichés. "
            "Vérifiez ce que vous avez rempli, puis relancez-la."
        )


class TemplateChanged(TaskChanged):
    """Another administrator changed the template since it was shown to be edited."""

    def __init__(self, name: str, version: int) -> None:
        TaskError.__init__(
            self,
            f"La tâche «\u202f{name}\u202f» a été modifiée entre-temps\u202f: sa version {version} est la dernière. "
            "Comparez-la à la vôtre, puis recommencez.",
        )


class FieldsInvalid(TaskError):
    """What was filled in does not fit the template; `fields` has a French sentence for each field that does not."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class MaterialUnusable(TaskError):
    """A text cannot be worked on: empty, too long, in another language."""


class TemplateInvalid(TaskError):
    """A template cannot be used, with the reason; `faults` has each with its line in the file, where that is known."""

    def __init__(self, message: str, faults: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)
