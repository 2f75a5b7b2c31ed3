"""A record in the Elastic Common Schema, as one line of JSON.

https://www.elastic.co/guide/en/ecs/8.17/ecs-field-reference.html. What has no field there stands under
`assistant`, whose `details` an index had best map as `flattened`.
"""

from policies.audit.event import Json
from policies.audit.formats.meaning import Deed, meaning_of
from policies.audit.formats.message import Message
from policies.audit.formats.one_line import as_json

VERSION = "8.17.0"

_TYPES = {
    Deed.CREATE: "creation",
    Deed.READ: "access",
    Deed.QUERY: "access",
    Deed.UPDATE: "change",
    Deed.DELETE: "deletion",
    Deed.SIGN_IN: "start",
    Deed.SIGN_OUT: "end",
    Deed.START: "start",
}

# By what the act is about; the rest is done to what the assistant keeps.
_CATEGORIES = {
    "session": "authentication",
    "service": "authentication",
    "refusals": "authentication",
    "access": "iam",
    "group": "iam",
    "realm": "iam",
    "policy": "iam",
    "process": "process",
    "rules": "configuration",
    "model": "configuration",
    "template": "configuration",
    "guardrails": "configuration",
    "unsupported": "configuration",
    "retention": "configuration",
    "glossary": "configuration",
    "embedding": "configuration",
    "source": "configuration",
    "alert": "intrusion_detection",
}


def ecs(message: Message) -> str:
    """The message in that schema."""
    meaning = meaning_of(message.act)
    source: dict[str, Json] = {"address": message.origin} if message.origin else {}
    if message.ip is not None:
        source["ip"] = str(message.ip)
    user: dict[str, Json] = {"id": message.subject, "name": message.username, "roles": [*message.roles]}
    return str(
        as_json(
            {
                "@timestamp": message.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
                "ecs": {"version": VERSION},
                "event": {
                    "kind": "alert" if message.act == "alert.raised" else "event",
                    "category": [_CATEGORIES.get(message.act.partition(".")[0], "database")],
                    "type": [_TYPES.get(meaning.deed, "info")],
                    "action": message.act,
                    "outcome": "success" if meaning.succeeded else "failure",
                    "severity": meaning.gravity.value,
                    "sequence": message.index,
                    "provider": "assistant",
                    "dataset": "assistant.audit",
                    **({"hash": message.leaf} if message.leaf else {}),
                },
                "host": {"name": message.host},
                "service": {"name": "assistant", "type": "assistant"},
                "user": {name: value for name, value in user.items() if value},
                "source": source,
                "assistant": {"details": {**message.details}, "groups": [*message.groups]},
            }
        )
    )
