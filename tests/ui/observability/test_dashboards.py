"""Dashboards, alerts and the examples beside them are whole, French, and keep everything inside."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.conftest import PROJECT
from tests.ui.observability.asked_for import DASHBOARDS, FOLDER, alerts
from ui.observability.words import ATTRIBUTES

GUIDE = PROJECT / "deploy" / "aide" / "guide-exploitation.md"


def test_each_alert_says_for_how_long_how_grave_and_where_the_guide_tells_of_it() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    pages = {heading.lower() for heading in re.findall(r"^### (Assistant\w+)$", guide, re.MULTILINE)}
    rules = alerts()
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"\d+[mhd]", rule["for"])
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
        assert (PROJECT / path) == GUIDE
        assert anchor == rule["alert"].lower()
    assert pages == {rule["alert"].lower() for rule in rules}


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_is_french_of_one_source_and_its_panels_do_not_overlap(path: Path) -> None:
    board = json.loads(path.read_text(encoding="utf-8"))
    assert board["title"].startswith("Assistant — ")
    assert board["tags"] == ["assistant"]
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & taken
        taken |= cells
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${source}"}
    assert "http" not in {key for panel in board["panels"] for key in panel}


def test_the_collector_keeps_everything_inside_and_lets_the_closed_list_through_alone() -> None:
    collector = yaml.safe_load((FOLDER / "collector.yaml").read_text(encoding="utf-8"))
    assert set(collector["processors"]["redaction"]["allowed_keys"]) == ATTRIBUTES
    assert collector["processors"]["redaction"]["allow_all_keys"] is False
    assert collector["service"]["telemetry"]["metrics"]["level"] == "none"
    endpoints = [one["endpoint"] for one in collector["exporters"].values()]
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (FOLDER / "provisioning").glob("*.yaml")]
    endpoints += [one["url"].partition("//")[2] for file in files for one in file.get("datasources", [])]
    assert all("." not in endpoint.partition(":")[0] for endpoint in endpoints)  # names of the inside alone
