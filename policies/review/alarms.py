"""What is found by the rules of alerts among records of the review's tables: pure functions.

1. A record that comes later changes no alarm of records before it, but adds to it.
2. Records in another order give the same alarms: a clock that was set back hides nothing.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from policies.audit.event import Act
from policies.review.alert_rules import AlertRules, Burst, Hours, NewPlace, Reading, Rule
from policies.review.keys import named_in

PARIS = ZoneInfo("Europe/Paris")
NIGHT = dt.time(2)  # in Paris: from then on what is done once a day is due

REFUSED_SIGN_INS = (Act.SIGN_IN_REFUSED, Act.SERVICE_REFUSED, Act.REFUSALS_SUMMED)

_READING = frozenset({Act.DOCUMENT_OPENED, Act.SEARCHED, Act.QUESTION_TRIED, Act.QUESTION_ASKED, Act.TASK_ASKED})
_INJECTIONS = frozenset({"flag:suspicious", "flag:suspicious_question", "flag:instruction"})
# Nobody sits there: a program of the machine, the product itself, and a session that ends by its age.
_UNATTENDED = frozenset({"from:commande", "from:service"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as the tables of the review have it; `who` is a pseudonym, empty for nobody."""

    index: int
    at: dt.datetime
    act: str
    who: str
    keys: tuple[str, ...]

    @property
    def place(self) -> str:
        """The pseudonym of the address from which it was done; empty where there is none."""
        return next(iter(named_in(self.keys, "from")), "")

    @property
    def local(self) -> dt.datetime:
        """When it was done, in Paris."""
        return self.at.astimezone(PARIS)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a rule found on one day (in Paris): records of a person, or of an address where nobody is known."""

    rule: Rule
    who: str
    day: dt.date
    records: tuple[int, ...]


def alarms(rules: AlertRules, seen: Sequence[Seen]) -> list[Alarm]:
    """What the rules find but for new places."""
    people = [one for one in seen if one.who]
    found: list[tuple[Rule, Iterable[Seen]]] = []
    if rules.refusals:
        refused = [one for one in people if one.act == Act.REFUSED]
        found.append((Rule.REFUSALS, _bursts(rules.refusals, refused)))
    if rules.injections:
        flagged = [one for one in people if _INJECTIONS.intersection(one.keys)]
        found.append((Rule.INJECTIONS, _bursts(rules.injections, flagged)))
    if rules.bulk_reading:
        found.append((Rule.BULK_READING, _read_in_bulk(rules.bulk_reading, people)))
    if rules.unusual_hours:
        found.append((Rule.UNUSUAL_HOURS, _at_night(rules.unusual_hours, people)))
    if rules.refused_sign_ins:
        strangers = [one for one in seen if one.act in REFUSED_SIGN_INS and one.place]
        found.append((Rule.REFUSED_SIGN_INS, _bursts(rules.refused_sign_ins, strangers, _place)))
    return [
        alarm for rule, records in found for alarm in _daily(rule, records, _place if rule in _OF_PLACES else _person)
    ]


def new_places(rule: NewPlace, signed_in: Sequence[Seen], start: int) -> list[Alarm]:
    """Sign-ins from index `start` on from an address that is new for the person, among all that they did."""
    known = dt.timedelta(days=rule.known_days)
    found = []
    for _, theirs in _grouped((one for one in signed_in if one.who and one.place), _person):
        for one in theirs:
            before = {other.place for other in theirs if other.index < one.index and one.at - other.at <= known}
            if one.index >= start and before and one.place not in before:
                found.append(one)
    return _daily(Rule.NEW_PLACE, found, _person)


def _person(one: Seen) -> str:
    return one.who


def _place(one: Seen) -> str:
    return one.place


_OF_PLACES = frozenset({Rule.REFUSED_SIGN_INS})


def _bursts(rule: Burst, seen: Iterable[Seen], by: Callable[[Seen], str] = _person) -> Iterator[Seen]:
    for _, theirs in _grouped(seen, by):
        yield from _dense(theirs, lambda one: (one.index,), rule.at_least, rule.minutes)


def _read_in_bulk(rule: Reading, people: Iterable[Seen]) -> Iterator[Seen]:
    for _, theirs in _grouped((one for one in people if one.act in _READING), _person):
        yield from _dense(theirs, lambda one: named_in(one.keys, "text"), rule.documents, rule.minutes)


def _at_night(rule: Hours, people: Iterable[Seen]) -> Iterator[Seen]:
    attended = (one for one in people if one.act != Act.SIGNED_OUT and _UNATTENDED.isdisjoint(one.keys))
    by_day: dict[tuple[str, dt.date], list[Seen]] = defaultdict(list)
    for one in attended:
        if rule.hold(one.local):
            by_day[one.who, one.local.date()].append(one)
    for theirs in by_day.values():
        if len(theirs) >= rule.at_least:
            yield from theirs


def _dense(
    seen: Sequence[Seen], things: Callable[[Seen], Iterable[str | int]], at_least: int, minutes: int
) -> Iterator[Seen]:
    """The records that lie in a window of so many minutes with at least so many different things."""
    window = dt.timedelta(minutes=minutes)
    counts: Counter[str | int] = Counter()
    first = given = 0
    for last, one in enumerate(seen):
        counts.update(set(things(one)))
        while one.at - seen[first].at > window:
            for thing in set(things(seen[first])):
                counts[thing] -= 1
                if not counts[thing]:
                    del counts[thing]
            first += 1
        if len(counts) >= at_least:
            yield from seen[max(first, given) : last + 1]
            given = last + 1


def _grouped(seen: Iterable[Seen], by: Callable[[Seen], str]) -> Iterator[tuple[str, list[Seen]]]:
    """Records by person or place, each group in the order of time."""
    groups: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        groups[by(one)].append(one)
    for name, theirs in groups.items():
        yield name, sorted(theirs, key=lambda one: (one.at, one.index))


def _daily(rule: Rule, records: Iterable[Seen], by: Callable[[Seen], str]) -> list[Alarm]:
    days: dict[tuple[str, dt.date], set[int]] = defaultdict(set)
    for one in records:
        days[by(one), one.local.date()].add(one.index)
    return [Alarm(rule, who, day, tuple(sorted(indexes))) for (who, day), indexes in sorted(days.items())]
