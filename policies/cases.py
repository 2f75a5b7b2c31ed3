"""Decision tables: what the rules must decide, case by case, in files beside them that people can read.

    [[case]]
    says = "an agent reads a collection without named readers"
    principal = { roles = ["agent"], groups = [] }
    action = "read"
    collection = { owner = "/DGS", readers = [] }
    allowed = true
    rules = ["agent-reads-open-collection"]

A case of an action that is not done to a collection has no `collection`.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StrictBool, ValidationError

from policies.access import AccessRule, Action, Decision, Policy
from policies.errors import RulesInvalid
from policies.principal import Principal, Role
from policies.source import Source

_COLLECTION = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Case:
    """Who wants to do what to which collection, if to any, and what the rules must decide."""

    file: str
    says: str
    principal: Principal
    action: Action
    rule: AccessRule | None
    expected: Decision


def read_cases(source: Source) -> tuple[Case, ...]:
    """The cases of all the tables. Raises `RulesInvalid`, which names the file and the case."""
    cases = tuple(case for file, text in source.tables.items() for case in _table(file, text))
    for says, times in Counter(case.says for case in cases).items():
        if times > 1:
            raise RulesInvalid(f"Dans les tables de décision de {source.folder}, « {says} » paraît {times} fois.")
    return cases


def failures(policy: Policy, cases: Iterable[Case]) -> tuple[str, ...]:
    """One French line for each case that the policy decides otherwise, by other rules included."""
    decided = ((case, _decide(policy, case)) for case in cases)
    return tuple(
        f"{case.file}, « {case.says} » : {_told(case.expected)} attendu, {_told(decision)} obtenu"
        for case, decision in decided
        if decision != case.expected
    )


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Principal(_Strict):
    roles: frozenset[Role]
    groups: frozenset[str]


class _Collection(_Strict):
    owner: str
    readers: frozenset[str]


class _Case(_Strict):
    says: str
    principal: _Principal
    action: Action
    collection: _Collection | None = None
    allowed: StrictBool
    rules: frozenset[str]


def _table(file: str, text: str) -> Iterator[Case]:
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RulesInvalid(f"La table de décision {file} est illisible : {error}") from error
    written = table.pop("case", [])
    if table or not isinstance(written, list):
        raise RulesInvalid(f"La table de décision {file} ne doit contenir que des [[case]].")
    for number, one in enumerate(written, start=1):
        try:
            case = _Case.model_validate(one)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise RulesInvalid(f"{file}, cas n° {number} : {where} : {first['msg']}") from error
        if (case.collection is not None) != case.action.on_a_collection:
            needs = "une" if case.action.on_a_collection else "pas de"
            raise RulesInvalid(f"{file}, « {case.says} » : il faut {needs} collection pour {case.action}.")
        yield _case(file, case)


def _case(file: str, case: _Case) -> Case:
    collection = case.collection
    return Case(
        file=file,
        says=case.says,
        principal=Principal("cas", "cas", case.principal.groups, case.principal.roles),
        action=case.action,
        rule=AccessRule(_COLLECTION, collection.owner, collection.readers) if collection else None,
        expected=Decision(case.allowed, tuple(sorted(case.rules))),
    )


def _decide(policy: Policy, case: Case) -> Decision:
    if case.rule is None:
        return policy.may(case.principal, case.action)
    return policy.decide(case.principal, case.action, case.rule)


def _told(decision: Decision) -> str:
    return f"{'oui' if decision.allowed else 'non'} ({', '.join(decision.rules) or 'aucune règle'})"
