"""What is not published is read by those alone who keep it: decided here, after the rules and whatever they say.

A rule of a ministry that knows nothing of drafts cannot open one to its readers.
"""

from policies.access import AccessRule, Action, Decision

KEEPERS = "unpublished-for-its-keepers"


def restricted(action: Action, rule: AccessRule) -> bool:
    """Whether who does this must be allowed to add to the collection as well."""
    return action is Action.READ and not rule.published


def decided(reading: Decision, adding: Decision) -> Decision:
    """On reading a collection that is not published, from what the rules say of reading it and of adding to it."""
    if reading.allowed and not adding.allowed:
        return Decision(allowed=False, rules=(KEEPERS,))
    return reading
