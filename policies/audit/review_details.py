"""What the details of acts on the register itself may say (see `details`)."""

from collections.abc import Mapping

from policies.audit.event import Act
from policies.audit.kinds import Each, Kind, Named, Shape

# Of a request by one auditor that another decides; the reason that was given is content.
_REQUEST: Mapping[str, Shape] = {
    "request": Kind.REQUEST,
    "case": Kind.CASE,
    "who": Kind.PSEUDONYM,
    "record": Kind.RECORD,
    "records": Each(Kind.RECORD),
    "conversation": Kind.CONVERSATION,
    "hold": Kind.HOLD,
    "texts": Named(Kind.WORD),  # what was found of each: as recorded, altered, erased
    "name": Kind.LABEL,  # of a text among the content of that record
    "until": Kind.TIME,
    "by": Kind.PERSON,  # who had asked
    "second": Kind.DECISION,  # whether another person had to approve
}
# `size` is how many records the backup holds.
_BACKUP: Mapping[str, Shape] = {
    "size": Kind.COUNT,
    "sha256": Kind.HASH,
    "recipients": Kind.COUNT,
    **dict.fromkeys(("documents", "blobs", "missing", "bytes", "seconds"), Kind.COUNT),
}
# From which record up to which, without it, places outside the database have hashes of records that were lost; what is
# believed of it stands in `purges`.
_RESTORED: Mapping[str, Shape] = {
    **_BACKUP,
    "root": Kind.HASH,
    "made_at": Kind.TIME,
    **dict.fromkeys(("from", "to"), Kind.RECORD),
    "places": Kind.COUNT,
    "unreachable": Kind.COUNT,
    "erasures": Kind.COUNT,
}
# What a page of the review was narrowed to; words that were typed are content.
_FILTERS: Mapping[str, Shape] = {
    "who": Kind.PSEUDONYM,
    "about": Kind.PSEUDONYM,
    "origin": Kind.PSEUDONYM,
    "collection": Kind.COLLECTION,
    "document": Kind.DOCUMENT,
    "conversation": Kind.CONVERSATION,
    "exchange": Kind.EXCHANGE,
    "session": Kind.SESSION,
    "acts": Each(Kind.ACT),
    "decision": Kind.WORD,
    "flag": Kind.WORD,
    "since": Kind.TIME,
    "until": Kind.TIME,
    "before": Kind.RECORD,
    "words": Kind.COUNT,
}
_REVIEW: Mapping[str, Shape] = {
    "page": Kind.WORD,
    "case": Kind.CASE,
    "alert": Kind.ALERT,
    "record": Kind.RECORD,
    "about": Kind.PSEUDONYM,  # whose record
    "filters": _FILTERS,
    "entries": Kind.COUNT,
    "format": Kind.WORD,
    "sha256": Kind.HASH,
}
_CASE: Mapping[str, Shape] = {
    "case": Kind.CASE,
    "hold": Kind.HOLD,
    "who": Kind.PSEUDONYM,
    "collection": Kind.COLLECTION,
    "document": Kind.DOCUMENT,
    "conversation": Kind.CONVERSATION,
    "records": Each(Kind.RECORD),
    "since": Kind.TIME,
    "until": Kind.TIME,
    "holds": Kind.COUNT,
}
_ALERT: Mapping[str, Shape] = {
    "alert": Kind.ALERT,
    "rule": Kind.RULE,
    "who": Kind.PSEUDONYM,
    "records": Each(Kind.RECORD),
    "count": Kind.COUNT,
    "state": Kind.DECISION,
    "before": Kind.DECISION,
    "noted": Kind.FLAG,
}
_TREE: Mapping[str, Shape] = {
    "size": Kind.COUNT,
    "root": Kind.HASH,
    "holds": Kind.DECISION,
    "lost": Kind.COUNT,
    "finding": Kind.REASON,
    "record": Kind.RECORD,
    "checkpoints": Kind.COUNT,
    "places": Kind.COUNT,
    "from": Kind.TIME,
    "to": Kind.TIME,
    "records": Kind.COUNT,
    "format": Kind.WORD,
    "sha256": Kind.HASH,
}
_PURGE: Mapping[str, Shape] = {
    "from": Kind.RECORD,
    "to": Kind.RECORD,
    "kept": Each(Each(Kind.RECORD)),
    "before": Kind.TIME,
    "records": Kind.COUNT,
    "texts": Kind.COUNT,
    "conversations": Kind.COUNT,
    "rule": Kind.RULE,
}
_PERSON: Mapping[str, Shape] = {
    "subject": Kind.PERSON,
    "records": Kind.COUNT,
    "texts": Kind.COUNT,
    "conversations": Kind.COUNT,
    "files": Kind.COUNT,
    "held": Kind.COUNT,
    "counts": Named(Kind.COUNT),
    "sha256": Kind.HASH,
}

REVIEW_DETAILS: Mapping[Act, Shape] = {
    Act.AUDIT_KEY_ROTATED: {"old": Kind.WORD, "new": Kind.WORD},
    Act.AUDIT_VERIFIED: _TREE,
    Act.AUDIT_EXPORTED: _TREE,
    Act.REVIEW_OPENED: _REVIEW,
    Act.REVIEW_RECORD_OPENED: _REVIEW,
    Act.REVIEW_EXPORTED: _REVIEW,
    Act.REVIEW_NAME_ASKED: _REQUEST,
    Act.REVIEW_NAME_GRANTED: _REQUEST,
    Act.REVIEW_NAME_REFUSED: _REQUEST,
    Act.REVIEW_NAME_REVOKED: _REQUEST,
    Act.REVIEW_NAME_READ: _REQUEST,
    Act.REVIEW_CONTENT_ASKED: _REQUEST,
    Act.REVIEW_CONTENT_GRANTED: _REQUEST,
    Act.REVIEW_CONTENT_REFUSED: _REQUEST,
    Act.REVIEW_CONTENT_REVOKED: _REQUEST,
    Act.REVIEW_CONTENT_READ: _REQUEST,
    Act.CASE_OPENED: _CASE,
    Act.CASE_NOTED: _CASE,
    Act.CASE_RECORD_ATTACHED: _CASE,
    Act.CASE_CLOSED: _CASE,
    Act.HOLD_PLACED: _CASE,
    Act.HOLD_RELEASE_ASKED: _REQUEST,
    Act.HOLD_RELEASE_REFUSED: _REQUEST,
    Act.HOLD_RELEASE_REVOKED: _REQUEST,
    Act.HOLD_RELEASED: _REQUEST,
    Act.ALERT_RAISED: _ALERT,
    Act.ALERT_CHANGED: _ALERT,
    Act.SEARCH_SAVED: {"search": Kind.WORD, "filters": _FILTERS},
    Act.SEARCH_FORGOTTEN: {"search": Kind.WORD},
    Act.LEDGER_PURGED: _PURGE,
    Act.CONTENT_PURGED: _PURGE,
    Act.PERSON_EXPORTED: _PERSON,
    Act.PERSON_ERASED: _PERSON,
    Act.BACKUP_MADE: _BACKUP,
    Act.BACKUP_RESTORED: _RESTORED,
}
