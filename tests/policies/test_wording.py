"""A rule is shown as its author wrote it."""

import json

import cedarpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.source import read_source
from policies.wording import nesting, wordings

RULES = read_source().rules

RULE = """// Why; this rule.
@id("a")
permit (principal, action, resource)
when { "; \\" // not a comment" like "*" };"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ()),
        ("// Nothing yet; no rule.", ()),
        (RULE, (RULE,)),
        (f"// About the file.\n\n{RULE}\n\n// The end;", (RULE,)),
        (f"{RULE}\n{RULE}", (RULE, RULE)),
        ("permit(principal,action,resource)//;\n;forbid(principal,action,resource);",
         ("permit(principal,action,resource)//;\n;", "forbid(principal,action,resource);")),
    ],
)  # fmt: skip
def test_a_rule_comes_with_the_comment_above_it(text: str, told: tuple[str, ...]) -> None:
    assert wordings(text) == told


def test_blank_lines_within_a_rule_stay() -> None:
    rule = "// Why.\npermit (\n\n  principal, action, resource\n);"
    assert wordings(f"\n\n{rule}\n") == (rule,)


def test_each_rule_of_the_product_is_told_apart_and_says_why() -> None:
    for wording in wordings(RULES):
        assert wording.startswith("// ")
        assert len(_written(wording)) == 1


literals = st.text(alphabet='a;/"\\\n ', max_size=8).map(lambda text: json.dumps(text))


@given(st.lists(st.tuples(st.text(alphabet='a;/" ', max_size=8), literals, st.text(alphabet='a;/" ', max_size=8))))
def test_however_rules_are_written_each_wording_is_its_rule(parts: list[tuple[str, str, str]]) -> None:
    text = "".join(
        f'//{above}\npermit(principal, action, resource) // {within}\nwhen {{ {literal} == "" }};\n'
        for above, literal, within in parts
    )
    assert [rule for wording in wordings(text) for rule in _written(wording)] == _written(text)


@pytest.mark.parametrize(
    ("text", "depth"),
    [("", 0), ("// ((", 0), ('"((" like "("', 0), ("([{}])", 3), ("()()", 1), ("((", 2), (")((", 1), (RULE, 1)],
)
def test_only_brackets_that_stand_open_count(text: str, depth: int) -> None:
    assert nesting(text) == depth


def _written(text: str) -> list[object]:
    static = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    return [static[f"policy{position}"] for position in range(len(static))]
