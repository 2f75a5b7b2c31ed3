"""The sizing guide gives figures that were measured as they stand in the results of the benchmarks."""

import json

import pytest

from tests.benchmarks.growth import RESULTS
from tests.evidence.figures import GUIDE, HEADING, ROW, with_figures

ROWS = (
    f"{HEADING}\n| Mesure | Valeur | D’où |\n| --- | --- | --- |\n| une | {{}} ms (p95) | `some › p95` |\n\n## Après\n"
)


def test_every_measured_figure_of_the_guide_is_that_of_its_source() -> None:
    guide = GUIDE.read_text()
    section = guide.split(HEADING)[1].split("\n## ")[0]
    assert len(ROW.findall(section)) == section.count("\n| ") - 2 > 20
    assert with_figures(guide, json.loads(RESULTS.read_text())) == guide, "python -m tests.evidence.figures"


@pytest.mark.parametrize(("before", "after"), [("0", "1\u202f235"), ("0,0", "1\u202f234,6"), ("7,00", "1\u202f234,57")])
def test_a_figure_is_told_anew_as_precisely_as_before(before: str, after: str) -> None:
    assert with_figures(ROWS.format(before), {"some": {"p95": 1234.567}}) == ROWS.format(after)


def test_a_source_that_is_gone_is_noticed() -> None:
    with pytest.raises(KeyError):
        with_figures(ROWS.format("0"), {"some": {}})
