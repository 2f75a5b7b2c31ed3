"""Which rules are in force, what changed with them, and those of a past day."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from policies import AccessRule, Action, Principal, RulesInvalid, in_force, put_in_force
from policies.cedar import past_policy_of
from policies.in_force import past_rules
from policies.source import RULES, Source, read_source, source_of
from ui.database import Pool

FREEZE = '\n@id("gel")\nforbid (principal, action == Action::"ingest", resource);\n'


def _with(rules: str) -> Source:
    source = read_source()
    return source_of(Path("rules"), source.texts | {"access.cedar": rules})


def _told(details: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["rule"], one["change"]) for one in details["difference"]]


async def test_a_change_of_rules_is_told_rule_by_rule(pool: Pool) -> None:
    shipped = read_source()
    frozen, eased = _with(shipped.rules + FREEZE), _with(shipped.rules + FREEZE.replace("forbid", "// non\nforbid"))
    async with pool.connection() as connection:
        first = await put_in_force(connection, shipped)
        same = await put_in_force(connection, shipped)
        added = await put_in_force(connection, frozen)
        changed = await put_in_force(connection, eased)
        removed = await put_in_force(connection, shipped)
        assert await in_force(connection) == shipped.fingerprint
    assert (first["instead_of"], first["changed"], same["changed"], same["difference"]) == ("", True, False, [])
    assert [_told(details) for details in (added, changed, removed)] == [
        [("gel", "added")],
        [("gel", "changed")],
        [("gel", "removed")],
    ]
    assert (added["instead_of"], added["in_force"]) == (shipped.fingerprint, frozen.fingerprint)


async def test_a_past_decision_can_be_taken_again(pool: Pool, administrateur: Principal) -> None:
    frozen = _with(read_source().rules + FREEZE)
    async with pool.connection() as connection:
        await put_in_force(connection, frozen)
        await put_in_force(connection, read_source())
        held = await past_rules(connection, frozen.fingerprint)
        assert await past_rules(connection, "0" * 64) is None
    assert held is not None
    rule = AccessRule(uuid4(), "/DGS", frozenset())
    decision = past_policy_of(held).decide(administrateur, Action.INGEST, rule)
    assert (decision.allowed, decision.rules) == (False, ("gel",))


async def test_rules_that_were_altered_since_are_found_out(pool: Pool) -> None:
    source = read_source()
    async with pool.connection() as connection:
        await put_in_force(connection, source)
        altered = source.texts | {"access.cedar": source.rules + FREEZE}
        await connection.execute("update rules_text set texts = %s", [Jsonb(altered)])
        with pytest.raises(RulesInvalid, match="modifiées depuis"):
            await past_rules(connection, source.fingerprint)


def test_a_folder_and_its_texts_have_one_fingerprint() -> None:
    assert source_of(RULES, read_source().texts) == read_source()
    assert read_source().fingerprint != _with("").fingerprint
