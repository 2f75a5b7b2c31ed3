"""What is written into the audit ledger.

Content never enters an event's `details`: the texts of questions and answers go into `content`,
of which the ledger keeps only salted hashes (the text and its salt lie in an erasable table).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from policies.principal import Principal

# Values that RFC 8785 can put into one canonical form.
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


class Act(StrEnum):
    """What happened; the values are the names in the ledger."""

    STARTED = "process.started"
    COLLECTION_CREATED = "collection.created"
    COLLECTION_DESCRIBED = "collection.described"
    COLLECTION_ACCESS_SET = "collection.access_set"
    COLLECTION_PAUSED = "collection.paused"
    COLLECTION_RESUMED = "collection.resumed"
    COLLECTION_ARCHIVED = "collection.archived"
    COLLECTION_RESTORED = "collection.restored"
    COLLECTION_DELETED = "collection.deleted"
    COLLECTION_RECOVERED = "collection.recovered"
    COLLECTION_PURGED = "collection.purged"
    COLLECTION_PUBLISHED = "collection.published"
    COLLECTION_PULLED_BACK = "collection.pulled_back"
    COLLECTION_REVIEW_SET = "collection.review_set"
    COLLECTION_FOUR_EYES_SET = "collection.four_eyes_set"
    PUBLICATION_SUBMITTED = "publication.submitted"
    PUBLICATION_WITHDRAWN = "publication.withdrawn"
    PUBLICATION_CHECKED = "publication.checked"
    PUBLICATION_MEASURED = "publication.measured"
    PUBLICATION_FORCED = "publication.forced"
    PUBLICATION_DECIDED = "publication.decided"
    PUBLICATION_OPENED = "publication.opened"
    REMOVAL_STAGED = "removal.staged"
    REMOVAL_UNSTAGED = "removal.unstaged"
    DRAFT_DISCARDED = "draft.discarded"
    DOCUMENT_RECEIVED = "document.received"
    DOCUMENT_INDEXED = "document.indexed"
    DOCUMENT_FAILED = "document.failed"
    DOCUMENT_CORRECTED = "document.corrected"
    DOCUMENT_RENAMED = "document.renamed"
    DOCUMENT_REMOVED = "document.removed"
    DOCUMENT_QUARANTINED = "document.quarantined"
    DOCUMENT_RELEASED = "document.released"
    DOCUMENT_REFUSED = "document.refused"
    QUARANTINE_LISTED = "quarantine.listed"
    QUARANTINE_OPENED = "quarantine.opened"
    ATTEMPTS_LISTED = "attempts.listed"
    GLOSSARY_CHANGED = "glossary.changed"
    GUARDRAILS_SET = "guardrails.set"
    UNSUPPORTED_SET = "unsupported.set"
    DOCUMENT_OPENED = "document.opened"
    DOCUMENT_DOWNLOADED = "document.downloaded"
    DOCUMENTS_LISTED = "document.listed"
    UPLOAD_STARTED = "upload.started"
    UPLOAD_CLOSED = "upload.closed"
    BULK_STARTED = "bulk.started"
    JOBS_LISTED = "job.listed"
    JOB_CANCELLED = "job.cancelled"
    JOB_RETRIED = "job.retried"
    INDEX_CHECKED = "index.checked"
    INDEX_REPAIRED = "index.repaired"
    EMBEDDING_ANNOUNCED = "embedding.announced"
    EMBEDDING_SWITCHED = "embedding.switched"
    EMBEDDING_ABANDONED = "embedding.abandoned"
    SOURCES_LISTED = "source.listed"
    SOURCE_ADDED = "source.added"
    SOURCE_ASKED = "source.asked"
    SOURCE_RESCHEDULED = "source.rescheduled"
    SOURCE_REMOVED = "source.removed"
    SOURCE_SYNCED = "source.synced"
    SOURCE_FAILED = "source.failed"
    SEARCHED = "search.done"
    EVALUATED = "evaluation.run"
    QUESTIONS_CHANGED = "questions.changed"
    QUESTION_TRIED = "question.tried"
    QUESTION_ASKED = "question.asked"
    TASK_ASKED = "task.asked"
    ANSWER_GIVEN = "answer.given"
    ANSWER_ABANDONED = "answer.abandoned"
    FEEDBACK_GIVEN = "feedback.given"
    GAPS_FOUND = "gap.found"
    GAPS_LISTED = "gap.listed"
    ANSWER_REPLACED = "answer.replaced"
    QUESTION_REPLACED = "question.replaced"
    FILE_ATTACHED = "file.attached"
    FILE_REMOVED = "file.removed"
    CONVERSATION_OPENED = "conversation.opened"
    CONVERSATION_EXPORTED = "conversation.exported"
    CONVERSATION_RENAMED = "conversation.renamed"
    CONVERSATION_DELETED = "conversation.deleted"
    RETENTION_SET = "retention.set"
    REFUSED = "access.refused"
    SIGNED_IN = "session.started"
    SIGNED_OUT = "session.ended"
    SIGN_IN_REFUSED = "session.refused"
    SESSIONS_LISTED = "session.listed"
    SESSION_REVOKED = "session.revoked"
    SERVICE_REFUSED = "service.refused"
    REFUSALS_SUMMED = "refusals.summed"
    RULES_LOADED = "rules.loaded"
    RULES_REJECTED = "rules.rejected"
    MODEL_IMPORTED = "model.imported"
    MODEL_REFUSED = "model.refused"
    MODELS_VERIFIED = "model.verified"
    MODEL_CHOSEN = "model.chosen"
    TEMPLATE_CHANGED = "template.changed"
    GUIDANCE_CHANGED = "guidance.changed"
    TRIED = "trial.run"
    ANNOUNCEMENT_PUBLISHED = "announcement.published"
    ANNOUNCEMENT_CHANGED = "announcement.changed"
    ANNOUNCEMENT_WITHDRAWN = "announcement.withdrawn"
    PEOPLE_LISTED = "person.listed"
    PERSON_OPENED = "person.opened"
    POLICY_EXPLAINED = "policy.explained"
    GROUPS_LISTED = "group.listed"
    REALM_PROVISIONED = "realm.provisioned"
    AUDIT_KEY_ROTATED = "audit.key_rotated"
    AUDIT_VERIFIED = "audit.verified"
    AUDIT_EXPORTED = "audit.exported"
    REVIEW_OPENED = "review.opened"
    REVIEW_RECORD_OPENED = "review.record_opened"
    REVIEW_EXPORTED = "review.exported"
    REVIEW_NAME_ASKED = "review.name_asked"
    REVIEW_NAME_GRANTED = "review.name_granted"
    REVIEW_NAME_REFUSED = "review.name_refused"
    REVIEW_NAME_REVOKED = "review.name_revoked"
    REVIEW_NAME_READ = "review.name_read"
    REVIEW_CONTENT_ASKED = "review.content_asked"
    REVIEW_CONTENT_GRANTED = "review.content_granted"
    REVIEW_CONTENT_REFUSED = "review.content_refused"
    REVIEW_CONTENT_REVOKED = "review.content_revoked"
    REVIEW_CONTENT_READ = "review.content_read"
    CASE_OPENED = "case.opened"
    CASE_NOTED = "case.noted"
    CASE_RECORD_ATTACHED = "case.record_attached"
    CASE_CLOSED = "case.closed"
    HOLD_PLACED = "hold.placed"
    HOLD_RELEASE_ASKED = "hold.release_asked"
    HOLD_RELEASE_REFUSED = "hold.release_refused"
    HOLD_RELEASE_REVOKED = "hold.release_revoked"
    HOLD_RELEASED = "hold.released"
    ALERT_RAISED = "alert.raised"
    ALERT_CHANGED = "alert.changed"
    SEARCH_SAVED = "search.saved"
    SEARCH_FORGOTTEN = "search.forgotten"
    LEDGER_PURGED = "ledger.purged"
    CONTENT_PURGED = "content.purged"
    PERSON_EXPORTED = "person.exported"
    PERSON_ERASED = "person.erased"


@dataclass(frozen=True, slots=True)
class Event:
    """One act by one principal. `details` are identifiers, counts and decisions; `content` is text."""

    act: Act
    principal: Principal
    details: Mapping[str, Json] = field(default_factory=dict)
    content: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """An event in its place. `index` counts from 0 without a gap; `body` is the canonical JSON (RFC 8785)."""

    index: int
    at: dt.datetime
    body: bytes
