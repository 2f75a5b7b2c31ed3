"""Decision tables that cannot be read, and what is said of a case that fails."""

from dataclasses import replace
from pathlib import Path

import pytest

from policies import AccessRule, Action, Decision, Principal, Role, RulesInvalid, load_policy
from policies.cases import failures, read_cases
from policies.source import Source

READ = """
[[case]]
says = "an agent reads"
principal = { roles = ["agent"], groups = ["/DGS"] }
action = "read"
collection = { owner = "/DAJ", readers = ["/DGS"] }
allowed = true
rules = ["b", "a"]
"""
PEOPLE = """
[[case]]
says = "people are administered"
principal = { roles = ["administrateur"], groups = [] }
action = "administerPeople"
allowed = false
rules = []
"""


def source(**tables: str) -> Source:
    return Source(Path("rules"), "", "", {f"cases/{name}.toml": text for name, text in tables.items()}, "")


def test_a_case_is_read_whole() -> None:
    (read, people) = read_cases(source(read=READ, people=PEOPLE))
    assert (read.file, read.says, read.action) == ("cases/read.toml", "an agent reads", Action.READ)
    assert read.principal == Principal(
        read.principal.subject, read.principal.username, frozenset({"/DGS"}), frozenset({Role.AGENT})
    )
    assert read.rule is not None
    assert read.rule == AccessRule(read.rule.collection_id, "/DAJ", frozenset({"/DGS"}))
    assert read.expected == Decision(allowed=True, rules=("a", "b"))
    assert people.rule is None


def test_no_tables_hold_no_cases() -> None:
    assert read_cases(source()) == ()


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("[[case", "illisible"),
        pytest.param(f"x = {'[' * 5000}", "illisible", id="nested"),
        ("[[cases]]", r"\[\[case\]\]"),
        ("case = 3", r"\[\[case\]\]"),
        ("[[case]]", "cas n°\u202f1\u202f: says"),
        (READ + READ.replace('roles = ["agent"]', 'roles = ["agnet"]'), r"cas n°\u202f2\u202f: principal\.roles"),
        (READ.replace('"read"', '"raed"'), "action"),
        (READ.replace("true", '"yes"'), "allowed"),
        (READ + 'colection = "x"', "colection"),
        (READ.replace("readers", "reader"), r"collection\.reader"),
        (READ.replace('"read"', '"administerPeople"'), "pas de collection"),
        (PEOPLE.replace("administerPeople", "ingest"), "il faut une collection"),
    ],
)
def test_a_wrong_table_is_named(table: str, complaint: str) -> None:
    with pytest.raises(RulesInvalid, match=complaint) as caught:
        read_cases(source(wrong=table))
    assert "cases/wrong.toml" in str(caught.value)


def test_two_cases_that_say_the_same_are_refused() -> None:
    with pytest.raises(RulesInvalid, match=r"an agent reads.*2 fois"):
        read_cases(source(one=READ, other=READ))


def test_a_case_that_fails_says_what_was_expected_and_what_came() -> None:
    cases = read_cases(source(read=READ, people=PEOPLE))
    assert failures(load_policy(), cases) == (
        "cases/read.toml, «\u202fan agent reads\u202f»\u202f: oui (a, b) attendu, "
        "oui (agent-reads-collection-of-their-group) obtenu",
        "cases/people.toml, «\u202fpeople are administered\u202f»\u202f: non (aucune règle) attendu, "
        "oui (administrateur-does-everything) obtenu",
    )


def test_a_case_that_holds_says_nothing() -> None:
    (read,) = read_cases(source(read=READ))
    expected = Decision(allowed=True, rules=("agent-reads-collection-of-their-group",))
    assert failures(load_policy(), [replace(read, expected=expected)]) == ()
