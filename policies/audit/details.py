"""What the details of each act may say: the closed part of the schema, by act.

An act without an entry, and a field that is not here, cannot be recorded. Whoever adds a field to an event adds it
here; a field that is taken out of events stays, because old records have it.
"""

from collections.abc import Mapping

from policies.audit.event import Act
from policies.audit.kinds import Each, Kind, Named, Shape
from policies.guardrails.finding import Concern

_DOCUMENT: Mapping[str, Shape] = {
    "collection_id": Kind.COLLECTION,
    "document_id": Kind.DOCUMENT,
    "version": Kind.VERSION,
}
_PASSAGE: Mapping[str, Shape] = {**_DOCUMENT, "chunk": Kind.PASSAGE, "score": Kind.MEASURE}
_FOUND: Mapping[str, Shape] = {
    "found": Each({"concern": Kind.WORD, "what": Kind.WORD, "count": Kind.COUNT}),
}
_RULES: Mapping[str, Shape] = {"rules": Each(Kind.RULE)}  # that decided
_COLLECTION: Mapping[str, Shape] = {
    **_RULES,
    "collection_id": Kind.COLLECTION,
    "name": Kind.COLLECTION_NAME,
    "owner": Kind.GROUP,
    "readers": Each(Kind.GROUP),
    "stage": Kind.WORD,
    "archived": Kind.MEASURE,
}
_SOURCE: Mapping[str, Shape] = {"source_id": Kind.SOURCE, "collection_id": Kind.COLLECTION}
_JOB: Mapping[str, Shape] = {**_RULES, "collection_id": Kind.COLLECTION, "documents": Kind.COUNT, "job": Kind.JOB}
_FILE: Mapping[str, Shape] = {
    "conversation": Kind.CONVERSATION,
    "collection_id": Kind.COLLECTION,
    "file": Kind.FILE,
    "files": Kind.COUNT,
    "reason": Kind.REASON,
}
_AGREEMENT: Mapping[str, Shape] = dict.fromkeys(
    ("documents", "points", "incomplete", "outdated", "orphaned", "forsaken"), Kind.COUNT
)
_TASK: Mapping[str, Shape] = {"task": Kind.LABEL, "version": Kind.VERSION, "template": Kind.HASH}
_SHOWN: Mapping[str, Shape] = {"kind": Kind.WORD, "from": Kind.TIME, "until": Kind.TIME}
_ANNOUNCEMENT: Mapping[str, Shape] = {**_RULES, **_SHOWN, "announcement": Kind.LABEL, "before": _SHOWN}
_EMBEDDING: Mapping[str, Shape] = {"embedding": Kind.MODEL, "instead_of": Kind.MODEL, "index": Kind.WORD}
_RESPONSES: Mapping[str, Shape] = {concern.value: Kind.DECISION for concern in Concern}

_PUBLICATION: Mapping[str, Shape] = {
    **_RULES,
    "collection_id": Kind.COLLECTION,
    "publication": Kind.LABEL,
    "change": Kind.HASH,  # the fingerprint of what is published
}
_STAGED: Mapping[str, Shape] = {**_RULES, "collection_id": Kind.COLLECTION, "documents": Each(Kind.DOCUMENT)}

DETAILS: Mapping[Act, Shape] = {
    Act.STARTED: Named(Kind.SETTING),
    Act.COLLECTION_CREATED: _COLLECTION,
    Act.COLLECTION_DESCRIBED: {**_COLLECTION, "before": {"name": Kind.COLLECTION_NAME}},
    Act.COLLECTION_ACCESS_SET: {**_COLLECTION, "before": {"owner": Kind.GROUP, "readers": Each(Kind.GROUP)}},
    Act.COLLECTION_PAUSED: _COLLECTION,
    Act.COLLECTION_RESUMED: _COLLECTION,
    Act.COLLECTION_ARCHIVED: _COLLECTION,
    Act.COLLECTION_RESTORED: _COLLECTION,
    Act.COLLECTION_DELETED: _COLLECTION,
    Act.COLLECTION_RECOVERED: _COLLECTION,
    Act.COLLECTION_PURGED: {**_COLLECTION, "reason": Kind.REASON},
    Act.COLLECTION_PUBLISHED: {**_PUBLICATION, "readers": Each(Kind.GROUP), "stage": Kind.WORD},
    Act.COLLECTION_PULLED_BACK: {**_PUBLICATION, "readers": Each(Kind.GROUP), "stage": Kind.WORD},
    Act.COLLECTION_REVIEW_SET: {**_RULES, "collection_id": Kind.COLLECTION, "reviewed": Kind.DECISION},
    Act.COLLECTION_FOUR_EYES_SET: {**_RULES, "collection_id": Kind.COLLECTION, "four_eyes": Kind.DECISION},
    Act.PUBLICATION_SUBMITTED: _PUBLICATION,
    Act.PUBLICATION_WITHDRAWN: _PUBLICATION,
    Act.PUBLICATION_CHECKED: _PUBLICATION,
    Act.PUBLICATION_MEASURED: {
        **_PUBLICATION,
        **dict.fromkeys(("questions", "unanswerable", "undecided"), Kind.COUNT),
        **dict.fromkeys(("before", "after"), Named(Kind.MEASURE)),
        "passed": Kind.DECISION,
    },
    Act.PUBLICATION_FORCED: {**_PUBLICATION, "fallen": Each(Kind.WORD)},  # the reason is content
    Act.PUBLICATION_DECIDED: {
        **_PUBLICATION,
        "what": Kind.WORD,
        **dict.fromkeys(("added", "changed", "removed"), Kind.COUNT),
    },
    Act.PUBLICATION_OPENED: {"collection_id": Kind.COLLECTION, **_RULES, "documents": Kind.COUNT},
    Act.REMOVAL_STAGED: _STAGED,
    Act.REMOVAL_UNSTAGED: _STAGED,
    Act.DRAFT_DISCARDED: _STAGED,
    Act.DOCUMENT_RECEIVED: {**_DOCUMENT, **_RULES, "sha256": Kind.HASH},
    Act.DOCUMENT_INDEXED: {**_DOCUMENT, **_FOUND, "chunks": Kind.COUNT},
    Act.DOCUMENT_FAILED: {**_DOCUMENT, **_FOUND, **_SOURCE, "failure": Kind.REASON},
    Act.DOCUMENT_CORRECTED: {**_DOCUMENT, **_RULES, "fields": Each(Kind.WORD)},
    Act.DOCUMENT_RENAMED: {**_DOCUMENT, **_SOURCE},
    Act.DOCUMENT_REMOVED: {**_DOCUMENT, **_RULES},
    Act.DOCUMENT_QUARANTINED: {**_DOCUMENT, **_FOUND},
    Act.DOCUMENT_RELEASED: {**_DOCUMENT, **_RULES, **_FOUND},
    Act.DOCUMENT_REFUSED: {**_DOCUMENT, **_RULES, **_FOUND},
    Act.QUARANTINE_LISTED: {"documents": Kind.COUNT},
    Act.QUARANTINE_OPENED: {**_DOCUMENT, **_RULES, **_FOUND},
    Act.ATTEMPTS_LISTED: {"documents": Kind.COUNT},
    Act.GLOSSARY_CHANGED: {**_RULES, "added": Kind.COUNT, "changed": Kind.COUNT, "removed": Kind.COUNT},
    Act.GUARDRAILS_SET: {
        **_RULES,
        "collection_id": Kind.COLLECTION,
        **_RESPONSES,
        "before": _RESPONSES,
    },
    Act.UNSUPPORTED_SET: {
        **_RULES,
        "collection_id": Kind.COLLECTION,
        **dict.fromkeys(("rule", "before"), Kind.DECISION),
    },
    Act.DOCUMENT_OPENED: {
        **_RULES,
        "collection": Kind.COLLECTION,
        "document": Kind.DOCUMENT,
        "version": Kind.VERSION,
        "start": Kind.PASSAGE,
        "end": Kind.PASSAGE,
        "page": Kind.PASSAGE,
    },
    Act.UPLOAD_STARTED: {**_RULES, "collection_id": Kind.COLLECTION},
    Act.UPLOAD_CLOSED: {
        **_RULES,
        "collection_id": Kind.COLLECTION,
        "files": Kind.COUNT,
        "refused": Kind.COUNT,
    },
    Act.BULK_STARTED: {
        **_RULES,
        "collections": Each(Kind.COLLECTION),
        "change": Kind.WORD,
        "on": Kind.TIME,
        "documents": Kind.COUNT,
    },
    Act.DOCUMENT_DOWNLOADED: {**_DOCUMENT, **_RULES},
    Act.DOCUMENTS_LISTED: {**_DOCUMENT, **_RULES, "documents": Kind.COUNT},
    Act.JOBS_LISTED: {"documents": Kind.COUNT, "jobs": Kind.COUNT, "job": Kind.JOB},
    Act.JOB_CANCELLED: _JOB,
    Act.JOB_RETRIED: _JOB,
    Act.INDEX_CHECKED: _AGREEMENT,
    Act.INDEX_REPAIRED: _AGREEMENT,
    Act.EMBEDDING_ANNOUNCED: _EMBEDDING,
    Act.EMBEDDING_SWITCHED: _EMBEDDING,
    Act.EMBEDDING_ABANDONED: _EMBEDDING,
    Act.SOURCES_LISTED: {"sources": Kind.COUNT},
    Act.SOURCE_ADDED: {**_SOURCE, **_RULES, "kind": Kind.WORD, "every_minutes": Kind.COUNT},
    Act.SOURCE_ASKED: {**_SOURCE, **_RULES},
    Act.SOURCE_RESCHEDULED: {**_SOURCE, **_RULES, **dict.fromkeys(("every_minutes", "before"), Kind.COUNT)},
    Act.SOURCE_REMOVED: {**_SOURCE, "documents": Kind.COUNT, "kept": Kind.DECISION},
    Act.SOURCE_SYNCED: {
        **_SOURCE,
        **dict.fromkeys(("added", "changed", "unchanged", "renamed", "removed", "skipped", "failed"), Kind.COUNT),
    },
    Act.SOURCE_FAILED: {**_SOURCE, "failure": Kind.REASON},
    Act.SEARCHED: {
        **_RULES,
        "searched": Each(Kind.COLLECTION_NAME),
        "on": Kind.TIME,
        "limit": Kind.COUNT,
        "context": Kind.COUNT,
        "retrieval_ms": Kind.MEASURE,
        "partial": Each(Kind.SENTENCE),
        "passages": Each(_PASSAGE),
        "kinds": Each(Kind.WORD),
        "signed_from": Kind.TIME,
        "signed_until": Kind.TIME,
    },
    Act.EVALUATED: {
        "evaluation": Kind.WORD,
        "run": Kind.WORD,  # that is kept in the console
        "set": Kind.LABEL,
        "collection_id": Kind.COLLECTION,
        "calibration": Kind.WORD,
        "of": Kind.WORD,
        "phase": Kind.WORD,
        "searched": Each(Kind.LABEL),
        "collections": Each(Kind.COLLECTION_NAME),
        "k": Kind.COUNT,
        "questions": Kind.COUNT,
        "model": Kind.MODEL,
        "metrics": Named(Kind.MEASURE),
        "ranked": Named(Named(Kind.MEASURE)),
        "fused": Named(Named(Kind.MEASURE)),
        "answerable": Named(Kind.MEASURE),
        "unanswerable": Named(Kind.MEASURE),
    },
    Act.QUESTIONS_CHANGED: {
        **_RULES,
        "collection_id": Kind.COLLECTION,
        "set": Kind.LABEL,
        "change": Kind.WORD,
        "golden": Kind.DECISION,
        **dict.fromkeys(("added", "changed", "removed"), Kind.COUNT),
    },
    Act.QUESTION_TRIED: {
        **_RULES,
        "subject": Kind.PERSON,  # with whose eyes, where not one's own
        "what": Kind.WORD,
        "searched": Each(Kind.COLLECTION_NAME),
        "on": Kind.TIME,
        "limit": Kind.COUNT,
        "passages": Each(_PASSAGE),
        "kinds": Each(Kind.WORD),
        "signed_from": Kind.TIME,
        "signed_until": Kind.TIME,
    },
    Act.QUESTION_ASKED: {
        **_RULES,
        "answer_id": Kind.EXCHANGE,
        "conversation": Kind.CONVERSATION,
        "searched": Each(Kind.COLLECTION_NAME),
        "on": Kind.TIME,
        "passages": Each(_PASSAGE),
        "basis": {
            "embedding": Kind.MODEL,
            "chunks": Kind.COUNT,
            **dict.fromkeys(
                ("named", "attached", "by_words_alone", "similarity", "nearest", "around", "coverage"), Kind.MEASURE
            ),
        },
        "thresholds": Kind.HASH,
        "decision": Kind.DECISION,
        "partial": Each(Kind.SENTENCE),
    },
    Act.TASK_ASKED: {
        **_TASK,
        **_RULES,
        "answer_id": Kind.EXCHANGE,
        "conversation": Kind.CONVERSATION,
        "materials": Each(_PASSAGE),
        "characters": Kind.COUNT,
        "searched": Each(Kind.COLLECTION_NAME),
        "passages": Each(_PASSAGE),
    },
    Act.ANSWER_GIVEN: {
        **_TASK,
        "answer_id": Kind.EXCHANGE,
        "conversation": Kind.CONVERSATION,
        "engine": Kind.LABEL,
        "model": Kind.MODEL,
        "model_sha256": Each(Kind.HASH),
        "prompt": Kind.HASH,
        "refused": Kind.FLAG,
        "extracted": Kind.FLAG,
        "supported": Kind.COUNT,
        "unsupported": Kind.COUNT,
        "dropped": Kind.COUNT,
        "judged": {
            "model": Kind.MODEL,
            "sha256": Kind.HASH,
            **dict.fromkeys(("contradicted", "entailed", "unjudged"), Kind.COUNT),
        },
        "suspicious": Each(_PASSAGE),
        "suspicious_question": Kind.FLAG,
        "cited": Each(_PASSAGE),
        "pieces": Kind.COUNT,
        "done": Kind.COUNT,
        "failure": Kind.REASON,
    },
    Act.ANSWER_ABANDONED: {
        **_TASK,
        "answer_id": Kind.EXCHANGE,
        "conversation": Kind.CONVERSATION,
        "reason": Kind.REASON,
        "engine": Kind.LABEL,
        "pieces": Kind.COUNT,
        "done": Kind.COUNT,
        "characters": Kind.COUNT,
    },
    Act.FEEDBACK_GIVEN: {
        "conversation": Kind.CONVERSATION,
        "exchange": Kind.EXCHANGE,
        "useful": Kind.DECISION,
        "reasons": Each(Kind.REASON),
        "saved_minutes": Kind.COUNT,  # as they say
    },
    Act.GAPS_FOUND: {"questions": Kind.COUNT, "groups": Kind.COUNT},
    Act.GAPS_LISTED: {"groups": Kind.COUNT},
    Act.ANSWER_REPLACED: {"exchange": Kind.EXCHANGE, "renewed": Kind.EXCHANGE},
    Act.QUESTION_REPLACED: {
        "conversation": Kind.CONVERSATION,
        "exchange": Kind.EXCHANGE,
        "renewed": Kind.EXCHANGE,
        "later": Kind.COUNT,
    },
    Act.FILE_ATTACHED: _FILE,
    Act.FILE_REMOVED: _FILE,
    Act.CONVERSATION_OPENED: {"conversation": Kind.CONVERSATION},
    Act.CONVERSATION_EXPORTED: {
        "conversation": Kind.CONVERSATION,
        "exchanges": Each(Kind.EXCHANGE),
        "format": Kind.WORD,
    },
    Act.CONVERSATION_RENAMED: {"conversation": Kind.CONVERSATION},
    Act.CONVERSATION_DELETED: {
        "conversation": Kind.CONVERSATION,
        "exchanges": Kind.COUNT,
        "files": Kind.COUNT,
        "reason": Kind.REASON,
    },
    Act.RETENTION_SET: {
        **_RULES,
        "collection_id": Kind.COLLECTION,  # without one: the person's own conversations
        **dict.fromkeys(("months", "before"), Kind.COUNT),
    },
    Act.MODEL_IMPORTED: {**_RULES, "file": Kind.LABEL, "model": Kind.MODEL, "sha256": Kind.HASH},
    Act.MODEL_REFUSED: {**_RULES, "file": Kind.LABEL, "sha256": Kind.HASH, "reason": Kind.REASON},
    Act.MODELS_VERIFIED: {"files": Kind.COUNT, "refused": Each({"file": Kind.LABEL, "sha256": Kind.HASH})},
    Act.ANNOUNCEMENT_PUBLISHED: _ANNOUNCEMENT,
    Act.ANNOUNCEMENT_CHANGED: _ANNOUNCEMENT,
    Act.ANNOUNCEMENT_WITHDRAWN: _ANNOUNCEMENT,
    Act.MODEL_CHOSEN: {
        **_RULES,
        "change": Kind.WORD,
        "version": Kind.VERSION,
        **dict.fromkeys(("model", "instead_of"), Kind.MODEL),
        **dict.fromkeys(("sha256", "instead_of_sha256"), Kind.HASH),
        "format": Kind.WORD,
        "context": Kind.COUNT,
    },
    Act.TEMPLATE_CHANGED: {**_TASK, **_RULES, "change": Kind.WORD},
    Act.GUIDANCE_CHANGED: {
        **_RULES,
        "change": Kind.WORD,
        "version": Kind.VERSION,
        **dict.fromkeys(("guidance", "instead_of"), Kind.HASH),
    },
    Act.TRIED: {
        "trial": Kind.WORD,
        "of": Kind.WORD,
        "phase": Kind.WORD,
        "questions": Kind.COUNT,
        "collections": Each(Kind.COLLECTION_NAME),
        "model": Kind.MODEL,
        "model_sha256": Each(Kind.HASH),
        "guidance": Kind.HASH,
        **dict.fromkeys(("before", "after"), Named(Kind.MEASURE)),
    },
}
