"""The one table that turns any error into a status and a French sentence.

Apart from `ui.errors`, so that a command that talks to a running server need not import the packages
below, whose errors stand here.
"""

from dataclasses import dataclass

import psycopg

from assistant.errors import (
    AssistantError,
    ConversationNotFound,
    GuidanceChanged,
    GuidanceInvalid,
    GuidanceNotFound,
    NothingAsked,
    NothingToTellApart,
    QuestionTooWide,
    QueueFull,
    TaskChanged,
    TaskError,
    TaskNotFound,
    TooManyQuestions,
)
from ingestion.errors import (
    AttachmentNotFound,
    ConversationClosed,
    DiskFull,
    ImportRefused,
    IngestionError,
    JobNotFound,
)
from ingestion.sources.errors import SourceBusy, SourceExists, SourceNotFound, SourceUnreachable
from policies.errors import (
    ExportRefused,
    KeyInvalid,
    LedgerUnavailable,
    PlaceUnreachable,
    PolicyError,
    Refused,
    RuleNotFound,
    RulesInvalid,
)
from policies.review.errors import (
    AlertNotFound,
    CaseClosed,
    CaseHolding,
    CaseNotFound,
    HoldNotFound,
    NotGranted,
    OwnAffair,
    PersonUnknown,
    RecordNotFound,
    RequestDecided,
    RequestNotFound,
    ReviewError,
    ReviewInvalid,
    SearchNotFound,
    SecondAuditorNeeded,
)
from retrieval.errors import (
    AcronymInvalid,
    AlreadyDecided,
    CollectionChanged,
    CollectionExists,
    CollectionNotFound,
    CollectionPaused,
    DatesReversed,
    DescriptionInvalid,
    DocumentChanged,
    DocumentNotFound,
    EmptyQuestion,
    GroupInvalid,
    KeptQuestionInvalid,
    KeptQuestionNotFound,
    NameInvalid,
    NothingJudged,
    NothingLearned,
    NotSeen,
    OwnerRefused,
    PeriodReversed,
    QuarantineNotFound,
    QuestionSetChanged,
    QuestionSetExists,
    QuestionSetFull,
    QuestionSetNotFound,
    QuestionTooLong,
    ReasonMissing,
    RetrievalError,
)
from ui.errors import (
    AddressUnknown,
    AnnouncementChanged,
    AnnouncementInvalid,
    AnnouncementNotFound,
    PersonAmbiguous,
    PersonNotFound,
    ProviderUnreachable,
    RealmRefused,
    RequestMalformed,
    RequestTooLarge,
    RoleMissing,
    SessionEnded,
    SessionNotFound,
    SignInEnded,
    SignInRefused,
    TokenRefused,
    TooManyRefusals,
    UiError,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as people meet it: an HTTP status and a French sentence."""

    status: int
    message: str


# The first row that fits decides; a sentence of its own replaces an error whose words are not for people.
TABLE: tuple[tuple[type[Exception], int, str | None], ...] = (
    (CollectionNotFound, 404, None),
    (DocumentNotFound, 404, None),
    (ConversationNotFound, 404, None),
    (QuarantineNotFound, 404, None),
    (QuestionSetNotFound, 404, None),
    (KeptQuestionNotFound, 404, None),
    (AlreadyDecided, 409, None),
    (DocumentChanged, 409, None),
    (DatesReversed, 422, None),
    (ReasonMissing, 422, None),
    (NotSeen, 409, None),
    (QuestionSetExists, 409, None),
    (QuestionSetChanged, 409, None),
    (QuestionSetFull, 422, None),
    (KeptQuestionInvalid, 422, None),
    (CollectionExists, 409, None),
    (CollectionChanged, 409, None),
    (CollectionPaused, 409, None),
    (OwnerRefused, 403, None),
    (Refused, 403, None),
    (QueueFull, 429, None),
    (TooManyQuestions, 429, None),
    (EmptyQuestion, 422, None),
    (QuestionTooLong, 422, None),
    (PeriodReversed, 422, None),
    (QuestionTooWide, 422, None),
    (AcronymInvalid, 422, None),
    (NothingJudged, 422, None),
    (NothingLearned, 422, None),
    (NothingAsked, 422, None),
    (NothingToTellApart, 422, None),
    (TaskNotFound, 404, None),
    (TaskChanged, 409, None),
    (TaskError, 422, None),
    (GuidanceNotFound, 404, None),
    (GuidanceChanged, 409, None),
    (GuidanceInvalid, 422, None),
    (NameInvalid, 422, None),
    (DescriptionInvalid, 422, None),
    (GroupInvalid, 422, None),
    (ImportRefused, 422, None),
    (JobNotFound, 404, None),
    (AttachmentNotFound, 404, None),
    (ConversationClosed, 404, None),
    (DiskFull, 507, None),
    (LedgerUnavailable, 503, "Le registre d’audit ne répond pas : sans lui, rien n’est fait. Vérifiez PostgreSQL."),
    (RulesInvalid, 500, None),
    (RuleNotFound, 404, None),
    (CaseNotFound, 404, None),
    (RequestNotFound, 404, None),
    (HoldNotFound, 404, None),
    (PersonUnknown, 404, None),
    (RecordNotFound, 404, None),
    (SearchNotFound, 404, None),
    (AlertNotFound, 404, None),
    (CaseClosed, 409, None),
    (CaseHolding, 409, None),
    (RequestDecided, 409, None),
    (SecondAuditorNeeded, 403, None),
    (OwnAffair, 403, None),
    (NotGranted, 403, None),
    (ReviewInvalid, 422, None),
    (ReviewError, 500, None),
    (ExportRefused, 422, None),
    (KeyInvalid, 422, None),
    (PlaceUnreachable, 503, None),
    (PolicyError, 500, None),
    (RetrievalError, 503, None),
    (SourceNotFound, 404, None),
    (SourceExists, 409, None),
    (SourceBusy, 409, None),
    (SourceUnreachable, 503, None),
    (IngestionError, 422, None),
    (AssistantError, 503, None),
    (ProviderUnreachable, 503, None),
    (SignInRefused, 401, None),
    (SignInEnded, 401, None),
    (SessionEnded, 401, None),
    (TokenRefused, 401, None),
    (SessionNotFound, 404, None),
    (PersonNotFound, 404, None),
    (PersonAmbiguous, 409, None),
    (AnnouncementNotFound, 404, None),
    (AnnouncementChanged, 409, None),
    (AnnouncementInvalid, 422, None),
    (RealmRefused, 502, None),
    (RoleMissing, 403, None),
    (TooManyRefusals, 429, None),
    (AddressUnknown, 404, None),
    (RequestTooLarge, 413, None),
    (RequestMalformed, 422, None),
    (UiError, 500, None),
    (psycopg.Error, 503, "La base de données ne répond pas. Vérifiez PostgreSQL, puis recommencez."),
)

EXPECTED: tuple[type[Exception], ...] = tuple(kind for kind, _, _ in TABLE)


def failure_of(error: BaseException) -> Failure:
    """What the table says of the error; what it does not know stays vague on purpose."""
    for kind, status, sentence in TABLE:
        if isinstance(error, kind):
            return Failure(status, sentence or str(error))
    return Failure(500, "Une erreur imprévue s’est produite ; elle est notée dans le journal du serveur.")
