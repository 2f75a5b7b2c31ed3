"""What processors say that they draw."""

from pathlib import Path
from typing import Any

import pytest

from ui.observability.rapl import Rapl, readable


def test_processors_counters_are_read_where_they_may_be_and_begin_anew_at_their_end(tmp_path: Path) -> None:
    def counter(name: str, joules: float, whole: float = 100) -> Path:
        zone = tmp_path / name
        zone.mkdir(exist_ok=True)
        (zone / "energy_uj").write_text(f"{round(joules * 1e6)}\n")
        (zone / "max_energy_range_uj").write_text(f"{round(whole * 1e6)}\n")
        return zone

    assert readable(tmp_path) == []
    package = counter("intel-rapl:0", 90)
    counter("intel-rapl:0:0", 5)  # a part of it, which counts already
    (tmp_path / "intel-rapl:1").mkdir()  # nothing that may be read
    assert readable(tmp_path) == [package]
    now: list[Any] = [0.0]
    rapl = Rapl([package], lambda: now[0])
    assert rapl.watts(10) is None
    for at, joules in ((1.0, 95), (2.0, 5), (4.0, 65)):  # its end lies between the first two
        now[0] = at
        counter("intel-rapl:0", joules)
        rapl.look()
    assert rapl.joules == pytest.approx(75)
    assert rapl.watts(2) == pytest.approx(30)
    assert rapl.watts(100) == pytest.approx(75 / 4)
