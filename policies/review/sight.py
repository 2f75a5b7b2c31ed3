"""Who could see a document on a day that has passed, and who did: decided again by the rules of that day.

What the ledger tells is enough: the collection's owner, readers and stage from the last change of it, the rules from
the last process that started or took other ones, the groups and roles of each person from the last thing they did. What
it cannot tell is said (`Sight.doubts`).
"""

import asyncio
import datetime as dt
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import LiteralString
from uuid import UUID

from policies.access import AccessRule, Action, Decision, Policy
from policies.audit.event import Act, Json
from policies.audit.ledger import Transaction
from policies.cedar import policy_of
from policies.errors import RulesInvalid
from policies.in_force import past_rules
from policies.principal import Principal, Role
from policies.review import doubts
from policies.review.bodies import person_of, read_body
from policies.review.entry import Entry
from policies.review.filters import Filters
from policies.review.pseudonyms import Pseudonyms
from policies.review.seen import Sighting, who_saw
from policies.review.timeline import Timeline

# The first record of the day, and the last one up to its end; without compiling what follows (see `walk`).
BOUNDS: LiteralString = """
select min(first) filter (where day = %(day)s), max(last), set_config('jit', 'off', true)
from review_day where day <= %(day)s
"""

# The last record of each person up to an index: one look into the index by person for each, and one for each last.
LAST_OF_EACH: LiteralString = """
with recursive known (who) as (
    (select who from review_record where who <> '' order by who limit 1)
    union all
    select (select who from review_record where who <> '' and who > known.who order by who limit 1)
    from known where known.who is not null
)
select record.body from known
cross join lateral (
    select index from review_record
    where who = known.who and who <> '' and index <= %(end)s order by index desc limit 1
) as last
join ledger_record as record on record.index = last.index
"""

_PERSON = re.compile(r"\bPerson\s*::")  # in Cedar

_RULES_TAKEN = (Act.STARTED.value, Act.RULES_LOADED.value)
_GONE = (Act.COLLECTION_DELETED.value, Act.COLLECTION_PURGED.value)
# Each of these tells all that decides who reads the collection, or that nobody does.
_TOLD = (
    *_GONE,
    Act.COLLECTION_CREATED.value,
    Act.COLLECTION_DESCRIBED.value,
    Act.COLLECTION_ACCESS_SET.value,
    Act.COLLECTION_PAUSED.value,
    Act.COLLECTION_RESUMED.value,
    Act.COLLECTION_ARCHIVED.value,
    Act.COLLECTION_RESTORED.value,
    Act.COLLECTION_RECOVERED.value,
    Act.FILE_ATTACHED.value,
)
_PUBLISHED = (Act.COLLECTION_PUBLISHED.value, Act.COLLECTION_PULLED_BACK.value)
_DOCUMENT = (Act.DOCUMENT_INDEXED.value, Act.DOCUMENT_QUARANTINED.value, Act.DOCUMENT_REMOVED.value)


@dataclass(frozen=True, slots=True)
class Able:
    """A person, under a pseudonym, who could see it, and the rules that said so."""

    who: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """Who could see a document at the end of a day (in Paris), among so many `known`, and who did that day.

    `owner` and `readers` are groups; `rules` is the fingerprint of the rules that decided, empty where none could.
    """

    day: dt.date
    owner: str = ""
    readers: tuple[str, ...] = ()
    rules: str = ""
    known: int = 0
    could: tuple[Able, ...] = ()
    saw: tuple[Sighting, ...] = ()
    doubts: tuple[str, ...] = ()


async def could_see(
    timeline: Timeline,
    connection: Transaction,
    collection: str,
    document: str,
    day: dt.date,
    today: AccessRule | None = None,
) -> Sight:
    """Decide for each person whom the ledger knows whether they could read that document at the end of that day.

    `today` is the collection's rule now, taken where the ledger does not have its creation any more.
    """
    row = await (await connection.execute(BOUNDS, {"day": day})).fetchone()
    first, last, _ = row or (None, None, None)
    if last is None:
        return Sight(day, doubts=(doubts.NOBODY_KNOWN,))
    past = _Day(timeline, connection, first, last)
    people = await past.people()
    rule, rules = await past.rule(collection, people, today), await past.rules()
    await past.look_for(collection, document)
    able = await asyncio.to_thread(_able, rules, rule, people, timeline.pseudonyms) if rules and rule else []
    return Sight(
        day,
        owner=rule.owner if rule else "",
        readers=tuple(sorted(rule.readers)) if rule else (),
        rules=rules.fingerprint if rules else "",
        known=len(people),
        could=tuple(able),
        saw=tuple(await who_saw(connection, collection, document, day, day)),
        doubts=(*past.doubts, doubts.ONLY_KNOWN),
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """Rules that were in force, and whether they name anybody."""

    policy: Policy
    fingerprint: str
    names_people: bool


@dataclass(slots=True)
class _Day:
    """What the ledger tells of a day from its `first` to its `end`; `doubts` are what it does not tell."""

    timeline: Timeline
    connection: Transaction
    first: int | None
    end: int
    doubts: list[str] = field(default_factory=list)

    async def people(self) -> list[Principal]:
        """Everybody who had acted, as they were when they last did."""
        rows = await self.connection.execute(LAST_OF_EACH, {"end": self.end})
        return [_principal(bytes(body)) for (body,) in await rows.fetchall()]

    async def rule(self, collection: str, people: Sequence[Principal], today: AccessRule | None) -> AccessRule | None:
        """To whom the collection was open."""
        told = await self.last(_TOLD, collection)
        if told is None:
            self.doubts.append(doubts.AS_TODAY if today else doubts.NO_COLLECTION)
            return today
        if told.act in _GONE:
            self.doubts.append(doubts.DELETED)
            return None
        if told.act == Act.FILE_ATTACHED:  # to a conversation: its owner's alone
            owner = next((one.subject for one in people if self.timeline.pseudonyms.of(one.subject) == told.who), "")
            return AccessRule(UUID(collection), "", frozenset(), person=owner) if owner else None
        details = dict(told.details)
        published = await self.last(_PUBLISHED, collection)
        if published is not None and published.index > told.index:  # which says nothing of its owner
            details |= {name: published.details[name] for name in ("readers", "stage") if name in published.details}
        return _rule(collection, details)

    async def rules(self) -> _Past | None:
        """Those that were in force."""
        taken = await self.last(_RULES_TAKEN)
        if taken is None:
            self.doubts.append(doubts.NO_RULES)
            return None
        if self.first is not None and taken.index >= self.first and taken.details.get("changed") is True:
            self.doubts.append(doubts.CHANGED_RULES)
        fingerprint = str(taken.details.get("in_force") or taken.details.get("rules_in_force") or "")
        try:
            source = await past_rules(self.connection, fingerprint)
            policy = await asyncio.to_thread(policy_of, source) if source else None
        except RulesInvalid:
            self.doubts.append(doubts.ALTERED_RULES)
            return None
        if source is None or policy is None:
            self.doubts.append(doubts.NO_RULES)
            return None
        return _Past(policy, fingerprint, names_people=_PERSON.search(source.rules) is not None)

    async def look_for(self, collection: str, document: str) -> None:
        """Whether the document was there to be read."""
        told = await self.last(_DOCUMENT, collection, document)
        if told is None:
            self.doubts.append(doubts.NO_DOCUMENT)
        elif told.act != Act.DOCUMENT_INDEXED:
            self.doubts.append(doubts.ABSENT)

    async def last(self, acts: tuple[str, ...], collection: str = "", document: str = "") -> Entry | None:
        """The last of these acts up to the end of the day."""
        filters = Filters(acts=acts, collection=collection, document=document)
        page = await self.timeline.page(self.connection, filters, before=self.end + 1, size=1)
        return page.entries[0] if page.entries else None


def _able(past: _Past, rule: AccessRule, people: Iterable[Principal], pseudonyms: Pseudonyms) -> list[Able]:
    """Rules tell two people of the same groups and roles apart only where they name somebody."""
    decisions: dict[Hashable, Decision] = {}
    able = []
    for one in people:
        alike = (one.groups, one.roles, one.subject if past.names_people or rule.person else "")
        if alike not in decisions:
            decisions[alike] = past.policy.decide(one, Action.READ, rule)
        if decisions[alike].allowed:
            able.append(Able(pseudonyms.of(one.subject), decisions[alike].rules))
    return sorted(able, key=lambda one: one.who)


def _rule(collection: str, details: Mapping[str, Json]) -> AccessRule:
    """What a record tells of a collection; before there were drafts and archives, each was open to its readers."""
    readers = details.get("readers")
    named = frozenset(map(str, readers)) if isinstance(readers, list) else frozenset[str]()
    published = details.get("stage", "published") == "published" and not details.get("archived")
    return AccessRule(UUID(collection), str(details.get("owner", "")), named, published=published)


def _principal(body: bytes) -> Principal:
    """Who acted. A role that there is not gives no right."""
    read = read_body(body)
    who = read["principal"]
    roles = frozenset(Role(role) for role in who.get("roles", ()) if role in frozenset(Role))
    return Principal(person_of(read), "", frozenset(who.get("groups", ())), roles)
