"""Which of 1,000 collections with 1,000 different rules a person may read, against the bare batch of `cedarpy`.

Bare: the entities, already written down, given to Cedar with one request for each collection; rules and
schema are parsed before. The collections are read anew for each person.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import cedarpy

from policies import AccessRule, Action, Principal, Role, load_policy
from policies.entities import entities, uid
from policies.source import read_source
from retrieval.metrics import percentile

COLLECTIONS = 1000
READERS = 4
MEASURED = 60
WARM_UP = 5
FEW, MANY = 5, 100  # groups of a person: most have few, some very many
GROUPS = [
    path
    for directorate in range(20)
    for path in (f"/D{directorate}", *(f"/D{directorate}/Bureau-{bureau}" for bureau in range(10)))
]

Rules = Sequence[AccessRule]


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Milliseconds; `ratio_p50` and `ratio_p95` are ours over bare, for a person in few groups."""
    policy, draw = load_policy(), random.Random(5)  # noqa: S311
    ours: list[float] = []
    bare: list[float] = []
    many: list[float] = []
    for number in range(MEASURED + WARM_UP):
        rules = partial(_rules, random.Random(number).randbytes(8))  # noqa: S311
        person = _person(f"few-{number}", draw.sample(GROUPS, FEW))
        alone = _bare(person, rules())
        assert policy.permitted(person, Action.READ, rules()) == alone(rules())
        crowd = _person(f"many-{number}", draw.sample(GROUPS, MANY))
        ours.append(_milliseconds(partial(policy.permitted, person, Action.READ), rules()))
        bare.append(_milliseconds(alone, rules()))
        many.append(_milliseconds(partial(policy.permitted, crowd, Action.READ), rules()))
    series = {"decide": ours, "bare": bare, "many_groups": many}
    figures = {
        f"{side}_ms_p{share}": percentile(values[WARM_UP:], share / 100)
        for side, values in series.items()
        for share in (50, 95)
    }
    return {
        "collections": COLLECTIONS,
        "people": MEASURED,
        **figures,
        "ratio_p50": figures["decide_ms_p50"] / figures["bare_ms_p50"],
        "ratio_p95": figures["decide_ms_p95"] / figures["bare_ms_p95"],
    }


def _milliseconds(decide: Callable[[Rules], object], rules: Rules) -> float:
    started = time.perf_counter()
    decide(rules)
    return (time.perf_counter() - started) * 1000


def _bare(person: Principal, rules: Rules) -> Callable[[Rules], frozenset[UUID]]:
    """The library as one calls it by hand, with the entities of our engine."""
    source = read_source()
    schema, law = cedarpy.Schema.from_str(source.schema), cedarpy.PolicySet.from_str(source.rules)
    told = json.dumps(entities(person, rules, ()))
    who, read = uid("Person", person.subject), uid("Action", Action.READ)

    def decide(rules: Rules) -> frozenset[UUID]:
        requests = [
            {"principal": who, "action": read, "resource": uid("Collection", str(rule.collection_id))} for rule in rules
        ]
        held = cedarpy.Entities.from_json_str(told, schema)
        answers = cedarpy.is_authorized_batch(requests, law, held, schema)
        return frozenset(rule.collection_id for rule, answer in zip(rules, answers, strict=True) if answer.allowed)

    return decide


def _rules(seed: bytes) -> list[AccessRule]:
    """The same collections for the same seed, as new objects: so they come from the database."""
    draw = random.Random(seed)  # noqa: S311
    return [
        AccessRule(UUID(int=number), draw.choice(GROUPS), frozenset(draw.sample(GROUPS, READERS)))
        for number in range(COLLECTIONS)
    ]


def _person(subject: str, groups: Sequence[str] | frozenset[str]) -> Principal:
    return Principal(subject, subject, frozenset(groups), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
