"""Principals, groups and collections as Cedar reads them: its JSON format for entities.

Source: https://docs.cedarpolicy.com/auth/entities-syntax.html
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from policies.access import AccessRule
from policies.principal import Principal

Uid = dict[str, str]


def uid(kind: str, name: str) -> Uid:
    """The key of an entity."""
    return {"type": kind, "id": name}


def entities(principal: Principal, rules: Iterable[AccessRule], mentioned: Iterable[str]) -> list[dict[str, Any]]:
    """The principal, the collections, and where the groups lie that a rule can ask about.

    These are the principal's groups, the owners, and the groups `mentioned` in the rules. A reader is only
    ever asked whether another group is in it, so nothing need be told of where it lies itself.
    """
    rules = list(rules)
    groups = {*principal.groups, *mentioned, *(rule.owner for rule in rules)}
    return [_person(principal), *map(_group, groups), *map(_collection, rules)]


@lru_cache(maxsize=4096)
def lineage(group: str) -> frozenset[str]:
    """The group and those that contain it: « /DGS/Bureau-A » is in « /DGS ».

    Keycloak writes a slash within a group's own name as « ~/ ».
    """
    return frozenset((group, *_above(group)))


def named(written: object) -> Iterator[tuple[str, str]]:
    """The type and the id of each entity that rules name, from these rules in Cedar's JSON."""
    match written:
        case {"type": str(kind), "id": str(name)}:
            yield kind, name
        case dict():
            for part in written.values():
                yield from named(part)
        case list():
            for part in written:
                yield from named(part)


def _person(principal: Principal) -> dict[str, Any]:
    groups = _uids(principal.groups)
    return {
        "uid": uid("Person", principal.subject),
        "attrs": {"memberOf": groups},
        "parents": [*groups, *(uid("Role", role) for role in principal.roles)],
    }


def _group(path: str) -> dict[str, Any]:
    return {"uid": uid("Group", path), "attrs": {}, "parents": _uids(_above(path))}


def _collection(rule: AccessRule) -> dict[str, Any]:
    return {
        "uid": uid("Collection", str(rule.collection_id)),
        "attrs": {"owner": uid("Group", rule.owner), "readers": _uids(rule.readers)},
        "parents": [],
    }


def _above(path: str) -> list[str]:
    return [path[:cut] for cut in range(1, len(path)) if path[cut] == "/" and path[cut - 1] != "~"]


def _uids(paths: Iterable[str]) -> list[Uid]:
    return [uid("Group", path) for path in paths]
