"""Rules are replaced while the process runs, whole or not at all."""

import shutil
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from policies import AccessRule, Action, LivePolicy, Principal, RuleNotFound, RulesInvalid
from policies.source import RULES

OPEN = AccessRule(uuid4(), "/DGS", frozenset())
CLOSED = AccessRule(uuid4(), "/DAJ", frozenset({"/DAJ"}))

FREEZE = """
// The archives are frozen.
@id("nobody-fills-the-archives")
forbid (principal, action == Action::"ingest", resource)
when { resource.owner in Group::"/Archives" };
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def add(folder: Path, rule: str) -> None:
    with (folder / "access.cedar").open("a", encoding="utf-8") as file:
        file.write(rule)


def test_a_new_rule_decides_after_a_reload_and_not_before(folder: Path, administrateur: Principal) -> None:
    policy = LivePolicy(folder)
    archive = AccessRule(uuid4(), "/Archives/1990", frozenset())
    before = policy.fingerprint
    add(folder, FREEZE)
    assert policy.decide(administrateur, Action.INGEST, archive).allowed
    assert policy.permitted(administrateur, Action.INGEST, [archive, OPEN]) == {
        archive.collection_id,
        OPEN.collection_id,
    }
    assert policy.reload()
    assert policy.decide(administrateur, Action.INGEST, archive).rules == ("nobody-fills-the-archives",)
    assert policy.permitted(administrateur, Action.INGEST, [archive, OPEN]) == {OPEN.collection_id}
    assert policy.fingerprint != before


def test_only_the_rules_that_are_wanted_are_taken(folder: Path) -> None:
    policy = LivePolicy(folder)
    before = policy.fingerprint
    add(folder, FREEZE)
    assert not policy.reload(only=before)
    assert policy.fingerprint == before
    wanted = LivePolicy(folder).fingerprint
    assert policy.reload(only=wanted)
    assert policy.fingerprint == wanted


def test_the_same_rules_are_no_change(folder: Path) -> None:
    policy = LivePolicy(folder)
    before = policy.fingerprint
    assert not policy.reload()
    assert policy.fingerprint == before


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("permit (principal", "illisibles"),
        ('@id("a") permit (principal, action, resource) when { resource.nobody };', "schéma"),
        ('@id("everyone") permit (principal, action, resource);', r"cases/read\.toml"),
    ],
)
def test_rules_that_do_not_hold_leave_the_old_ones_whole(
    folder: Path, agent: Principal, rule: str, complaint: str
) -> None:
    policy = LivePolicy(folder)
    before = policy.fingerprint
    add(folder, FREEZE + rule)
    with pytest.raises(RulesInvalid, match=complaint):
        policy.reload()
    assert policy.fingerprint == before
    assert policy.permitted(agent, Action.READ, [OPEN, CLOSED]) == {OPEN.collection_id}
    with pytest.raises(RuleNotFound):
        policy.explained("nobody-fills-the-archives")


def test_a_case_that_the_rules_do_not_meet_keeps_them_out(folder: Path, agent: Principal) -> None:
    policy = LivePolicy(folder)
    table = folder / "cases" / "read.toml"
    table.write_text(table.read_text(encoding="utf-8").replace("allowed = true", "allowed = false", 1))
    with pytest.raises(RulesInvalid, match="an agent reads a collection without named readers"):
        policy.reload()
    assert policy.decide(agent, Action.READ, OPEN).allowed


def test_a_folder_that_is_gone_keeps_the_rules(folder: Path, agent: Principal) -> None:
    policy = LivePolicy(folder)
    shutil.rmtree(folder)
    with pytest.raises(RulesInvalid, match="illisibles"):
        policy.reload()
    assert policy.decide(agent, Action.READ, OPEN).allowed


def test_a_start_with_wrong_rules_fails(folder: Path) -> None:
    add(folder, "permit (principal")
    with pytest.raises(RulesInvalid):
        LivePolicy(folder)


@pytest.mark.parametrize("file", ["access.cedar", "schema.cedarschema", "cases/read.toml", "cases/new.toml"])
def test_a_change_of_any_file_is_a_change(folder: Path, file: str) -> None:
    policy = LivePolicy(folder)
    before = policy.fingerprint
    with (folder / file).open("a", encoding="utf-8") as opened:
        opened.write("\n")
    assert policy.reload()
    assert policy.fingerprint != before


def test_the_fingerprint_can_be_made_by_hand(folder: Path) -> None:
    command = "export LC_ALL=C; sha256sum access.cedar cases/*.toml schema.cedarschema | sha256sum"
    printed = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S602
    assert printed.stdout.split()[0] == LivePolicy(folder).fingerprint


def test_a_rule_is_explained_in_its_own_words(folder: Path) -> None:
    add(folder, FREEZE)
    assert LivePolicy(folder).explained("nobody-fills-the-archives") == FREEZE.strip()
    with pytest.raises(RuleNotFound, match="«\u202fno-such-rule\u202f»"):
        LivePolicy(folder).explained("no-such-rule")
