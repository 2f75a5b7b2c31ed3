"""What the details of acts on people, their sessions and the access rules may say (see `details`)."""

from collections.abc import Mapping

from policies.audit.event import Act
from policies.audit.kinds import Each, Kind, Shape

_REFUSAL: Mapping[str, Shape] = {"reason": Kind.REASON}
_CHANGE_OF_RULES: Mapping[str, Shape] = {
    "in_force": Kind.HASH,
    "instead_of": Kind.HASH,
    "changed": Kind.DECISION,
    "difference": Each({"rule": Kind.RULE, "change": Kind.WORD, "before": Kind.HASH, "after": Kind.HASH}),
}

ACCESS_DETAILS: Mapping[Act, Shape] = {
    Act.REFUSED: {
        "action": Kind.ACTION,
        "collection_id": Kind.COLLECTION,
        "rules": Each(Kind.RULE),
        "reason": Kind.REASON,
        "limit": Kind.COUNT,
    },
    Act.SIGNED_IN: {"session": Kind.SESSION, "provider_session": Kind.SESSION},
    Act.SIGNED_OUT: {"session": Kind.SESSION, "reason": Kind.REASON},
    Act.SIGN_IN_REFUSED: _REFUSAL,
    Act.SESSIONS_LISTED: {"sessions": Kind.COUNT},
    Act.SESSION_REVOKED: {"session": Kind.SESSION, "subject": Kind.PERSON},
    Act.PEOPLE_LISTED: {"people": Kind.COUNT},
    Act.PERSON_OPENED: {"subject": Kind.PERSON, "sessions": Kind.COUNT, "collections": Kind.COUNT},
    Act.SERVICE_REFUSED: _REFUSAL,
    Act.REFUSALS_SUMMED: {"peer": Kind.ADDRESS, "refusals": Kind.COUNT},
    Act.RULES_LOADED: _CHANGE_OF_RULES,
    Act.RULES_REJECTED: _CHANGE_OF_RULES,
    Act.POLICY_EXPLAINED: {
        "subject": Kind.PERSON,
        "enabled": Kind.DECISION,
        "roles": Each(Kind.ROLE),
        "groups": Each(Kind.PERSON_NAME),  # a group may have one member: beside a pseudonym it would say whose it is
        "action": Kind.ACTION,
        "collection_id": Kind.COLLECTION,
        "allowed": Kind.DECISION,
        "rules": Each(Kind.RULE),
        "owner": Kind.GROUP,  # of the rule that was tried, where it is not the collection's own yet
        "readers": Each(Kind.GROUP),
    },
    Act.GROUPS_LISTED: {"groups": Kind.COUNT},
    Act.REALM_PROVISIONED: {"realm": Kind.LABEL, "client": Kind.LABEL, "changes": Each(Kind.SENTENCE)},
}
