"""The file of rules of alerts: what is wrong with it stops the start, in a sentence."""

from pathlib import Path

import pytest

from policies.review.alert_rules import AlertRules, Rule, read_alert_rules
from policies.review.errors import AlertRulesInvalid


def test_the_products_own_file_turns_every_rule_on() -> None:
    rules = read_alert_rules()
    assert all(getattr(rules, rule.value) is not None for rule in Rule)
    assert set(AlertRules.model_fields) == {rule.value for rule in Rule}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[refusal]\nat_least = 1", r"refusal.*ce nom n’est pas connu"),
        ("[refusals]\nat_least = 1", r"refusals\.minutes.*il manque"),
        ("[refusals]\nat_least = 0\nminutes = 5", r"refusals\.at_least.*d’au moins 1"),
        ("[refusals]\nat_least = 1\nminutes = 1441", r"refusals\.minutes.*1440"),
        ('[refusals]\nat_least = "dix"\nminutes = 5', r"refusals\.at_least.*un nombre entier"),
        ("[refusals]\nat_least = true\nminutes = 5", r"refusals\.at_least.*un nombre entier"),
        ("refusals = 3", r"refusals.*n’est pas possible"),
        ('[unusual_hours]\nfrom = "22h"\nuntil = 06:00:00\nweekends = true\nat_least = 1', r"from.*comme 22:00:00"),
        ("[unusual_hours]\nfrom = 22:00:00\nuntil = 06:00:00\nweekends = 1\nat_least = 1", r"weekends.*true ou false"),
        ("[refusals", "illisibles"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_of_what_is_wrong(tmp_path: Path, written: str, told: str) -> None:
    path = tmp_path / "alertes.toml"
    path.write_text(written)
    with pytest.raises(AlertRulesInvalid, match=told) as refused:
        read_alert_rules(path)
    assert str(path) in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AlertRulesInvalid, match=r"rien\.toml"):
        read_alert_rules(tmp_path / "rien.toml")
