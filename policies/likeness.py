"""Collections that no rule can tell apart for one principal, so that Cedar decides once for all of them.

Rules ask few questions of a collection: may its readers be anybody, is the principal among them, is the owner a
group of the principal. Those are read off the rules and answered here, and two collections with the same answers
get the same decision, whatever the rules make of them. A rule that asks anything else tells every collection from
every other: each is then decided by itself, slower and no less right.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache, partial

from policies.access import AccessRule
from policies.entities import lineage
from policies.principal import Principal

Question = Callable[[Principal, AccessRule], Hashable]


def alike(
    rules: Iterable[AccessRule], principal: Principal, questions: Sequence[Question]
) -> Iterable[list[AccessRule]]:
    """The collections that answer these questions alike, together."""
    kinds = defaultdict[tuple[Hashable, ...], list[AccessRule]](list)
    for rule in rules:
        kinds[tuple(question(principal, rule) for question in questions)].append(rule)
    return kinds.values()


def questions(written: object) -> Iterator[Question]:
    """What rules ask of a collection, from these rules in Cedar's JSON.

    Source: https://docs.cedarpolicy.com/policies/json-format.html
    """
    match written:
        case dict() if question := _question(written):
            yield question
        case {"type": "Collection", "id": str(name)}:  # in the head of a rule
            yield partial(_is_named, name)
        case {"Var": "resource"}:
            yield lambda _, rule: rule.collection_id
        case dict():
            for part in written.values():
                yield from questions(part)
        case list():
            for part in written:
                yield from questions(part)


def _question(expression: dict[str, object]) -> Question | None:
    """The question that this expression is, where it is one of those that can be answered here."""
    if len(expression) != 1:
        return None
    [(operator, operands)] = expression.items()
    match operands:
        case {"arg": argument}:
            return _QUESTIONS.get((operator, _term(argument)))
        case {"left": left, "right": {"Value": {"__entity": {"id": str(name)}}}}:
            named = _NAMED.get((operator, _term(left)))
            return partial(named, name) if named else None
        case {"left": left, "right": right}:
            return _QUESTIONS.get((operator, _term(left), _term(right)))
    return None


def _term(expression: object) -> str:
    """`principal`, `resource.owner`, as they are written in a rule; empty for anything longer."""
    match expression:
        case {"Var": str(name)}:
            return name
        case {".": {"left": {"Var": str(name)}, "attr": str(attribute)}}:
            return f"{name}.{attribute}"
    return ""


def _is_named(name: str, _: Principal, rule: AccessRule) -> bool:
    return name == str(rule.collection_id)


@lru_cache(maxsize=256)
def _within(groups: frozenset[str]) -> frozenset[str]:
    """These groups and all that contain one of them."""
    return frozenset[str]().union(*map(lineage, groups))


_QUESTIONS: dict[tuple[str, ...], Question] = {
    ("isEmpty", "resource.readers"): lambda _, rule: not rule.readers,
    ("in", "principal", "resource.readers"): lambda who, rule: bool(rule.readers & _within(who.groups)),
    ("in", "principal", "resource.owner"): lambda who, rule: rule.owner in _within(who.groups),
    ("contains", "principal.memberOf", "resource.owner"): lambda who, rule: rule.owner in who.groups,
    ("containsAny", "principal.memberOf", "resource.readers"): lambda who, rule: bool(rule.readers & who.groups),
}

# The same, of a group or a collection that the rule names.
_NAMED: dict[tuple[str, ...], Callable[[str, Principal, AccessRule], Hashable]] = {
    ("contains", "resource.readers"): lambda name, _, rule: name in rule.readers,
    ("==", "resource.owner"): lambda name, _, rule: name == rule.owner,
    ("in", "resource.owner"): lambda name, _, rule: name in lineage(rule.owner),
    ("==", "resource"): _is_named,
}
