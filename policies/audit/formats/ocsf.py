"""A record in the Open Cybersecurity Schema Framework, as one line of JSON: https://schema.ocsf.io/1.2.0.

Signing in and out is Authentication (3002), a start Application Lifecycle (6002), an alert Detection Finding (2004),
all else Datastore Activity (6005): the assistant's collections, register and settings are one store.
"""

from policies.audit.event import Json
from policies.audit.formats.meaning import Deed, Gravity, Meaning, meaning_of
from policies.audit.formats.message import Message
from policies.audit.formats.one_line import as_json

VERSION = "1.2.0"

_FINDING, _AUTHENTICATION, _LIFECYCLE, _DATASTORE = 2004, 3002, 6002, 6005
_OTHER = 99

_ACTIVITIES = {
    Deed.SIGN_IN: (_AUTHENTICATION, 1),
    Deed.SIGN_OUT: (_AUTHENTICATION, 2),
    Deed.START: (_LIFECYCLE, 3),
    Deed.READ: (_DATASTORE, 1),
    Deed.UPDATE: (_DATASTORE, 2),
    Deed.QUERY: (_DATASTORE, 4),
    Deed.CREATE: (_DATASTORE, 6),
    Deed.DELETE: (_DATASTORE, 7),
    Deed.OTHER: (_DATASTORE, _OTHER),
}

_SEVERITIES = {Gravity.USUAL: 1, Gravity.NOTABLE: 2, Gravity.FAILED: 3, Gravity.ALARMING: 4}


def ocsf(message: Message) -> str:
    """The message in that schema."""
    meaning = meaning_of(message.act)
    kind, activity = _activity(message.act, meaning)
    user: dict[str, Json] = {"uid": message.subject or "-", "name": message.username}
    user["groups"] = [{"name": one} for one in message.groups]
    common: dict[str, Json] = {
        "activity_id": activity,
        "activity_name": message.act,
        "category_uid": kind // 1000,
        "class_uid": kind,
        "type_uid": kind * 100 + activity,
        "severity_id": _SEVERITIES[meaning.gravity],
        "status_id": 1 if meaning.succeeded else 2,
        "time": int(message.at.timestamp() * 1000),
        "message": message.act,
        "metadata": {
            "version": VERSION,
            "product": {"name": "assistant", "vendor_name": "assistant"},
            "log_name": "audit",
            "sequence": message.index,
            "uid": message.leaf or str(message.index),
        },
        "actor": {"user": {name: value for name, value in user.items() if value}, "app_name": "assistant"},
        "src_endpoint": {"ip": str(message.ip)} if message.ip else {"name": message.origin or "-"},
        "unmapped": {"roles": [*message.roles], "details": {**message.details}},
    }
    return str(as_json(common | _own(kind, message)))


def _activity(act: str, meaning: Meaning) -> tuple[int, int]:
    if meaning.deed is Deed.ALERT:
        return _FINDING, 1 if act == "alert.raised" else 2
    return _ACTIVITIES[meaning.deed]


def _own(kind: int, message: Message) -> dict[str, Json]:
    """What that class requires beyond what all have."""
    if kind == _FINDING:
        return {"finding_info": {"uid": str(message.details.get("alert", message.index)), "title": message.act}}
    if kind == _AUTHENTICATION:
        return {"user": {"uid": message.subject or "-"}, "service": {"name": "assistant"}}
    if kind == _LIFECYCLE:
        return {"app": {"name": "assistant", "vendor_name": "assistant"}}
    return {"database": {"name": "assistant", "type_id": _OTHER}}
