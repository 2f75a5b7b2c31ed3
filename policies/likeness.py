"""Collections that no rule can tell apart for one principal, so that Cedar decides once for all of them.

Why this is sound. A rule in Cedar cannot look inside a group's name, count a set or go through it. All it can
do with a group is to ask whether it is, or is in, or is among, some other groups that the rule has at hand.
At hand it has the *known* groups (the principal's, those mentioned in the rules, and all that contain one of
these) and the owner. So of an owner that is not known, a rule can only learn which known groups it is in and
whether it is, or is in, a reader; of readers that are neither known nor the owner, only that there are some.
Two collections that are alike in all of this get the same decision by the same rules, whatever the rules say.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from policies.access import AccessRule
from policies.entities import lineage


class Likeness(NamedTuple):
    """All that a rule can learn of a collection."""

    named: UUID | None
    """The collection itself, where a rule names it."""

    known_owner: str | None
    owner_in: frozenset[str]
    """The known groups among the owner and those that contain it."""

    known_readers: frozenset[str]
    owner_reads: bool
    owner_in_a_reader: bool
    other_readers: bool


def alike(rules: Iterable[AccessRule], known: frozenset[str], named: frozenset[str]) -> Iterable[list[AccessRule]]:
    """The collections that are alike, together.

    `known` are groups with all that contain them; `named` are the ids of collections that rules name.
    """
    kinds: defaultdict[Likeness, list[AccessRule]] = defaultdict(list)
    for rule in rules:
        kinds[_likeness(rule, known, named)].append(rule)
    return kinds.values()


def _likeness(rule: AccessRule, known: frozenset[str], named: frozenset[str]) -> Likeness:
    owner, readers, above = rule.owner, rule.readers, lineage(rule.owner)
    known_readers = readers & known
    owner_reads = owner in readers
    strangers = len(readers) - len(known_readers) - (owner_reads and owner not in known)
    return Likeness(
        named=rule.collection_id if named and str(rule.collection_id) in named else None,
        known_owner=owner if owner in known else None,
        owner_in=above & known,
        known_readers=known_readers,
        owner_reads=owner_reads,
        owner_in_a_reader=not above.isdisjoint(readers),
        other_readers=strangers > 0,
    )
